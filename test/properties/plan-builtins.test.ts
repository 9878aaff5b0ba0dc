/**
 * Every builtin of policies/capabilities.json, and what the language does with values without a call, asked with every pair
 * (or triple) of odd values on the plan engine and on the Wasm. Where the two differ, OPA's own evaluator says who is right:
 * that must always be the plan engine, and the Wasm may be wrong only where src/engine/README.md says so.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { unpackArchive } from '../../src/engine/archive.ts';
import type { Evaluator } from '../../src/engine/evaluator.ts';
import { preparePlan } from '../../src/engine/plan/compile-plan.ts';
import { createPlanEvaluator } from '../../src/engine/plan/plan-evaluator.ts';
import { findOpa, OpaMissing } from '../../src/engine/toolchain.ts';
import { createWasmEvaluator, loadWasm } from '../../src/engine/wasm-policy.ts';
import { asked, type Call, callsOf, modulesOf } from '../support/builtin-calls.ts';

const POLICIES = join(import.meta.dirname, '..', '..', 'policies');
const CAPABILITIES = join(POLICIES, 'capabilities.json');

const opa = await findOpa(POLICIES).catch((error: unknown) => {
  if (!(error instanceof OpaMissing)) throw error;
  return undefined;
});

const LAX = 'reads what is malformed';
const SPELLING = 'takes no 1.0 for an integer';
const MAPPED = 'takes ::ffff:10.0.0.1 for another address than 10.0.0.1, and reads a prefix laxly';

/** Whose outcome the Wasm gets wrong, by the plan engine and OPA alike, and in what. */
const WASM_DIFFERS: Readonly<Record<string, string>> = {
  'base64.decode': LAX,
  'base64.is_valid': LAX,
  'base64url.decode': LAX,
  'bits.and': SPELLING,
  'bits.lsh': SPELLING,
  'bits.negate': SPELLING,
  'bits.or': SPELLING,
  'bits.rsh': SPELLING,
  'bits.xor': SPELLING,
  div: '0/0 aborts',
  index: SPELLING,
  indexof: 'an empty text stands at 0',
  'json.filter': 'an empty path aborts',
  'json.remove': 'an empty path aborts',
  'json.unmarshal': LAX,
  'net.cidr_contains': MAPPED,
  'net.cidr_intersects': MAPPED,
  'net.cidr_overlap': MAPPED,
  'object.filter': 'keeps the key as the filter spells it (1.0)',
  'object.union_n': 'takes an object for a list, and has nothing for an empty one',
};

interface Difference {
  readonly call: string;
  readonly plan: string;
  readonly wasm: string;
  readonly opa: string;
}

const calls = callsOf(JSON.parse(readFileSync(CAPABILITIES, 'utf8')));

describe.skipIf(opa === undefined)('every builtin with values that it does not expect', () => {
  let differences: readonly Difference[] = [];
  let questions = 0;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'datwat-builtins-'));
    try {
      for (const [name, module] of modulesOf(calls)) writeFileSync(join(folder, `${name}.rego`), module);
      const { plan, wasm } = await engines(folder);
      const unequal = calls.flatMap((call) =>
        asked(call).flatMap((input) => {
          questions += 1;
          const found = { plan: outcome(plan, call, input), wasm: outcome(wasm, call, input) };
          return found.plan === found.wasm ? [] : [{ call, input, ...found }];
        }),
      );
      const judged = judgedByOpa(folder, unequal);
      differences = unequal.map(({ call, input, plan, wasm }, i) => ({
        call: call.shown(input),
        plan,
        wasm,
        opa: judged[i] ?? 'undefined',
      }));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 300_000);

  it('is answered by the plan engine as by the Wasm, or else as by OPA', () => {
    expect(questions).toBeGreaterThan(200_000);
    expect(differences.filter(({ plan, opa }) => plan !== opa)).toEqual([]);
  });

  it('is answered otherwise by the Wasm, orders of lists aside, only where that is known', () => {
    const beyondOrder = differences.filter(({ plan, wasm }) => unordered(plan) !== unordered(wasm));
    const names = new Set(beyondOrder.map(({ call }) => call.slice(0, call.indexOf('('))));
    expect([...names].sort()).toEqual(Object.keys(WASM_DIFFERS).sort());
  });
});

/** The same for every order of the same characters, and so of the same members. */
function unordered(outcome: string): string {
  return [...outcome].sort().join('');
}

async function engines(folder: string): Promise<{ plan: Evaluator; wasm: Evaluator }> {
  const built = async (target: 'plan' | 'wasm') => {
    const bundle = join(folder, `${target}.tar.gz`);
    const entrypoints = calls.flatMap(({ id }) => ['-e', `${id}/out`]);
    const options = ['--v0-compatible', '--capabilities', CAPABILITIES, '-t', target, ...entrypoints];
    execFileSync(opa?.command ?? '', ['build', ...options, '-o', bundle, folder]);
    const files = await unpackArchive(readFileSync(bundle));
    rmSync(bundle);
    return files;
  };
  const plan = (await built('plan')).get('plan.json') ?? new Uint8Array();
  const wasm = (await built('wasm')).get('policy.wasm') ?? new Uint8Array();
  return {
    plan: createPlanEvaluator(preparePlan(JSON.parse(new TextDecoder().decode(plan))), {}),
    wasm: createWasmEvaluator(await loadWasm(wasm, '{}')),
  };
}

/** As one text, lists in their order. */
function outcome(engine: Evaluator, call: Call, input: object): string {
  try {
    return shown(engine.evaluate(`${call.id}/out`, input));
  } catch {
    return 'failed';
  }
}

function shown(value: unknown): string {
  const byKey = (_: string, held: unknown): unknown =>
    typeof held === 'object' && held !== null && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1)))
      : held;
  return value === undefined ? 'undefined' : JSON.stringify(value, byKey);
}

/** What OPA's own evaluator says to each, in one run; undefined where it says nothing. */
function judgedByOpa(folder: string, questions: readonly { call: Call; input: object }[]): (string | undefined)[] {
  const rules = new Set(questions.map(({ call }) => call.id));
  const judge = [
    'package judge',
    'import rego.v1',
    ...[...rules].map(
      (id) => `out[i] := r if { some i, c in input; c.id == "${id}"; r := data.${id}.out with input as c.input }`,
    ),
  ];
  mkdirSync(join(folder, 'judge'));
  writeFileSync(join(folder, 'judge', 'judge.rego'), judge.join('\n'));
  const input = join(folder, 'judge', 'questions');
  writeFileSync(input, JSON.stringify(questions.map(({ call, input: of }) => ({ id: call.id, input: of }))));
  const options = ['eval', '--v0-compatible', '-f', 'raw', '-d', folder, '-i', input, 'data.judge.out'];
  const found: unknown = JSON.parse(
    execFileSync(opa?.command ?? '', options, { encoding: 'utf8', maxBuffer: 2 ** 28 }),
  );
  const answers = new Map(Object.entries(found as object));
  return questions.map((_, i) => (answers.has(String(i)) ? shown(answers.get(String(i))) : undefined));
}
