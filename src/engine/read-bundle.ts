import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileError } from '../decision/file-trouble.ts';
import { type ArchiveLimits, DEFAULT_LIMITS, unpackArchive } from './archive.ts';
import { type Bundle, createBundle } from './bundle.ts';
import { BundleRefused } from './bundle-refused.ts';

/** What stands in for a signature: the SHA-256 (lower-case hex) that the archive must have. */
export interface ReadOptions {
  readonly sha256?: string;
  readonly limits?: ArchiveLimits;
}

/** Reads a bundle file. Throws `BundleRefused` at step `read`, `verify` or `manifest`; believes nothing that it reads. */
export async function readBundleFile(file: string, options: ReadOptions = {}): Promise<Bundle> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new BundleRefused('read', fileError(file, cause).message, { cause });
  }
  return readBundle(bytes, options);
}

/** The same for the bytes of a `bundle.tar.gz`. */
export async function readBundle(
  bytes: Uint8Array,
  { sha256, limits = DEFAULT_LIMITS }: ReadOptions = {},
): Promise<Bundle> {
  if (sha256 !== undefined) {
    const actual = createHash('sha256').update(bytes).digest('hex');
    if (actual !== sha256) {
      throw new BundleRefused('verify', `its SHA-256 is ${actual}, and the configuration pins ${sha256}`);
    }
  }
  return createBundle(await unpackArchive(bytes, limits));
}
