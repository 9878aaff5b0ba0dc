/** Takes a recorded decision again: the stored request, facts, caller and time, on the policy that the record names. */
import { createEvaluationDoor } from '../../src/api/evaluation.ts';
import { createEvaluationsDoor } from '../../src/api/evaluations.ts';
import { createSearchDoor } from '../../src/api/search.ts';
import { createDecide } from '../../src/decision/decide.ts';
import { createDecideAll } from '../../src/decision/decide-all.ts';
import { type Call, isObject, type Json, type JsonObject, type SearchKind } from '../../src/decision/model.ts';
import type { Parts } from '../../src/decision/parts.ts';
import type { ActivePolicy } from '../../src/decision/ports.ts';
import { createSearch } from '../../src/decision/search.ts';
import type { RecordedDecision } from '../../src/ledger/read/recorded-decision.ts';
import { noLog, noMetrics } from '../../src/observability/unwatched.ts';

/** The response body as it would be today. */
export async function replay(recorded: RecordedDecision, policy: ActivePolicy): Promise<JsonObject> {
  const facts = recorded.items.filter((item) => item.facts !== null).map((item) => item.facts ?? {});
  const parts: Parts = {
    clock: { now: () => recorded.timestamp },
    ids: { traceId: () => 'a'.repeat(32), spanId: () => 'b'.repeat(16) },
    facts: { lookup: async () => facts.map((found) => ({ facts: found, asserted: [], ignored: [] })) },
    engine: { active: () => policy },
    ledger: { append: async () => {} },
    metrics: noMetrics,
    log: noLog,
  };
  const call = { caller: callerOf(recorded.attributes), body: recorded.request, aliases: new Map() };
  const { body } = await doorOf(recorded, parts).question(recorded.request).ask(call);
  return body;
}

function doorOf({ eventName, request }: RecordedDecision, parts: Parts) {
  const batch = Array.isArray(request.evaluations) ? request.evaluations.length : 0;
  if (eventName === 'adl.access_evaluations')
    return createEvaluationsDoor(createDecide(parts), createDecideAll(parts), batch);
  if (eventName === 'adl.access_evaluation') return createEvaluationDoor(createDecide(parts));
  return createSearchDoor(eventName.slice('adl.search_'.length) as SearchKind, createSearch(parts));
}

function callerOf(attributes: JsonObject): Call['caller'] {
  const caller: Json = attributes['datwat.caller'] ?? null;
  if (!isObject(caller)) throw new Error('the record names no caller');
  return {
    name: String(caller.name),
    ...(typeof caller.organisation === 'string' && { organisation: caller.organisation }),
    mayAssert: Array.isArray(caller.asserts) ? caller.asserts.map(String) : [],
    maySetTime: caller.may_set_time === true,
    maySimulate: caller.may_simulate === true,
    mayLearnPseudonym: false,
    authenticated: caller.authenticated === true,
  };
}
