/** The composition root: configuration → parts → app; and the order in which things start and stop. */
import { createAuthenticateCaller } from './api/authenticate-caller.ts';
import { createListener } from './api/listener.ts';
import { createRateLimit, unlimited } from './api/rate-limit.ts';
import { createResponses } from './api/responses.ts';
import { createVerifyToken } from './api/verify-jwt.ts';
import { createApp } from './app.ts';
import { type Config, configurationForRecords, NO_QUORUM, readTls } from './config/config.ts';
import { createDecide } from './decision/decide.ts';
import { createDecideAll } from './decision/decide-all.ts';
import type { JsonObject } from './decision/model.ts';
import type { Parts } from './decision/parts.ts';
import type { Clock, Log } from './decision/ports.ts';
import { createSearch, offersSearch } from './decision/search.ts';
import type { Bundle } from './engine/bundle.ts';
import { createPolicyEngine, type SwappingEngine } from './engine/policy-engine.ts';
import { eventRecord } from './engine/release/event-record.ts';
import type { ReleaseEvent, Releases } from './engine/release/releases.ts';
import { shadowed, startShadow } from './engine/shadow/shadow.ts';
import { applyChanges } from './facts/apply-changes.ts';
import { staleAmong } from './facts/feeds.ts';
import { FACT_KINDS } from './facts/kinds.ts';
import { createSqliteFacts, type SqliteFacts } from './facts/sqlite-facts.ts';
import { developmentSigningKey, readSigningKey } from './ledger/signing-key.ts';
import { createLedger, type WritableLedger } from './ledger/write/ledger.ts';
import { createMetrics } from './observability/metrics.ts';
import { createIds } from './observability/trace-ids.ts';
import { VERSION } from './product.ts';
import { developmentKeyRing, readKeyRing } from './pseudonyms/key-ring.ts';
import { createPseudonymiser } from './pseudonyms/pseudonymiser.ts';

/** Where bundles are followed instead of opened once. */
export type FollowRelease = (parts: {
  readonly engine: SwappingEngine;
  readonly clock: Clock;
  tell(event: ReleaseEvent): Promise<void>;
}) => Releases;

export interface Service {
  readonly url: string;
  readonly revision: string;
  readonly engine: SwappingEngine;
  readonly ledger: WritableLedger;
  readonly facts: SqliteFacts;
  /** Accepts nothing new, answers what it has, closes the segment. */
  stop(): Promise<void>;
}

