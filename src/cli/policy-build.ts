import { createHash } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { buildBundle } from '../engine/build-bundle.ts';
import { BundleRefused } from '../engine/bundle-refused.ts';
import { loadPolicy } from '../engine/load-policy.ts';
import { committedBundle } from '../engine/open-bundle.ts';
import { readBundle } from '../engine/read-bundle.ts';
import { findOpa, OpaMissing } from '../engine/toolchain.ts';
import { NO, type Terminal, WRONG_USE, YES } from './terminal.ts';

export interface PolicyBuildOptions {
  /** The folder of policies. */
  readonly policies: string;
  /** Where the bundle goes; by default `bundle.tar.gz` in the folder of policies. */
  readonly output?: string;
  readonly json: boolean;
}

/**
 * `datwat policy build`: builds the policies, and writes the bundle only when it would also load.
 * Exit code: 0 written, 1 the policies do not build or load, 2 there is no compiler. Throws where the folder cannot be read.
 */
export async function policyBuild(options: PolicyBuildOptions, { out, err }: Terminal): Promise<number> {
  // The compiler would speak of a folder by its last name only.
  await readdir(options.policies);
  const output = options.output ?? committedBundle(options.policies);
  try {
    const bytes = await buildBundle(options.policies, await findOpa(options.policies));
    const bundle = await readBundle(bytes);
    await loadPolicy(bundle);
    await writeFile(output, bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const built = {
      bundle: output,
      revision: bundle.revision,
      sha256,
      bytes: bytes.byteLength,
      files: bundle.files.size,
    };
    out(options.json ? JSON.stringify(built) : text(built));
    return YES;
  } catch (failure) {
    if (failure instanceof OpaMissing) {
      err(failure.message);
      return WRONG_USE;
    }
    if (failure instanceof BundleRefused) {
      err(`The policies are not built (${failure.step}):\n${failure.reason}`);
      return NO;
    }
    throw failure;
  }
}

function text(built: { bundle: string; revision: string; sha256: string; bytes: number; files: number }): string {
  return [
    `${built.bundle}: ${built.files} files, ${built.bytes} bytes`,
    `revision ${built.revision}`,
    `sha256   ${built.sha256}`,
  ].join('\n');
}
