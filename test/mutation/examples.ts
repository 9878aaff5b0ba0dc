/**
 * What mutants of the plan engine are held against: a part of OPA's own cases, and generated policies with what the Wasm says.
 * Made once per run, as compiling takes longer than asking.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { preparePlan } from '../../src/engine/plan/compile-plan.ts';
import { createPlanEvaluator } from '../../src/engine/plan/plan-evaluator.ts';
import type { PlainObject } from '../../src/engine/plan/values.ts';
import { createWasmEvaluator, loadWasm } from '../../src/engine/wasm-policy.ts';
import { compilePlans, planOutcome } from '../conformance/rego-corpus.ts';
import { buildPolicies, outcome, unordered } from '../support/built-policies.ts';
import { DATA, inputs, policies } from '../support/generated-policies.ts';
import { ODD_DATA, oddInputs, oddPolicies } from '../support/odd-policies.ts';

/** One in so many cases of the corpus. */
const ONE_CASE_IN = 5;
const PACKAGES = 20;
const INPUTS = 10;
const SEEDS = [1, 2];

export interface Question {
  readonly entrypoint: string;
  readonly input: object;
  /** What the Wasm says, its members in any order. */
  readonly expected: string;
}

export interface GeneratedPolicies {
  readonly planText: string;
  readonly data: PlainObject;
  readonly questions: readonly Question[];
}

export interface Examples {
  /** Lines as `rego-corpus-compile.go` writes them. */
  readonly corpus: readonly string[];
  readonly generated: readonly GeneratedPolicies[];
}

const FILE = 'examples.json';

export function readExamples(folder: string): Examples {
  return JSON.parse(readFileSync(join(folder, FILE), 'utf8'));
}

export async function writeExamples(folder: string, opa: string, corpusModule: string): Promise<void> {
  const corpus: string[] = [];
  let at = 0;
  for await (const line of compilePlans(corpusModule)) {
    if (planOutcome(line) !== undefined && at++ % ONE_CASE_IN === 0) corpus.push(line);
  }
  const generated: GeneratedPolicies[] = [];
  for (const seed of SEEDS) {
    const asked = { seed, numRuns: INPUTS };
    const [plain = []] = fc.sample(policies(PACKAGES), { seed, numRuns: 1 });
    const [odd = []] = fc.sample(oddPolicies(PACKAGES), { seed, numRuns: 1 });
    const folderOf = (kind: string) => join(folder, `${kind}-${seed}`);
    generated.push(...(await generate(folderOf('plain'), opa, plain, fc.sample(inputs, asked), DATA)));
    generated.push(...(await generate(folderOf('odd'), opa, odd, fc.sample(oddInputs, asked), ODD_DATA)));
  }
  writeFileSync(join(folder, FILE), JSON.stringify({ corpus, generated } satisfies Examples));
}

async function generate(
  folder: string,
  opa: string,
  modules: readonly string[],
  asked: readonly object[],
  data: PlainObject,
): Promise<readonly GeneratedPolicies[]> {
  mkdirSync(folder);
  for (const [i, module] of modules.entries()) writeFileSync(join(folder, `p${i}.rego`), module);
  const built = await buildPolicies(opa, folder, modules.length);
  if (built === undefined) return [];
  const wasm = createWasmEvaluator(await loadWasm(built.wasm, JSON.stringify(data)));
  const plan = createPlanEvaluator(preparePlan(JSON.parse(built.planText)), data);
  const questions = modules.flatMap((_, i) =>
    asked.flatMap((input) => {
      const entrypoint = `p${i}/out`;
      const expected = unordered(outcome(wasm, entrypoint, input));
      // The Wasm's own faults are no measure.
      return expected === unordered(outcome(plan, entrypoint, input)) ? [{ entrypoint, input, expected }] : [];
    }),
  );
  return [{ planText: built.planText, data, questions }];
}
