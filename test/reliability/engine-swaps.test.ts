import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createDecide } from '../../src/decision/decide.ts';
import { createDecideAll } from '../../src/decision/decide-all.ts';
import { isObject, type Json } from '../../src/decision/model.ts';
import { createPolicyEngine } from '../../src/engine/policy-engine.ts';
import type { BundleSource } from '../../src/engine/release/bundle-source.ts';
import { checkOffer, prepareRelease } from '../../src/engine/release/prepare-release.ts';
import { openReleaseStore } from '../../src/engine/release/release-store.ts';
import { createReleases } from '../../src/engine/release/releases.ts';
import { noLog, noMetrics } from '../../src/observability/unwatched.ts';
import { bundleNamed, bundleWith } from '../support/bundle-bytes.ts';
import { call, fakeRooms } from '../support/fake-rooms.ts';
import { releaseKey, signedBundle, trustIn } from '../support/release-keys.ts';

const SWAPS = 30;

it('many swaps between two policies under questions: none fails, none is labelled with the other policy', async () => {
  const key = releaseKey('release');
  const folder = await mkdtemp(join(tmpdir(), 'datwat-swaps-'));
  const troubles = await bundleNamed('troubles');
  const versions = ['even', 'odd'].map((profile) =>
    bundleWith(troubles, { 'data.json': JSON.stringify({ settings: { profile } }) }),
  );
  const [even, odd] = versions;
  if (even === undefined || odd === undefined) throw new Error('two versions are needed');
  const profileOf = new Map([
    [even.revision, 'even'],
    [odd.revision, 'odd'],
  ]);

  let sequence = 0;
  const source: BundleSource = {
    name: 'a source that always has something new',
    async next() {
      if (sequence === SWAPS) return undefined;
      sequence += 1;
      return { bytes: await signedBundle(sequence % 2 === 0 ? even : odd, key, { sequence }) };
    },
    forget() {},
  };
  const clock = { now: Date.now };
  const engine = createPolicyEngine({
    mode: 'production',
    engine: 'plan',
    log: noLog,
    metrics: noMetrics,
    clock,
  });
  let swaps = 0;
  const releases = createReleases({
    source,
    engine,
    store: await openReleaseStore(join(folder, 'state')),
    trust: async () => trust,
    prepare: prepareRelease,
    check: checkOffer,
    tryCases: async () => [],
    tell: async (event) => {
      expect(event.kind).toBe('activated');
      swaps += 1;
    },
    clock,
    log: noLog,
    pace: { starting: 1000, least: 0, most: 1, failing: 1 },
  });
  const trust = trustIn([key.verifies]);

  const rooms = fakeRooms();
  const slowFacts: typeof rooms.parts.facts = {
    async lookup(queries) {
      await setImmediate();
      return rooms.parts.facts.lookup(queries);
    },
  };
  const parts = { ...rooms.parts, engine, facts: slowFacts };
  const [decide, decideAll] = [createDecide(parts), createDecideAll(parts)];
  const request = {
    subject: { type: 'user', id: 'alice' },
    action: { name: 'settings' },
    resource: { type: 'file', id: '1' },
  };
  const shown = (answer: Json | undefined) => {
    const context = isObject(answer) ? answer.context : undefined;
    return isObject(context) && isObject(context.data) ? context.data.profile : undefined;
  };

  await releases.start();
  let asked = 0;
  const asking = Array.from({ length: 2 }, async () => {
    while (swaps < SWAPS) {
      await decide(call(request), request);
      await decideAll(call({ evaluations: [request, request, request] }), [request, request, request], 'execute_all');
      asked += 2;
    }
  });
  await Promise.all(asking);
  await releases.close();
  await rm(folder, { recursive: true });

  expect(asked).toBeGreaterThan(SWAPS);
  expect(rooms.records).toHaveLength(asked);
  const seen = new Set<unknown>();
  for (const { policy, response, status } of rooms.records) {
    expect(status).toBe('Unset');
    const answers = Array.isArray(response?.evaluations) ? response.evaluations : [response ?? null];
    for (const answer of answers) expect(shown(answer)).toBe(profileOf.get(policy.revision));
    expect(policy.release).toMatchObject({ sequence: expect.any(Number) });
    seen.add(policy.revision);
  }
  expect(seen.size).toBe(2);
}, 60_000);
