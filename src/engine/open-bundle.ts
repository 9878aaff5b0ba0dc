import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '../decision/model.ts';
import { buildBundle } from './build-bundle.ts';
import type { Bundle } from './bundle.ts';
import { BundleRefused } from './bundle-refused.ts';
import { readBundle, readBundleFile } from './read-bundle.ts';
import { findOpa, OpaMissing } from './toolchain.ts';

export interface OpenOptions {
  /** A folder is built first, which only development does. */
  readonly mode: 'development' | 'production';
  /** The SHA-256 (lower-case hex) that the configuration pins. */
  readonly sha256?: string;
}

/**
 * Opens what the configuration names as bundle: a file, or in development a folder of policies, which is built first.
 * Throws `BundleRefused` at step `build`, `read`, `verify` or `manifest`.
 */
export async function openBundle(path: string, { mode, sha256 }: OpenOptions): Promise<Bundle> {
  const pin = sha256 === undefined ? {} : { sha256 };
  if (!(await isFolder(path))) {
    if (mode === 'production' && sha256 === undefined) {
      throw new BundleRefused('verify', 'production loads no bundle that is neither signed nor pinned (bundle_sha256)');
    }
    return { ...(await readBundleFile(path, pin)), release: withoutSignature(sha256) };
  }
  if (mode === 'production')
    throw new BundleRefused('read', `${path} is a folder; production reads a built bundle only`);
  return { ...(await readBundle(await buildFolder(path), pin)), release: withoutSignature(sha256) };
}

/** Each record shows what a bundle did without. */
function withoutSignature(sha256: string | undefined): JsonObject {
  return { freshness: sha256 === undefined ? 'unsigned' : 'pinned', quorum: 'none' };
}

async function buildFolder(folder: string): Promise<Uint8Array> {
  try {
    return await buildBundle(folder, await findOpa(folder));
  } catch (failure) {
    if (!(failure instanceof OpaMissing)) throw failure;
    throw new BundleRefused('build', failure.message, { cause: failure });
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

/** The bundle that is committed beside the policies, so that a newcomer without `opa` can start at once. */
export function committedBundle(policies: string): string {
  return join(policies, 'bundle.tar.gz');
}
