import { readFile, stat } from 'node:fs/promises';
import { fileError } from '../../decision/file-trouble.ts';
import { APPROVALS_SUFFIX, type BundleSource } from './bundle-source.ts';

/** A bundle file, and the file of approvals beside it, looked at whenever asked. */
export function createFileSource(file: string): BundleSource {
  const beside = `${file}${APPROVALS_SUFFIX}`;
  let seen = '';
  return {
    name: file,
    async next() {
      const mark = `${await markOf(file)} ${await markOf(beside)}`;
      if (mark === seen) return undefined;
      const bytes = await readFile(file).catch(unreadable(file));
      const approvals = await readFile(beside, 'utf8').catch((failure: unknown) =>
        isAbsent(failure) ? undefined : unreadable(beside)(failure),
      );
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
    return isAbsent(failure) ? 'absent' : unreadable(file)(failure);
  }
}

function unreadable(file: string): (failure: unknown) => never {
  return (failure) => {
    throw fileError(file, failure);
  };
}

function isAbsent(failure: unknown): boolean {
  return failure instanceof Error && 'code' in failure && failure.code === 'ENOENT';
}
