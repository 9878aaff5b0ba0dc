/** Only for `npm run mutate`, which makes the examples first. */
import { expect, it } from 'vitest';
import { preparePlan } from '../../src/engine/plan/compile-plan.ts';
import { createPlanEvaluator } from '../../src/engine/plan/plan-evaluator.ts';
import { planOutcome } from '../conformance/rego-corpus.ts';
import { outcome, unordered } from '../support/built-policies.ts';
import { readExamples } from './examples.ts';

const { corpus, generated } = readExamples(process.env.DATWAT_MUTATION_FOLDER ?? '');

it.each(corpus.map((line, i) => [i, line] as const))('case %i of the corpus', (_, line) => {
  expect(planOutcome(line)).toBe('as expected');
});

it.each(generated.map((policies, i) => [i, policies] as const))('generated policies %i', (_, policies) => {
  const plan = createPlanEvaluator(preparePlan(JSON.parse(policies.planText)), policies.data);
  for (const { entrypoint, input, expected } of policies.questions) {
    expect(unordered(outcome(plan, entrypoint, input))).toBe(expected);
  }
});
