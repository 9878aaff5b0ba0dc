/** What follows bundles, with a store of its own on the disk; nobody asks it for decisions over HTTP. */
import { createPolicyEngine } from '../../src/engine/policy-engine.ts';
import type { BundleSource } from '../../src/engine/release/bundle-source.ts';
import type { Pace } from '../../src/engine/release/pace.ts';
import { checkOffer, prepareRelease } from '../../src/engine/release/prepare-release.ts';
import { openReleaseStore, type StoreFiles } from '../../src/engine/release/release-store.ts';
import { createReleases } from '../../src/engine/release/releases.ts';
import type { Trust } from '../../src/engine/trust/trust.ts';
import { noLog } from '../../src/observability/unwatched.ts';
import { question } from './bundle-bytes.ts';

export interface Following {
  trust(): Trust;
  readonly files?: StoreFiles;
  readonly failingCases?: readonly string[];
  readonly now?: number;
  readonly prepare?: typeof prepareRelease;
  readonly check?: typeof checkOffer;
  readonly pace?: Partial<Pace>;
}

export async function followedReleases(folder: string, source: BundleSource, options: Following) {
  const clock = { now: () => options.now ?? 1000 };
  const refused: string[] = [];
  const metrics = {
    policyActivated: () => {},
    enginesDiffered: () => {},
    policyRefused: (step: string) => refused.push(step),
  };
  const engine = createPolicyEngine({ engine: 'plan', mode: 'production', log: noLog, metrics, clock });
  const told: string[] = [];
  const store = await openReleaseStore(folder, options.files);
  const releases = createReleases({
    source,
    store,
    engine,
    trust: async () => options.trust(),
    prepare: options.prepare ?? prepareRelease,
    check: options.check ?? checkOffer,
    tryCases: async () => options.failingCases ?? [],
    tell: async (event) => {
      told.push(event.kind === 'refused' ? `refused ${event.step}` : event.kind);
    },
    clock,
    log: noLog,
    pace: { starting: 60_000, least: 1, most: 2, failing: 5, ...options.pace },
  });
  /** What the policy in force answers when it is asked for its settings. */
  const profile = () => engine.active().decide(question('alice', 'settings')).context;
  return { engine, releases, told, refused, store, profile };
}
