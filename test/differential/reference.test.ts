/** Two evaluators of one text: the rules as Wasm, and the reference. They must agree on thousands of generated questions. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { isObject, type Json, type Outcome } from '../../src/decision/model.ts';
import type { Bundle } from '../../src/engine/bundle.ts';
import { malformedQuestions, questions } from '../support/generated-questions.ts';
import { loadPack, openPack } from '../support/policy-pack.ts';
import { evaluate } from './reference/evaluate.ts';
import type { PolicyData } from './reference/policy-data.ts';
import type { Verdict } from './reference/verdict.ts';

const RUNS = Number(process.env.DATWAT_DIFFERENTIAL_RUNS ?? 3000);
const OVERLAYS = ['PF-STRIKT', 'PF-PRAKTIJK'].flatMap((profile) =>
  [false, true].map((wams_in_force) => ({ profile, wams_in_force })),
);

let bundle: Bundle;
beforeAll(async () => {
  bundle = await openPack();
});

describe.each(OVERLAYS)('with $profile and wams_in_force $wams_in_force', (shorthands) => {
  it('the rules and the reference decide alike', async () => {
    const { policy, data } = await loadPack(bundle, { shorthands });
    const policyData = asPolicyData(data);
    fc.assert(
      fc.property(questions(data), (input) => {
        expect(disagreements(policy.decide(input), evaluate(input, policyData))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('the rules open no more than the reference where a value has a type that nobody expects', async () => {
    const { policy, data } = await loadPack(bundle, { shorthands });
    const policyData = asPolicyData(data);
    fc.assert(
      fc.property(malformedQuestions(data), (input) => {
        const outcome = policy.decide(input);
        const verdict = evaluate(input, policyData);
        expect(verdict.decision || !outcome.decision, 'a permit that the reference refuses').toBe(true);
        const fields = Array.isArray(outcome.context?.fields) ? outcome.context.fields.map(String) : [];
        expect(verdict.fields).toEqual(expect.arrayContaining(fields));
      }),
      { numRuns: RUNS },
    );
  });
});

/** The schemas beside the data say that it has this form; the reference trusts them. */
function asPolicyData(data: unknown): PolicyData {
  return data as PolicyData;
}

/** In which ways the answer of the rules is not what the reference allows. */
function disagreements(outcome: Outcome, verdict: Verdict): readonly string[] {
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
