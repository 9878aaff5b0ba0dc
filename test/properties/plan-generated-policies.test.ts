import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unpackArchive } from '../../src/engine/archive.ts';
import {
  type CompiledPlan,
  compilePlan,
  linkPlan,
  prepareRead,
  readServedPlan,
} from '../../src/engine/plan/compile-plan.ts';
import { toJsonText } from '../../src/engine/plan/json-text.ts';
import { plainJson } from '../../src/engine/plan/plain-json.ts';
import { tracePlan } from '../../src/engine/plan/trace-plan.ts';
import type { Value } from '../../src/engine/plan/values.ts';
import { findOpa, OpaMissing } from '../../src/engine/toolchain.ts';
import { builtinsFor, type Tracer } from '../../src/engine/traced-policy.ts';
import { createWasmEvaluator, loadWasm } from '../../src/engine/wasm-policy.ts';
import { DATA, inputs, policies } from '../support/generated-policies.ts';

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

async function built(folder: string, target: 'plan' | 'wasm'): Promise<ReadonlyMap<string, Uint8Array>> {
  const bundle = join(folder, `${target}.tar.gz`);
  const entrypoints = Array.from({ length: PACKAGES }, (_, i) => ['-e', `p${i}/out`]).flat();
  execFileSync(opa?.command ?? '', ['build', '-t', target, ...entrypoints, '-o', bundle, folder]);
  return unpackArchive(readFileSync(bundle));
}

/** What an engine makes of a question, failures as one word: their messages differ. */
function outcome(ask: () => unknown): string {
  try {
    const value = ask();
    return value === undefined ? 'undefined' : toJsonText(value as Value);
  } catch {
    return 'failed';
  }
}

describe.skipIf(opa === undefined)('generated policies', () => {
  it(
    'say the same on the plan engine, on the Wasm and on the traced program',
    async () => {
      // A property of a seed: what differs is shown with its one module and its one input, and the seed makes both again.
      await fc.assert(
        fc.asyncProperty(fc.integer(), async (seed) => {
          const [modules = []] = fc.sample(policies(PACKAGES), { seed, numRuns: 1 });
          const asked = fc.sample(inputs, { seed, numRuns: INPUTS });
          const folder = mkdtempSync(join(tmpdir(), 'datwat-policies-'));
          try {
            modules.forEach((module, i) => {
              writeFileSync(join(folder, `p${i}.rego`), module);
            });
            const json = JSON.parse(text(await built(folder, 'plan'), 'plan.json'));
            const plan = compilePlan(json, { maxSteps: 1_000_000 });
            const { plan: probed, probes } = tracePlan(readServedPlan(json));
            const traced = linkPlan(prepareRead(probed), {
              maxSteps: 1_000_000,
              builtins: builtinsFor(probes, DEAF),
            });
            const wasmBytes = (await built(folder, 'wasm')).get('policy.wasm');
            const wasm = createWasmEvaluator(await loadWasm(wasmBytes ?? new Uint8Array(), JSON.stringify(DATA)));
            for (const [i, module] of modules.entries()) {
              for (const input of asked) {
                const entrypoint = `p${i}/out`;
                const by = (program: CompiledPlan) =>
                  outcome(() => {
                    const value = program.evaluate(entrypoint, input as Value, DATA);
                    return value === undefined ? undefined : plainJson(value);
                  });
                const byPlan = by(plan);
                const byWasm = outcome(() => wasm.evaluate(entrypoint, input));
                expect({ input, module, found: byPlan }).toEqual({ input, module, found: byWasm });
                expect({ input, module, found: by(traced) }).toEqual({ input, module, found: byPlan });
              }
            }
          } finally {
            rmSync(folder, { recursive: true });
          }
        }),
        { numRuns: SETS, endOnFailure: true },
      );
    },
    SETS * 30_000,
  );
});

function text(files: ReadonlyMap<string, Uint8Array>, name: string): string {
  return new TextDecoder().decode(files.get(name));
}
