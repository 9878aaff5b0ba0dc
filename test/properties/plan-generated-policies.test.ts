import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evaluator } from '../../src/engine/evaluator.ts';
import { prepareRead, readServedPlan } from '../../src/engine/plan/compile-plan.ts';
import { toJsonText } from '../../src/engine/plan/json-text.ts';
import { createPlanEvaluator } from '../../src/engine/plan/plan-evaluator.ts';
import { tracePlan } from '../../src/engine/plan/trace-plan.ts';
import type { PlainObject } from '../../src/engine/plan/values.ts';
import { findOpa, OpaMissing } from '../../src/engine/toolchain.ts';
import { builtinsFor, type Tracer } from '../../src/engine/traced-policy.ts';
import { createWasmEvaluator, loadWasm } from '../../src/engine/wasm-policy.ts';
import { buildPolicies, outcome, unordered } from '../support/built-policies.ts';
import { DATA, inputs, policies } from '../support/generated-policies.ts';
import { ODD_DATA, oddInputs, oddPolicies } from '../support/odd-policies.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PACKAGES = 40;
const INPUTS = 40;
/** Sets of packages; a night can be spent with DATWAT_POLICY_SETS=1000. */
const SETS = Number(process.env.DATWAT_POLICY_SETS ?? 4);

const DEAF: Tracer = { began() {}, entered() {}, left() {}, tried() {}, held() {} };

const opa = await findOpa(join(ROOT, 'policies')).catch((error: unknown) => {
  if (!(error instanceof OpaMissing)) throw error;
  return undefined;
});

/** A set of packages with one rule `out` each, and what they are asked. */
interface Kind {
  readonly policies: (count: number) => fc.Arbitrary<readonly string[]>;
  readonly inputs: fc.Arbitrary<Record<string, fc.JsonValue>>;
  readonly data: PlainObject;
}

/** One question to one package, with what the engines make of it. */
interface Asked {
  readonly entrypoint: string;
  readonly module: string;
  readonly input: object;
  readonly plan: string;
  readonly traced: string;
  readonly wasm: string;
}

/** Makes sets of packages and hands each question to `check`. What differs is shown with its one module and input, and the seed. */
async function askGenerated(kind: Kind, check: (asked: Asked, folder: string) => void): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const [modules = []] = fc.sample(kind.policies(PACKAGES), { seed, numRuns: 1 });
      const asked = fc.sample(kind.inputs, { seed, numRuns: INPUTS });
      const folder = mkdtempSync(join(tmpdir(), 'datwat-policies-'));
      try {
        modules.forEach((module, i) => {
          writeFileSync(join(folder, `p${i}.rego`), module);
        });
        const { plan, traced, wasm } = await engines(folder, kind.data);
        for (const [i, module] of modules.entries()) {
          const entrypoint = `p${i}/out`;
          for (const input of asked) {
            const by = (engine: Evaluator) => outcome(engine, entrypoint, input);
            check({ entrypoint, module, input, plan: by(plan), traced: by(traced), wasm: by(wasm) }, folder);
          }
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    }),
    { numRuns: SETS, endOnFailure: true },
  );
}

describe.skipIf(opa === undefined)('generated policies', () => {
  it(
    'say the same on the plan engine, on the Wasm and on the traced program',
    () =>
      askGenerated({ policies, inputs, data: DATA }, ({ plan, traced, wasm, module, input }) => {
        expect({ input, module, found: plan }).toEqual({ input, module, found: wasm });
        expect({ input, module, found: traced }).toEqual({ input, module, found: plan });
      }),
    SETS * 30_000,
  );

  it(
    'say the same where everything may be null, false or absent; where the Wasm does not, OPA says as the plan engine',
    () =>
      askGenerated({ policies: oddPolicies, inputs: oddInputs, data: ODD_DATA }, (asked, folder) => {
        const { plan, traced, wasm, module, input, entrypoint } = asked;
        expect({ input, module, found: traced }).toEqual({ input, module, found: plan });
        // The Wasm has sets in the order of hashes.
        if (unordered(plan) === unordered(wasm)) return;
        expect({ input, module, found: plan }).toEqual({ input, module, found: byOpa(folder, entrypoint, input) });
      }),
    SETS * 60_000,
  );
});

interface Engines {
  readonly plan: Evaluator;
  /** The plan engine with a tracer that hears nothing. */
  readonly traced: Evaluator;
  readonly wasm: Evaluator;
}

async function engines(folder: string, data: PlainObject): Promise<Engines> {
  const policies = await buildPolicies(opa?.command ?? '', folder, PACKAGES);
  // OPA does not take this set: then there is nothing to compare.
  if (policies === undefined) return fc.pre(false) as never;
  const plan = readServedPlan(JSON.parse(policies.planText));
  const { plan: probed, probes } = tracePlan(plan);
  return {
    plan: createPlanEvaluator(prepareRead(plan), data),
    traced: createPlanEvaluator(prepareRead(probed), data, builtinsFor(probes, DEAF)),
    wasm: createWasmEvaluator(await loadWasm(policies.wasm, JSON.stringify(data))),
  };
}

/** What OPA's own evaluator makes of it. */
function byOpa(folder: string, entrypoint: string, input: object): string {
  const module = join(folder, `${entrypoint.replace('/out', '')}.rego`);
  const data = join(folder, 'data.json');
  writeFileSync(data, JSON.stringify(ODD_DATA));
  try {
    const found: unknown = JSON.parse(
      execFileSync(
        opa?.command ?? '',
        ['eval', '--stdin-input', '-f', 'values', '-d', module, '-d', data, `data.${entrypoint.replace('/', '.')}`],
        { encoding: 'utf8', input: JSON.stringify(input), stdio: 'pipe' },
      ),
    );
    return Array.isArray(found) && found.length > 0 ? toJsonText(found[0]) : 'undefined';
  } catch {
    return 'failed';
  } finally {
    rmSync(data);
  }
}
