import type { JsonObject, PolicyIdentity } from '../../decision/model.ts';
import { unpackArchive } from '../archive.ts';
import { createBundle } from '../bundle.ts';
import type { LoadedEngines } from '../load-engines.ts';
import { tryPolicy } from '../load-policy.ts';
import { checkRelease, type Memory, type Offer, type Release, type Trust } from '../trust/trust.ts';

/** All that is needed to judge an offer; may be handed from one thread to another. */
export interface ReleaseQuestion {
  readonly offer: Offer;
  readonly trust: Trust;
  readonly memory: Memory;
  /** Milliseconds: when keys must be valid. */
  readonly at: number;
}

/** A release that passed every check, and the policy that it is, loaded but not in force. */
export interface PreparedRelease {
  readonly release: Release;
  readonly identity: PolicyIdentity;
  readonly loaded: LoadedEngines;
  /** How many cases the bundle carries. */
  readonly cases: number;
}

/**
 * From bytes to a policy: unpack, verify, check freshness and approvals, compile, load, try.
 * Throws `BundleRefused` with the step that failed.
 */
export async function prepareRelease(question: ReleaseQuestion): Promise<PreparedRelease> {
  const { files, release } = await unpackAndCheck(question);
  const bundle = { ...createBundle(files), release: forRecords(release) };
  const { policy, loaded } = await tryPolicy(bundle);
  const cases = [...files.keys()].filter((name) => name.startsWith('cases/')).length;
  return { release, identity: policy.identity, loaded, cases };
}

/** Whether an offer may be in force, and no more. Throws what `prepareRelease` throws. */
export async function checkOffer(question: ReleaseQuestion): Promise<Release> {
  return (await unpackAndCheck(question)).release;
}

async function unpackAndCheck({ offer, trust, memory, at }: ReleaseQuestion) {
  const files = await unpackArchive(offer.bytes);
  return { files, release: checkRelease(offer, files, trust, memory, at) };
}

/** For each record: the usual is short, and what was done without is named. */
function forRecords({ sequence, signedBy, freshness, approvedBy, rolledBack }: Release): JsonObject {
  return {
    ...(signedBy === undefined ? {} : { signed_by: signedBy }),
    ...(sequence === undefined ? {} : { sequence }),
    ...(freshness === 'sequence' ? {} : { freshness }),
    ...(approvedBy === 'none' ? { quorum: 'none' } : {}),
    ...(rolledBack ? { rolled_back: true } : {}),
  };
}
