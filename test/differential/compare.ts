/**
 * `npm run compare -- [--requests 100000] [--seed N]`: generated requests over the policy pack, asked of the plan engine, of the Wasm and
 * of the reference. The first two must answer with the same bytes, the third must agree with them. Exits with 1 on a difference.
 */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { isObject, type Json, type PolicyInput } from '../../src/decision/model.ts';
import type { Bundle } from '../../src/engine/bundle.ts';
import { checkedOutcome } from '../../src/engine/contract.ts';
import { withOverlay } from '../../src/engine/data-overlay.ts';
import type { Evaluator } from '../../src/engine/evaluator.ts';
import { loadEngines } from '../../src/engine/load-engines.ts';
import { assemble } from '../../src/engine/plan/document-parts.ts';
import { toJsonText } from '../../src/engine/plan/json-text.ts';
import { createPlanEvaluator } from '../../src/engine/plan/plan-evaluator.ts';
import type { Value } from '../../src/engine/plan/values.ts';
import { createWasmEvaluator } from '../../src/engine/wasm-policy.ts';
import { malformedQuestions, questions } from '../support/generated-questions.ts';
import { openPack } from '../support/policy-pack.ts';
import { asPolicyData, disagreements, opened } from './disagreements.ts';
import { evaluate } from './reference/evaluate.ts';

const OVERLAYS = ['PF-STRIKT', 'PF-PRAKTIJK'].flatMap((profile) =>
  [false, true].map((wams_in_force) => ({ profile, wams_in_force })),
);
/** A search costs as much as many decisions. */
const ONE_SEARCH_IN = 50;

interface Counts {
  requests: number;
  permits: number;
  refusals: number;
  failures: number;
  searches: number;
}

const { requests, seed } = readOptions();
const counts: Counts = { requests: 0, permits: 0, refusals: 0, failures: 0, searches: 0 };
const bundle = await openPack();
console.log(`${requests} requests, seed ${seed}, policy ${bundle.revision}`);
for (const shorthands of OVERLAYS) if (!(await compareUnder(bundle, shorthands))) process.exitCode = 1;
console.log(
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', '),
);
console.log(
  process.exitCode === 1 ? 'The answers differ.' : 'Plan and Wasm gave the same bytes, and the reference agrees.',
);

function readOptions(): { requests: number; seed: number } {
  const { values } = parseArgs({ options: { requests: { type: 'string' }, seed: { type: 'string' } } });
  const requests = Number(values.requests ?? 100_000);
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  if (Number.isSafeInteger(requests) && requests > 0 && Number.isSafeInteger(seed)) return { requests, seed };
  console.error('compare: --requests takes a number above 0, --seed a whole number');
  return process.exit(2);
}

/** Half of the requests are in order but for a few changes; in the other half something has a type that nobody expects there. */
async function compareUnder(bundle: Bundle, shorthands: (typeof OVERLAYS)[number]): Promise<boolean> {
  const laid = withOverlay(bundle, { shorthands });
  const { plan: prepared, wasm: loaded, document } = await loadEngines(laid);
  if ('refused' in prepared) throw new Error(`the plan engine refuses the pack: ${prepared.refused}`);
  const plan = createPlanEvaluator(prepared, assemble(document));
  const wasm = createWasmEvaluator(loaded);
  const data = JSON.parse(laid.dataText);
  const policyData = asPolicyData(data);

  const differences = (input: PolicyInput, malformed: boolean): readonly string[] => {
    const found = sameBytes(plan, wasm, 'authz/decision', input);
    count(found.answer);
    if (counts.requests % ONE_SEARCH_IN === 0) {
      counts.searches += 1;
      const search = sameBytes(plan, wasm, 'authz/search/action', input);
      if (search.difference !== undefined) return [search.difference];
    }
    if (found.difference !== undefined) return [found.difference];
    if (found.answer === undefined) return [];
    const held = malformed ? opened : disagreements;
    return held(checkedOutcome(found.answer), evaluate(input, policyData));
  };

  return [false, true].every((malformed) => {
    const details = fc.check(
      fc.property((malformed ? malformedQuestions : questions)(data), (input) => {
        const found = differences(input, malformed);
        if (found.length > 0) throw new Error(found.join('\n'));
      }),
      { seed, numRuns: Math.ceil(requests / OVERLAYS.length / 2) },
    );
    if (!details.failed) return true;
    const smallest = details.counterexample?.[0];
    console.log(`Under ${JSON.stringify(shorthands)}, after ${details.numRuns} requests, seed ${seed}:`);
    console.log(details.errorInstance instanceof Error ? details.errorInstance.message : 'it ended in an error');
    console.log(`The smallest input that shows it:\n${JSON.stringify(smallest, undefined, 2)}`);
    return false;
  });
}

interface Compared {
  /** What both say; undefined where both fail. */
  readonly answer?: Json;
  readonly difference?: string;
}

function sameBytes(plan: Evaluator, wasm: Evaluator, entrypoint: string, input: PolicyInput): Compared {
  const byPlan = outcome(plan, entrypoint, input);
  const byWasm = outcome(wasm, entrypoint, input);
  if (byPlan.text !== byWasm.text) {
    return { difference: `${entrypoint}\nplan: ${byPlan.text}\nwasm: ${byWasm.text}` };
  }
  return byPlan.value === undefined ? {} : { answer: byPlan.value };
}

/** A failure is one text whatever it is called: neither engine answers then. */
function outcome(engine: Evaluator, entrypoint: string, input: PolicyInput): { text: string; value?: Json } {
  try {
    const value = engine.evaluate(entrypoint, input);
    return value === undefined ? { text: 'undefined' } : { text: toJsonText(value as Value), value: value as Json };
  } catch {
    return { text: 'failed' };
  }
}

function count(answer: Json | undefined): void {
  counts.requests += 1;
  if (!isObject(answer)) counts.failures += 1;
  else if (answer.decision === true) counts.permits += 1;
  else counts.refusals += 1;
}
