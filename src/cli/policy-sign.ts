import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { packArchive, unpackArchive } from '../engine/archive.ts';
import { createBundle } from '../engine/bundle.ts';
import { BundleRefused } from '../engine/bundle-refused.ts';
import { SIGNATURES_FILE, signFiles } from '../engine/trust/bundle-signature.ts';
import { bundleSha256 } from '../engine/trust/trust.ts';
import { readBytes } from './read-file.ts';
import { type KeyOptions, readSigningKey } from './signing-key.ts';
import { saying, type Terminal, WRONG_USE, YES } from './terminal.ts';

export interface PolicySignOptions extends KeyOptions {
  readonly bundle: string;
  /** Must be higher than that of every bundle before. */
  readonly sequence: string;
  readonly scope?: string;
  /** By default the bundle itself. */
  readonly output?: string;
  readonly json: boolean;
}

/** `datwat policy sign`: puts a signature into a bundle, in place of one that it had. Exit code: 0 signed, 2 it could not be. */
export async function policySign(options: PolicySignOptions, { out, err }: Terminal): Promise<number> {
  const sequence = Number(options.sequence);
  if (!Number.isSafeInteger(sequence) || sequence < 1) {
    err(`--sequence ${options.sequence} is not a whole number from 1`);
    return WRONG_USE;
  }
  try {
    const key = await readSigningKey(options);
    const files = new Map(await unpackArchive(readBytes(options.bundle)));
    const { revision } = createBundle(files);
    const commit = await commitOf(options.bundle);
    const scoped = options.scope === undefined ? key : { ...key, scope: options.scope };
    const claims = {
      iat: Math.floor(Date.now() / 1000),
      sequence,
      ...(commit === undefined ? {} : { git_commit: commit }),
    };
    files.set(SIGNATURES_FILE, new TextEncoder().encode(signFiles(files, claims, scoped)));
    const bytes = await packArchive(files);
    const output = options.output ?? options.bundle;
    await writeFile(output, bytes);
    const signed = { bundle: output, revision, sha256: bundleSha256(bytes), sequence, key: key.id };
    out(options.json ? JSON.stringify(signed) : text(signed));
    return YES;
  } catch (failure) {
    err(failure instanceof BundleRefused ? `${options.bundle}: ${failure.reason}` : saying(failure));
    return WRONG_USE;
  }
}

/** The commit that the bundle lies in; a folder without git has none. */
async function commitOf(bundle: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', ['rev-parse', 'HEAD'], { cwd: dirname(bundle) });
    return stdout.trim();
  } catch {
    return undefined;
  }
}

function text({ bundle, revision, sha256, sequence, key }: Record<string, string | number>): string {
  return [
    `${bundle} is signed by key ${key} with sequence ${sequence}`,
    `revision ${revision}`,
    `sha256   ${sha256}`,
  ].join('\n');
}
