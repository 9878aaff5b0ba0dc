/** The bundle of a running service where it is followed: signed, approved, fetched, tried on its cases. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ConfiguredRelease } from '../config.ts';
import type { Log } from '../decision/ports.ts';
import type { Bundle } from '../engine/bundle.ts';
import { BundleRefused } from '../engine/bundle-refused.ts';
import { shorthandsOf } from '../engine/data-overlay.ts';
import { openSource } from '../engine/release/open-source.ts';
import { openReleaseStore } from '../engine/release/release-store.ts';
import { createReleases } from '../engine/release/releases.ts';
import { type ConfiguredTrust, readTrust } from '../engine/trust/read-trust.ts';
import type { Trust } from '../engine/trust/trust.ts';
import type { FollowRelease } from '../main.ts';
import { differences } from './cases/compare.ts';
import { readCases } from './cases/read-cases.ts';
import { runCases } from './cases/run-cases.ts';
import { saying } from './terminal.ts';

const FAILING_MS = 120_000;
const MOST_TOLD = 10;

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
      tryCases: (_policy, loaded) => failingCases(loaded),
      tell,
      clock,
      log,
      pace: { least: poll / 2, most: poll * 1.5, failing: FAILING_MS },
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

/** The cases that a bundle carries, by the same way as a request; failures in words. */
async function failingCases(bundle: Bundle): Promise<readonly string[]> {
  const carried = [...bundle.files].filter(([name]) => name.startsWith('cases/'));
  if (carried.length === 0) return [];
  const folder = mkdtempSync(join(tmpdir(), 'datwat-carried-'));
  try {
    for (const [name, content] of carried) writeFileSync(join(folder, basename(name)), content);
    const runs = await runCases(bundle, readCases([folder], shorthandsOf(bundle)));
    const failed = runs.flatMap(({ given, answer }) => {
      const wrong = 'failure' in answer ? [answer.failure] : differences(given, answer);
      return wrong.length === 0 ? [] : [`${given.id}: ${wrong.join('; ')}`];
    });
    return failed.length <= MOST_TOLD
      ? failed
      : [...failed.slice(0, MOST_TOLD), `and ${failed.length - MOST_TOLD} more`];
  } catch (failure) {
    return [saying(failure)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
