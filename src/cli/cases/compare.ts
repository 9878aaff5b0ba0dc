import { isObject, type Json, type JsonObject } from '../../decision/model.ts';
import type { Case, Expectation } from './read-cases.ts';

/** What the product answered to a case, and what it wrote down. */
export interface CaseAnswer {
  readonly status: number;
  readonly body: JsonObject;
  /** `record` of the policy's outcome per item, as it stands in the ledger. */
  readonly records: readonly (JsonObject | null)[];
}

/** In which ways an answer differs from what the case expects; empty where it does not. */
export function differences(given: Case, answer: CaseAnswer): readonly string[] {
  const batch = Array.isArray(given.request.evaluations) && given.request.evaluations.length > 0;
  const [first] = given.expect;
  const status = first?.status ?? 200;
  if (answer.status !== status) return [`status: expected ${status}, got ${answer.status}`];
  if (answer.status !== 200) return [];
  if (!batch) return first ? differ(first, answer.body, answer.records[0] ?? null) : [];
  const answers = Array.isArray(answer.body.evaluations) ? answer.body.evaluations : [];
  const found = given.expect.flatMap((expected, index) => {
    const item: Json = answers[index] ?? null;
    if (!isObject(item)) return [`item ${index + 1}: expected an answer, got none`];
    return differ(expected, item, answer.records[index] ?? null).map((text) => `item ${index + 1}: ${text}`);
  });
  if (answers.length > given.expect.length)
    found.push(`expected ${given.expect.length} answers, got ${answers.length}`);
  return found;
}

function differ(expected: Expectation, body: JsonObject, record: JsonObject | null): readonly string[] {
  const context = isObject(body.context) ? body.context : {};
  const found: string[] = [];
  const say = (what: string, wanted: unknown, got: unknown) => {
    found.push(`${what}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(got ?? null)}`);
  };
  const equal = (what: string, wanted: Json | undefined, got: Json | undefined) => {
    if (wanted !== undefined && JSON.stringify(wanted) !== JSON.stringify(got)) say(what, wanted, got);
  };
  const sameSet = (what: string, wanted: readonly string[] | undefined, got: Json | undefined) => {
    if (wanted === undefined) return;
    const have = Array.isArray(got) ? got : [];
    if (JSON.stringify([...wanted].sort()) !== JSON.stringify([...have].sort())) say(what, wanted, got);
  };
  const contains = (what: string, wanted: readonly string[] | undefined, list: Json | undefined, key: string) => {
    const have = Array.isArray(list) ? list.map((entry) => (isObject(entry) ? entry[key] : undefined)) : [];
    const missing = (wanted ?? []).filter((entry) => !have.includes(entry));
    if (missing.length > 0) say(what, `at least ${missing.join(', ')}`, have);
  };
  equal('decision', expected.decision, body.decision);
  equal('level', expected.level, context.granted_level);
  sameSet('fields', expected.fields, context.fields);
  equal('reason_code', expected.reason_code, context.reason_code);
  contains('obligations', expected.obligations, context.obligations, 'id');
  contains('alternatives', expected.alternatives, context.alternatives, 'type');
  for (const [key, wanted] of Object.entries(expected.record ?? {})) equal(`record.${key}`, wanted, record?.[key]);
  return found;
}
