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

describe('the traced program', () => {
  let plain: readonly CaseRun[];
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
    plain = await runCases(bundle, cases);
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