/** Starts everything, or throws Error with what is wrong; then what had started is stopped again. */
export async function startService(config: Config, policy: Bundle | FollowRelease, log: Log): Promise<Service> {
  const clock = { now: Date.now };
  const started: (() => Promise<void> | void)[] = [];
  const stop = async () => {
    for (const undo of started.splice(0).reverse()) await undo();
  };
  try {
    return await start(config, policy, log, clock, started, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  config: Config,
  policy: Bundle | FollowRelease,
  log: Log,
  clock: Clock,
  started: (() => Promise<void> | void)[],
  stop: () => Promise<void>,
): Promise<Service> {
  const { mode, limits } = config;
  const metrics = createMetrics(clock);
  const warning = mode === 'production' && config.quorum === 'not_written' ? { warning: NO_QUORUM } : {};
  if ('warning' in warning) log.warn('no_quorum', { means: NO_QUORUM });
  const keyRing = config.pseudonym ? readKeyRing(config.pseudonym) : developmentKeyRing();
  const pseudonymiser = createPseudonymiser(keyRing);

  // The policy comes first: a bundle that does not load must not leave a trace of a start in the ledger.
  const engine = createPolicyEngine({ mode, engine: config.engine, log, metrics, clock });
  const untold: ReleaseEvent[] = [];
  let tell = async (event: ReleaseEvent) => {
    untold.push(event);
  };
  let releases: Releases | undefined;
  if (typeof policy === 'function') {
    releases = policy({ engine, clock, tell: (event) => tell(event) });
    started.push(releases.close);
    await releases.start();
  } else {
    untold.push({ kind: 'activated', policy: await engine.activate(async () => policy) });
  }

  const facts = createSqliteFacts({ ...config.facts, mode, clock, log });
  started.push(() => facts.close());

  const { folder, signingKey, mode: durability } = config.ledger;
  const ledger = await createLedger({
    folder,
    mode: durability,
    key: signingKey === undefined ? await developmentSigningKey(folder) : await readSigningKey(signingKey, folder),
    configuration: { ...configurationForRecords(config), version: VERSION, node: process.versions.node },
    resource: { 'service.name': 'datwat', 'service.version': VERSION },
    log,
    metrics,
    clock,
  });
  started.push(() => ledger.close());
  tell = async (event) => {
    const { name, attributes } = eventRecord(event);
    await ledger.appendEvent(name, attributes);
  };
  for (const event of untold) await tell(event);

  const shadow = config.shadow && (await startShadow(config.shadow, log));
  if (shadow) started.push(shadow.close);
  const asked = shadow ? shadowed(engine, shadow) : engine;
  const parts: Parts = { clock, ids: createIds(), facts, engine: asked, ledger, metrics, log };
  let url = '';
  const tls = readTls(config.tls);
  const publicPath = config.publicUrl === undefined ? '' : new URL(config.publicUrl).pathname.replace(/\/$/, '');
  const app = createApp({
    decide: createDecide(parts),
    decideAll: createDecideAll(parts),
    search: createSearch(parts),
    offers: (kind) => offersSearch(parts, kind),
    authenticate: createAuthenticateCaller({
      mode,
      callers: config.callers,
      verifyToken: createVerifyToken(config.callers, log),
      factKinds: FACT_KINDS,
    }),
    limitRate:
      config.requestsPerSecond === undefined
        ? unlimited
        : createRateLimit(config.requestsPerSecond, () => performance.now()),
    pseudonymiser,
    limits,
    maxItems: limits.items,
    applyFacts: inTurn((changes) =>
      applyChanges(config.facts, changes, new Date(clock.now()).toISOString(), async (applied) => {
        await ledger.appendEvent('datwat.facts_changed', {
          'datwat.source': changes.source,
          'datwat.applied': Object.fromEntries(applied),
        });
      }),
    ),
    responses: createResponses(log, metrics),
    // On a Unix socket there is no address; `localhost` is what clients of one say.
    publicUrl: () => config.publicUrl ?? ('socket' in config.place ? 'http://localhost' : url),
    publicPath,
    ...(config.contact && { contact: config.contact }),
    readiness: () => missingForDecisions({ engine, ledger, facts }),
    details: () => ({
      policy: { ...engine.status(), ...releases?.status(), ...warning },
      facts: feedsToLookAt(facts),
    }),
    exposition: metrics.exposition,
  });
  const listener = createListener(app, config.place, tls);
  url = await listener.listen();
  started.push(() => listener.close());
  // Last in, first out: nothing comes into force any more once it stops.
  if (releases !== undefined) started.push(releases.close);
  return { url, revision: engine.active().identity.revision, engine, ledger, facts, stop };
}

/** The same, one call after the other. */
function inTurn<In, Out>(act: (given: In) => Promise<Out>): (given: In) => Promise<Out> {
  let last: Promise<unknown> = Promise.resolve();
  return (given) => {
    const result = last.then(() => act(given));
    last = result.catch(() => undefined);
    return result;
  };
}

/** In words for an operator; empty when a decision could be given now. */
function missingForDecisions({
  engine,
  ledger,
  facts,
}: Pick<Service, 'engine' | 'ledger' | 'facts'>): readonly string[] {
  const missing: string[] = [];
  if (engine.status().active === undefined) missing.push('a policy');
  const { ready, reason } = ledger.status();
  if (!ready) missing.push(`a ledger that can be written${reason === undefined ? '' : ` (${reason})`}`);
  try {
    facts.feeds();
  } catch {
    missing.push('facts that can be read');
  }
  return missing;
}

/**
 * Stale and missing feeds never make the service unready: what needs them is refused by the policy, and all other care goes on.
 */
function feedsToLookAt(facts: SqliteFacts): object {
  let stale: JsonObject;
  try {
    stale = staleAmong(facts.feeds());
  } catch {
    // Then the facts are missing altogether, which readiness says.
    return {};
  }
  const means = 'what needs these kinds is refused until they are fed anew: datwat facts import (null: never fed)';
  return Object.keys(stale).length === 0 ? { stale } : { stale, warning: means };
}
