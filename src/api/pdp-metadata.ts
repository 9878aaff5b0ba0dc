/** `GET /.well-known/authzen-configuration` (AZ-70…78): what this PDP is called and which endpoints it offers. */
import type { SearchKind } from '../decision/model.ts';

export const METADATA_PATH = '/.well-known/authzen-configuration';
export const API_BASE = '/access/v1';
/** Bundles come and go, and endpoints with them: short, but cacheable (K-12). */
export const METADATA_CACHE = 'max-age=60';

const SEARCH_KINDS: readonly SearchKind[] = ['subject', 'resource', 'action'];

/** An absent key tells a PEP that the endpoint is not offered (AZ-72). `publicUrl` is used byte for byte (AZ-76). */
export function pdpMetadata(
  publicUrl: string,
  offers: (kind: SearchKind) => boolean,
): Readonly<Record<string, string>> {
  const base = publicUrl.replace(/\/$/, '') + API_BASE;
  const searches = SEARCH_KINDS.filter(offers).map((kind) => [`search_${kind}_endpoint`, `${base}/search/${kind}`]);
  return {
    policy_decision_point: publicUrl,
    access_evaluation_endpoint: `${base}/evaluation`,
    access_evaluations_endpoint: `${base}/evaluations`,
    ...Object.fromEntries(searches),
  };
}
