/** Every case on the program in service and on the traced one: to look on must change nothing. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCases } from '../../src/cli/cases/read-cases.ts';
import { type CaseRun, runCases } from '../../src/cli/cases/run-cases.ts';
import { shorthandsOf } from '../../src/engine/data-overlay.ts';
import { preparePlan } from '../../src/engine/plan/compile-plan.ts';
import { type Tracer, traceProgram } from '../../src/engine/traced-policy.ts';
import { openPack, POLICIES } from '../support/policy-pack.ts';

const bundle = await openPack();
const cases = readCases([join(POLICIES, 'cases')], shorthandsOf(bundle));

let plain: readonly CaseRun[];
beforeAll(async () => {
  plain = await runCases(bundle, cases);
});

describe('the traced program', () => {
  let traced: readonly CaseRun[];
  let depth = 0;
  let told = 0;
  const tracer: Tracer = {
    began: () => expect(depth).toBe(0),
    entered: () => (depth += 1),
    left: () => (depth -= 1),
    tried: () => (told += 1),
    held: () => (told += 1),
  };

  beforeAll(async () => {
    const program = traceProgram(bundle);
    traced = await runCases(bundle, cases, { load: (laid) => program.policy(laid, tracer) });
  });

  it('answers every case as the one in service does, and records the same', () => {
    expect(traced.map(({ answer }) => answer)).toEqual(plain.map(({ answer }) => answer));
    expect(traced.some(({ answer }) => 'failure' in answer)).toBe(false);
  });

  it('tells of every rule that it entered that it left it', () => {
    expect(depth).toBe(0);
    expect(told).toBeGreaterThan(cases.length);
  });
});

describe('the program in service', () => {
  it('is to the byte what it is where nobody ever traced', () => {
    const plan = () => preparePlan(JSON.parse(bundle.planText ?? ''));
    const before = plan();
    traceProgram(bundle);
    const { code } = plan();
    expect(code.text).toBe(before.code.text);
    expect(code.builtins).toEqual(before.code.builtins);
    expect(code.builtins.filter((name) => name.startsWith('trace'))).toEqual([]);
  });
});

describe('the steps that the manifest names', () => {
  const steps = bundle.manifest.datwat.steps as unknown as readonly { step: string; rules: readonly string[] }[];
  const stepOfFile = (number: number) =>
    steps.filter(({ rules }) => rules.some((file) => file.includes(`/${String(number).padStart(2, '0')}_`)));

  it('are the four of the stappenplan, and hold every file with a step of the evaluation order once', () => {
    expect(steps.map(({ step }) => step)).toEqual(['taak', 'activiteit_doel', 'gegevens', 'grondslag']);
    const files = new Set(traceProgram(bundle).rules.map(({ file }) => file.replace(/^policies\//, '')));
    const numbered = [...files].filter((file) => /\/(0[1-9]|1\d)_\w+\.rego$/.test(file));
    expect(steps.flatMap(({ rules }) => rules).sort()).toEqual(numbered.sort());
  });

  it('are those that the policy itself names as failed', () => {
    const { reasons } = JSON.parse(bundle.dataText);
    const denied = plain
      .flatMap(({ answer }) => ('failure' in answer ? [] : answer.records))
      .filter((record) => record !== null)
      .filter((record) => record.reason_code !== 'OK');
    const wrong = denied.filter(({ steps: told, reason_code }) => {
      const failed = (told as unknown as { step: string; outcome: string }[]).find(
        ({ outcome }) => outcome === 'failed',
      );
      const named = stepOfFile(reasons[String(reason_code)].step).map(({ step }) => step);
      return named.length !== 1 || named[0] !== failed?.step;
    });
    expect(denied.length).toBeGreaterThan(100);
    expect(wrong.map(({ reason_code }) => reason_code)).toEqual([]);
  });
});
