/** Work that no loop of the policy does, such as to compare two long lists, is paid for in steps as well. */
import { describe, expect, it } from 'vitest';
import { BUILTINS } from '../../src/engine/plan/builtins/builtins.ts';
import { PlanFailed } from '../../src/engine/plan/compile-plan.ts';
import { readNumber } from '../../src/engine/plan/exact-numbers.ts';
import { plainJson } from '../../src/engine/plan/plain-json.ts';
import { compare, equal, RegoSet, type Value } from '../../src/engine/plan/values.ts';
import { onBudget } from '../../src/engine/plan/work.ts';
import { answer, INPUT, local, s } from '../support/hand-written-plans.ts';

/** Steps that it takes. */
function cost(run: (budget: { spend(steps: number): void }) => unknown): number {
  let taken = 0;
  const budget = {
    spend(steps: number) {
      taken += steps;
    },
  };
  onBudget(budget, () => run(budget));
  return taken;
}

const list = (length: number): Value[] => Array.from({ length }, (_, i) => i);
const object = (length: number): Value => Object.fromEntries(list(length).map((i) => [`k${i}`, i]));
const digits = (length: number): Value => readNumber('7'.repeat(length)) ?? null;
/** A list in a list, each of two equal members: small in memory and endless to walk through. */
const shared = (levels: number): Value => (levels === 0 ? 1 : Array(2).fill(shared(levels - 1)));

describe('what grows with a value takes steps that grow with it', () => {
  it.each<[string, (n: number) => Value[], (...values: Value[]) => unknown]>([
    ['lists that are compared', (n) => [list(n), list(n)], equal],
    ['objects that are compared', (n) => [object(n), object(n)], compare],
    ['texts that are compared', (n) => [`${'x'.repeat(n)}a`, `${'x'.repeat(n)}b`], compare],
    ['a list as a member', (n) => [list(n)], (value) => RegoSet.of([value ?? null])],
    ['a set in its order', (n) => [RegoSet.of(list(n))], (set) => (set as RegoSet).sorted()],
    ['an answer', (n) => [list(n)], (value) => plainJson(value ?? null)],
    ['two numbers of many digits', (n) => [digits(n), 1], (a, b) => compare(a ?? null, b ?? null)],
  ])('%s', (_, make, run) => {
    const [few, many] = [make(100), make(10_000)].map((values) => cost(() => run(...values)));
    expect(many).toBeGreaterThan(10 * (few ?? 0));
    expect(many).toBeGreaterThan(100);
  });

  it.each<[string, (n: number) => Value[]]>([
    ['array.reverse', (n) => [list(n)]],
    ['array.slice', (n) => [list(n), 0, n]],
    ['count', (n) => ['x'.repeat(n)]],
    ['contains', (n) => ['x'.repeat(n), `${'x'.repeat(n / 2)}y`]],
    ['json.marshal', (n) => [list(n)]],
    ['json.remove', (n) => [object(n), ['a']]],
    ['minus', (n) => [RegoSet.of(list(n)), RegoSet.of([1])]],
    ['mul', (n) => [digits(n / 2), digits(n / 2)]],
    ['div', (n) => [digits(n), digits(n / 2)]],
    ['format_int', (n) => [digits(n), 10]],
    ['upper', (n) => ['é'.repeat(n)]],
    ['regex.match', (n) => [`(x{${n / 10}})`, 'y']],
  ])('%s', (name, make) => {
    const [few, many] = [make(100), make(10_000)].map((values) =>
      cost((budget) => BUILTINS[name]?.(budget, ...values)),
    );
    expect(many).toBeGreaterThan(10 * (few ?? 0));
  });
});

it('an evaluation ends where such work is without end', () => {
  const endless = shared(60);
  const compared = [
    s('AssignVarStmt', { source: local(INPUT), target: 3 }),
    s('MakeArrayStmt', { capacity: 1, target: 4 }),
    s('ArrayAppendStmt', { array: 4, value: local(3) }),
    s('MakeSetStmt', { target: 9 }),
    s('SetAddStmt', { set: 9, value: local(4) }),
  ];
  expect(() => answer({ statements: compared }, endless, {}, 100_000)).toThrow(PlanFailed);
});

it('numbers that fill the memory are refused', () => {
  let n: Value = digits(1000);
  const squares = () => {
    for (let i = 0; i < 10; i += 1) n = BUILTINS.mul?.({ spend() {} }, n, n) ?? null;
  };
  expect(squares).toThrow('a number is too large or too small');
});

it('a number is told from one with more zeros, however many', () => {
  const power = (zeros: number): Value => readNumber(`1${'0'.repeat(zeros)}`) ?? null;
  for (const zeros of [1, 22, 31, 32, 4095, 9998]) {
    expect(RegoSet.of([power(zeros), readNumber(`1e${zeros}`) ?? null, power(zeros + 1)]).size).toBe(2);
  }
});
