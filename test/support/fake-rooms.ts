/** Rooms that do what a test tells them, for causing faults in the core. The order of calls is kept in `walk`. */
import type { Call, DecisionRecord, JsonObject, Outcome, PolicyInput } from '../../src/decision/model.ts';
import type { Parts } from '../../src/decision/parts.ts';
import type { FactQuery } from '../../src/decision/ports.ts';
import { noLog, noMetrics } from '../../src/observability/unwatched.ts';

export interface FakeRooms {
  readonly parts: Parts;
  readonly walk: string[];
  readonly records: DecisionRecord[];
  readonly inputs: PolicyInput[];
  readonly queries: FactQuery[];
  facts: () => JsonObject;
  decide: (input: PolicyInput) => Outcome;
  search: (input: PolicyInput) => readonly JsonObject[];
  append: () => Promise<void>;
  now: number;
}

export function fakeRooms(): FakeRooms {
  const walk: string[] = [];
  const rooms: FakeRooms = {
    walk,
    records: [],
    inputs: [],
    queries: [],
    facts: () => ({ case_relation: null }),
    decide: () => ({ decision: true }),
    search: () => [],
    append: async () => {},
    now: Date.UTC(2026, 8, 15, 9),
    parts: {
      clock: { now: () => rooms.now },
      ids: { traceId: () => 'a'.repeat(32), spanId: () => 'b'.repeat(16) },
      facts: {
        async lookup(queries) {
          walk.push('facts');
          rooms.queries.push(...queries);
          return queries.map(() => ({ facts: rooms.facts(), asserted: [], ignored: [] }));
        },
      },
      engine: {
        active: () => ({
          identity: { revision: 'r1', wasmSha256: 'w', dataSha256: 'd', engine: 'wasm' },
          offers: (entrypoint) => entrypoint !== 'authz/search/subject',
          decide(input) {
            walk.push('engine');
            rooms.inputs.push(input);
            return rooms.decide(input);
          },
          search(_entrypoint, input) {
            walk.push('engine');
            rooms.inputs.push(input);
            return rooms.search(input);
          },
        }),
      },
      ledger: {
        async append(record) {
          walk.push('ledger');
          await rooms.append();
          rooms.records.push(record);
        },
      },
      metrics: noMetrics,
      log: noLog,
    },
  };
  return rooms;
}

export function call(body: JsonObject, caller: Partial<Call['caller']> = {}): Call {
  return {
    caller: {
      name: 'backoffice',
      mayAssert: [],
      maySetTime: false,
      maySimulate: false,
      mayLearnPseudonym: false,
      authenticated: true,
      ...caller,
    },
    body,
    aliases: new Map(),
  };
}
