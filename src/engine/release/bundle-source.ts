import type { Offer } from '../trust/trust.ts';

/** Where bundles come from. */
export interface BundleSource {
  /** How logs and events call it; holds no secret. */
  readonly name: string;
  /**
   * What is there now, or undefined where nothing changed since the last offer. A patient look may last as long as the other
   * side lets it wait. Throws an Error in words when the source cannot be read.
   */
  next(look: { readonly patient: boolean; readonly signal: AbortSignal }): Promise<Offer | undefined>;
  /** The last offer could not be read whole: what is there is to be fetched anew, whatever the source says of it. */
  forget(): void;
}

/** Whether a bundle lies at a server, and not on the disk of this machine. */
export function isServed(bundle: string): boolean {
  return /^(https?|oci):/.test(bundle);
}

/** Longest silence of a server, and longest time for all of an answer once it is there, in milliseconds. */
export const SILENCE_MS = 30_000;
export const LONGEST_MS = 600_000;
export const MOST_APPROVAL_BYTES = 2 ** 20;

/** The file of approvals lies beside the bundle, under the same name with this behind it. */
export const APPROVALS_SUFFIX = '.approvals.json';
