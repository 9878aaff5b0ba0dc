/** Two evaluators of one text: the rules as Wasm, and the reference. They must agree on thousands of generated questions. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Bundle } from '../../src/engine/bundle.ts';
import { malformedQuestions, questions } from '../support/generated-questions.ts';
import { loadPack, openPack } from '../support/policy-pack.ts';
import { asPolicyData, disagreements, opened } from './disagreements.ts';
import { evaluate } from './reference/evaluate.ts';

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
        expect(opened(policy.decide(input), evaluate(input, policyData))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});
