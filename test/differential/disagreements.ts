/** How an answer of the rules is held against the verdict of the reference. */
import { isObject, type Json, type Outcome } from '../../src/decision/model.ts';
import type { PolicyData } from './reference/policy-data.ts';
import type { Verdict } from './reference/verdict.ts';

/** The schemas beside the data say that it has this form; the reference trusts them. */
export function asPolicyData(data: unknown): PolicyData {
  return data as PolicyData;
}

/** In which ways the answer of the rules is not what the reference allows. */
export function disagreements(outcome: Outcome, verdict: Verdict): readonly string[] {
  const context = outcome.context ?? {};
  const found: string[] = [];
  const differ = (what: string, got: Json | undefined, allowed: unknown) =>
    found.push(`${what}: the rules say ${JSON.stringify(got)}, the reference ${JSON.stringify(allowed)}`);
  if (outcome.decision !== verdict.decision) differ('decision', outcome.decision, verdict.decision);
  if (context.granted_level !== verdict.level) differ('level', context.granted_level, verdict.level);
  if (JSON.stringify(context.fields) !== JSON.stringify(verdict.fields))
    differ('fields', context.fields, verdict.fields);
  const reason = outcome.record?.reason_code;
  if (!verdict.reasons.includes(String(reason))) differ('true reason', reason, verdict.reasons);
  if (!verdict.outward.includes(String(context.reason_code)))
    differ('outward reason', context.reason_code, verdict.outward);
  const carried = Array.isArray(context.obligations)
    ? context.obligations.map((entry) => (isObject(entry) ? entry.id : undefined))
    : [];
  const missing = verdict.obligations.filter((id) => !carried.includes(id));
  if (missing.length > 0) differ('obligations', carried.map(String), missing);
  return found;
}

/** What the rules open and the reference does not. */
export function opened({ decision, context }: Outcome, verdict: Verdict): readonly string[] {
  if (decision && !verdict.decision) return ['a permit that the reference refuses'];
  const fields = Array.isArray(context?.fields) ? context.fields.map(String) : [];
  return fields.filter((field) => !verdict.fields.includes(field)).map((field) => `the field ${field}`);
}
