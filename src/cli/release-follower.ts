/** The bundle of a running service where it is followed: signed, approved, fetched, tried on its cases. */
import { isDeepStrictEqual } from 'node:util';
import type { ConfiguredRelease } from '../config/config.ts';
import type { Log } from '../decision/ports.ts';
import { BundleRefused } from '../engine/bundle-refused.ts';
import { openSource } from '../engine/release/open-source.ts';
import { checkApart, prepareApart } from '../engine/release/prepare-apart.ts';
import { openReleaseStore } from '../engine/release/release-store.ts';
import { createReleases } from '../engine/release/releases.ts';
import { type ConfiguredTrust, readTrust } from '../engine/trust/read-trust.ts';
import type { Trust } from '../engine/trust/trust.ts';
import type { FollowRelease } from '../main.ts';
import { carriedCaseFailuresApart } from './cases/carried-cases.ts';
import { saying } from './terminal.ts';

const STARTING_MS = 5_000;
const FAILING_MS = 120_000;

/** `configured` is asked again at each look, so that keys in the configuration change without a restart. */
export async function releaseFollower(
  bundle: string,
  release: ConfiguredRelease,
  configured: () => ConfiguredTrust,
  log: Log,
): Promise<FollowRelease> {
  const store = await openReleaseStore(release.state);
  const source = openSource(bundle, { ...release, approvals: release.trust.quorum !== 'none' });
  const poll = release.poll * 1000;
  return ({ engine, clock, tell }) =>
    createReleases({
      source,
      store,
      engine,
      trust: currentTrust(configured, log),
      prepare: prepareApart,
      check: checkApart,
      tryCases: carriedCaseFailuresApart,
      tell,
      clock,
      log,
      pace: { starting: STARTING_MS, least: poll / 2, most: poll * 1.5, failing: FAILING_MS },
    });
}

/** The keys as configured now; the last ones that were right while what is written now is wrong. */
function currentTrust(configured: () => ConfiguredTrust, log: Log): () => Promise<Trust> {
  let last: { readonly from: ConfiguredTrust; readonly trust: Trust } | undefined;
  let complaint = '';
  return async () => {
    try {
      const from = configured();
      const trust = await readTrust(from);
      if (last === undefined || !isDeepStrictEqual(last.from, from) || !sameKeys(last.trust, trust))
        last = { from, trust };
      complaint = '';
    } catch (failure) {
      if (last === undefined) throw new BundleRefused('verify', saying(failure), { cause: failure });
      if (complaint !== saying(failure)) log.error('the keys of bundles cannot be read; the last ones count', failure);
      complaint = saying(failure);
    }
    return last.trust;
  };
}

function sameKeys(one: Trust, other: Trust): boolean {
  const all = (trust: Trust) => [...trust.keys, ...trust.approvers].map(({ key }) => key);
  const keys = all(other);
  return all(one).every((key, index) => keys[index]?.equals(key) === true);
}
