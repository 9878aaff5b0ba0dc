/** Generated policies, built for both engines, and how what the engines say is compared. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { unpackArchive } from '../../src/engine/archive.ts';
import type { Evaluator } from '../../src/engine/evaluator.ts';
import { toJsonText } from '../../src/engine/plan/json-text.ts';
import type { Value } from '../../src/engine/plan/values.ts';

export interface BuiltPolicies {
  readonly planText: string;
  readonly wasm: Uint8Array;
}

/** What a generated policy now and then runs into: a pattern beyond OPA's planner, and a variable that OPA's order of statements leaves unbound. */
const REFUSALS = /not implemented: unify|rego_unsafe_var_error/;

/** Packages `p0` and on in a folder, each with the entrypoint `out`; undefined where OPA does not take one of them. */
export async function buildPolicies(opa: string, folder: string, packages: number): Promise<BuiltPolicies | undefined> {
  const entrypoints = Array.from({ length: packages }, (_, i) => ['-e', `p${i}/out`]).flat();
  const files = new Map<string, Uint8Array>();
  for (const target of ['plan', 'wasm']) {
    const bundle = join(folder, `${target}.tar.gz`);
    const done = spawnSync(opa, ['build', '-t', target, ...entrypoints, '-o', bundle, folder], { encoding: 'utf8' });
    const said = done.stderr || done.stdout;
    if (REFUSALS.test(said)) return undefined;
    if (done.status !== 0) throw new Error(said);
    for (const [name, content] of await unpackArchive(readFileSync(bundle))) files.set(name, content);
    rmSync(bundle);
  }
  const empty = new Uint8Array();
  const planText = new TextDecoder().decode(files.get('plan.json') ?? empty);
  return { planText, wasm: files.get('policy.wasm') ?? empty };
}

/** What an engine makes of a question, failures as one word: their messages differ. */
export function outcome(engine: Evaluator, entrypoint: string, input: object): string {
  try {
    const value = engine.evaluate(entrypoint, input);
    return value === undefined ? 'undefined' : toJsonText(value as Value);
  } catch {
    return 'failed';
  }
}

/** The same for every order of the same characters, and so of the same members. */
export function unordered(outcome: string): string {
  return [...outcome].sort().join('');
}
