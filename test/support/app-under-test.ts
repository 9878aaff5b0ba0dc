/** The app with its real core, and stand-ins for the rooms behind it, so that a test can make each of them fail. */
import { randomBytes } from 'node:crypto';
import { createAuthenticateCaller } from '../../src/api/authenticate-caller.ts';
import type { ConfiguredCaller } from '../../src/api/callers.ts';
import { unlimited } from '../../src/api/rate-limit.ts';
import { createResponses } from '../../src/api/responses.ts';
import { createVerifyToken } from '../../src/api/verify-jwt.ts';
import { type AppParts, createApp } from '../../src/app.ts';
import { createDecide } from '../../src/decision/decide.ts';
import { createDecideAll } from '../../src/decision/decide-all.ts';
import { DatwatError } from '../../src/decision/errors.ts';
import type { DecisionRecord, Outcome, PolicyInput } from '../../src/decision/model.ts';
import type { ActivePolicy, Ledger, Log, Metrics, PolicyEngine, Pseudonymiser } from '../../src/decision/ports.ts';
import { createSearch, offersSearch } from '../../src/decision/search.ts';

export interface Seen {
  readonly records: DecisionRecord[];
  readonly inputs: PolicyInput[];
  readonly logged: { readonly event: string; readonly fields: Readonly<Record<string, unknown>> | undefined }[];
  readonly answered: { readonly route: string; readonly status: number }[];
}

export interface Replacements extends Partial<Omit<AppParts, 'authenticate'>> {
  readonly mode?: 'development' | 'production';
  readonly callers?: readonly ConfiguredCaller[];
  readonly policy?: Partial<ActivePolicy>;
  readonly engine?: PolicyEngine;
  readonly ledger?: Ledger;
  readonly lookup?: () => Promise<never>;
}

/** Permits `read` by `alice`; fails on the action `fail`. */
function decideByName({ subject, action }: PolicyInput): Outcome {
  if (action?.name === 'fail') throw new DatwatError('policy_error', { cause: new Error('secret cause') });
  return { decision: subject?.id === 'alice' && action?.name === 'read' };
}

export const BSN = '999990019';
export const PSEUDONYM = 'psn:k1:abcdef';

/** Stands in for the real one: one number, one pseudonym. */
const onePseudonym: Pseudonymiser = {
  pseudonymise(body) {
    const text = JSON.stringify(body);
    if (text.includes('"bsn":"123456789"')) {
      throw new DatwatError('invalid_request', {
        problems: [{ pointer: '/resource/properties/data_subject/bsn', detail: 'This is no valid BSN' }],
      });
    }
    const aliases = new Map(text.includes(BSN) ? [[PSEUDONYM, [PSEUDONYM]]] : []);
    return {
      body: JSON.parse(text.replaceAll(`"bsn":"${BSN}"`, `"id":"${PSEUDONYM}"`).replaceAll(BSN, PSEUDONYM)),
      aliases,
    };
  },
  holdsPersonalNumber: (text) => text.includes(BSN),
};

export function appUnderTest(replacements: Replacements = {}) {
  const seen: Seen = { records: [], inputs: [], logged: [], answered: [] };
  const log: Log = {
    info: (event, fields) => seen.logged.push({ event, fields }),
    warn: (event, fields) => seen.logged.push({ event, fields }),
    error: (event, _error, fields) => seen.logged.push({ event, fields }),
  };
  const ignore = () => {};
  const metrics: Metrics = {
    decided: ignore,
    answered: (route, status) => seen.answered.push({ route, status }),
    ledgerFlushed: ignore,
    ledgerFailed: ignore,
    ledgerHead: ignore,
    policyActivated: ignore,
    policyRefused: ignore,
    enginesDiffered: ignore,
  };
  const policy: ActivePolicy = {
    identity: { revision: 'r', wasmSha256: 'w', dataSha256: 'd', engine: 'wasm' },
    offers: () => true,
    decide: decideByName,
    search: () => [
      { id: 'alice', type: 'user', extra: 1 },
      { type: 'user', id: 'bob' },
      { type: 'group', id: 'g' },
    ],
    ...replacements.policy,
  };
  const watched: ActivePolicy = {
    ...policy,
    decide(input) {
      seen.inputs.push(input);
      return policy.decide(input);
    },
    search(entrypoint, input) {
      seen.inputs.push(input);
      return policy.search(entrypoint, input);
    },
  };
  const nothing = { facts: {}, asserted: [], ignored: [] };
  const core = {
    clock: { now: () => Date.parse('2026-11-02T09:14:07Z') },
    ids: { traceId: () => randomBytes(16).toString('hex'), spanId: () => randomBytes(8).toString('hex') },
    facts: { lookup: replacements.lookup ?? (async (queries: readonly unknown[]) => queries.map(() => nothing)) },
    engine: replacements.engine ?? { active: () => watched },
    ledger: replacements.ledger ?? { append: async (record: DecisionRecord) => void seen.records.push(record) },
    metrics,
    log,
  };
  const callers = replacements.callers ?? [];
  const app = createApp({
    decide: createDecide(core),
    decideAll: createDecideAll(core),
    search: createSearch(core),
    offers: (kind) => offersSearch(core, kind),
    authenticate: createAuthenticateCaller({
      mode: replacements.mode ?? 'development',
      callers,
      verifyToken: createVerifyToken(callers, log),
      factKinds: ['case_relation', 'consents'],
    }),
    limitRate: unlimited,
    pseudonymiser: onePseudonym,
    limits: { body: 1_048_576, depth: 64 },
    maxItems: 500,
    responses: createResponses(log, metrics),
    publicUrl: () => 'https://pdp.example.nl',
    publicPath: '',
    readiness: () => [],
    details: () => ({ policy: {}, facts: {} }),
    exposition: async () => ({ contentType: 'text/plain; version=0.0.4', text: '# nothing\n' }),
    ...replacements,
  });
  return { app, seen };
}
