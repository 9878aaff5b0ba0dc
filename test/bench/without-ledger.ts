/** Datwat with everything but the ledger, to see what the record costs. Exists for the bench only. */

import { createAuthenticateCaller } from '../../src/api/authenticate-caller.ts';
import { createListener } from '../../src/api/listener.ts';
import { unlimited } from '../../src/api/rate-limit.ts';
import { createResponses } from '../../src/api/responses.ts';
import { createApp } from '../../src/app.ts';
import { createDecide } from '../../src/decision/decide.ts';
import { createDecideAll } from '../../src/decision/decide-all.ts';
import { createSearch, offersSearch } from '../../src/decision/search.ts';
import { openBundle } from '../../src/engine/open-bundle.ts';
import { createPolicyEngine } from '../../src/engine/policy-engine.ts';
import { DEFAULT_MAX_AGES, FACT_KINDS } from '../../src/facts/kinds.ts';
import { createSqliteFacts } from '../../src/facts/sqlite-facts.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { createIds } from '../../src/observability/trace-ids.ts';
import { noLog } from '../../src/observability/unwatched.ts';
import { developmentKeyRing } from '../../src/pseudonyms/key-ring.ts';
import { createPseudonymiser } from '../../src/pseudonyms/pseudonymiser.ts';

const [port = '0', bundleFile = '', factsFile = ''] = process.argv.slice(2);
const clock = { now: Date.now };
const metrics = createMetrics(clock);
const engine = createPolicyEngine({ mode: 'development', engine: 'plan', log: noLog, metrics, clock });
await engine.activate(() => openBundle(bundleFile, { mode: 'development' }));
const facts = createSqliteFacts({
  file: factsFile,
  people: 'invented',
  maxAges: DEFAULT_MAX_AGES,
  mode: 'development',
  clock,
  log: noLog,
});
const parts = { clock, ids: createIds(), facts, engine, ledger: { append: async () => {} }, metrics, log: noLog };
const app = createApp({
  decide: createDecide(parts),
  decideAll: createDecideAll(parts),
  search: createSearch(parts),
  offers: (kind) => offersSearch(parts, kind),
  authenticate: createAuthenticateCaller({
    mode: 'development',
    callers: [],
    verifyToken: async () => undefined,
    factKinds: FACT_KINDS,
  }),
  limitRate: unlimited,
  pseudonymiser: createPseudonymiser(developmentKeyRing()),
  limits: { body: 1_048_576, depth: 64 },
  maxItems: 500,
  applyFacts: async () => new Map(),
  responses: createResponses(noLog, metrics),
  publicUrl: () => '',
  publicPath: '',
  readiness: () => [],
  details: () => ({ policy: {}, facts: {} }),
  exposition: metrics.exposition,
});
await createListener(app, { host: '127.0.0.1', port: Number(port) }).listen();
console.log('{"msg":"listening"}');
