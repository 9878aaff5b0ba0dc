import type { Bundle } from '../engine/bundle.ts';
import { BundleRefused } from '../engine/bundle-refused.ts';
import { readBundle } from '../engine/read-bundle.ts';
import { readBytes } from './read-file.ts';

/** A bundle that somebody named. Throws an Error that says which file, and why it cannot be read or is no bundle. */
export async function readNamedBundle(file: string): Promise<Bundle> {
  const bytes = readBytes(file);
  try {
    return await readBundle(bytes);
  } catch (failure) {
    throw failure instanceof BundleRefused ? new Error(`${file} is no bundle: ${failure.reason}`) : failure;
  }
}
