import type { BundleSource } from './bundle-source.ts';
import { createFileSource } from './file-source.ts';
import { createHttpSource } from './http-source.ts';

export interface SourceOptions {
  /** Seconds that a bundle server may hold a request. */
  readonly wait: number;
  readonly tokenFile?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Approvals are fetched only where someone must give them. */
  readonly approvals: boolean;
}

/** A URL is a bundle server, anything else a file. */
export function openSource(bundle: string, options: SourceOptions): BundleSource {
  if (!/^https?:/.test(bundle)) return createFileSource(bundle);
  return createHttpSource({ url: new URL(bundle), monotonic: () => performance.now(), ...options });
}
