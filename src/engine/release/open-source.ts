import { type BundleSource, isServed } from './bundle-source.ts';
import type { CredentialFiles } from './credential-files.ts';
import { createFileSource } from './file-source.ts';
import { createHttpSource } from './http-source.ts';
import { readOciReference } from './oci-reference.ts';
import { createOciSource } from './oci-source.ts';

export interface SourceOptions extends CredentialFiles {
  /** Seconds that a bundle server may hold a request. */
  readonly wait: number;
  /** Approvals are fetched only where someone must give them. */
  readonly approvals: boolean;
}

/** `https:` is a bundle server, `oci:` a registry, anything else a file. */
export function openSource(bundle: string, options: SourceOptions): BundleSource {
  if (!isServed(bundle)) return createFileSource(bundle);
  const artifact = readOciReference(bundle);
  if (artifact !== undefined) return createOciSource({ artifact, ...options });
  return createHttpSource({ url: new URL(bundle), monotonic: () => performance.now(), ...options });
}
