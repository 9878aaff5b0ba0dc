import { readFile, stat } from 'node:fs/promises';
import { APPROVALS_SUFFIX, type BundleSource } from './bundle-source.ts';

/** A bundle file, and the file of approvals beside it, looked at whenever asked. */
export function createFileSource(file: string): BundleSource {
  let seen = '';
  return {
    name: file,
    async next() {
      const mark = `${await markOf(file)} ${await markOf(`${file}${APPROVALS_SUFFIX}`)}`;
      if (mark === seen) return undefined;
      const bytes = await readFile(file).catch(unreadable(file));
      const approvals = await readFile(`${file}${APPROVALS_SUFFIX}`, 'utf8').catch(absent);
      seen = mark;
      return { bytes, ...(approvals === undefined ? {} : { approvals }) };
    },
    forget() {
      seen = '';
    },
  };
}

async function markOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeNs } = await stat(file, { bigint: true });
    return `${ino}:${size}:${mtimeNs}`;
  } catch (failure) {
    if (codeOf(failure) === 'ENOENT') return 'absent';
    return unreadable(file)(failure);
  }
}

function unreadable(file: string): (failure: unknown) => never {
  return (cause) => {
    throw new Error(`${file} cannot be read (${codeOf(cause)})`, { cause });
  };
}

function absent(failure: unknown): undefined {
  if (codeOf(failure) !== 'ENOENT') throw failure;
}

function codeOf(failure: unknown): string {
  return failure instanceof Error && 'code' in failure ? String(failure.code) : 'unknown error';
}
