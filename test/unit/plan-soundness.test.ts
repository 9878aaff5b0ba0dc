/** Plans that keep the schema and that OPA would never write: refused before anything is generated, with the reason. */
import { describe, expect, it } from 'vitest';
import { preparePlan } from '../../src/engine/plan/compile-plan.ts';
import { PlanRefused } from '../../src/engine/plan/plan-shape.ts';
import {
  bool,
  DATA,
  INPUT,
  local,
  type Parts,
  planOf,
  type Statement,
  s,
  text,
} from '../support/hand-written-plans.ts';

const refusal = (parts: Parts): string => {
  try {
    preparePlan(planOf(parts));
  } catch (error) {
    if (error instanceof PlanRefused) return error.message;
    throw error;
  }
  return 'taken';
};

const rule = (name: string, ...calls: readonly string[]) => ({
  name,
  params: [0, 1],
  return: 2,
  path: [],
  blocks: [{ stmts: calls.map((func) => s('CallStmt', { func, args: [local(INPUT), local(DATA)], result: 2 })) }],
});

describe('what a plan adds to', () => {
  it.each<[string, Statement]>([
    ['an item to input', s('ArrayAppendStmt', { array: INPUT, value: bool(true) })],
    ['a member to data', s('SetAddStmt', { set: DATA, value: bool(true) })],
    ['a key to input', s('ObjectInsertStmt', { object: INPUT, key: text(0), value: bool(true) })],
    ['a key to data', s('ObjectInsertOnceStmt', { object: DATA, key: text(0), value: bool(true) })],
    ['a key to a part of data', s('ObjectInsertStmt', { object: 5, key: text(0), value: bool(true) })],
    ['an item to an object', s('ArrayAppendStmt', { array: 6, value: bool(true) })],
  ])('is no value that it did not make: %s', (_, statement) => {
    const before = [s('DotStmt', { source: local(DATA), key: text(0), target: 5 }), s('MakeObjectStmt', { target: 6 })];
    expect(refusal({ strings: ['a'], statements: [...before, statement] })).toBe(
      'plan.json: "e" adds to a value that it did not make',
    );
    const inside = s('NotStmt', { block: { stmts: [s('BlockStmt', { blocks: [{ stmts: [statement] }] })] } });
    expect(refusal({ strings: ['a'], statements: [...before, inside] })).toContain('did not make');
  });
});

describe('a rule that calls itself', () => {
  it.each<[string, readonly ReturnType<typeof rule>[]]>([
    ['at once', [rule('a', 'a')]],
    ['through others', [rule('a', 'b'), rule('b', 'c'), rule('c', 'a')]],
    ['beside calls that are right', [rule('leaf'), rule('a', 'leaf', 'b'), rule('b', 'leaf', 'a')]],
  ])('is refused, %s', (_, funcs) => {
    expect(refusal({ statements: [], funcs })).toMatch(/^plan\.json: "[abc]" calls itself$/);
  });

  it('is none where two rules call the same one', () => {
    expect(refusal({ statements: [], funcs: [rule('top', 'a', 'b', 'a'), rule('a', 'b'), rule('b')] })).toBe('taken');
  });
});

describe('sizes beyond any policy', () => {
  it('are refused: blocks within blocks', () => {
    const nested = (depth: number): Statement =>
      depth === 0 ? s('NopStmt') : s('NotStmt', { block: { stmts: [nested(depth - 1)] } });
    expect(refusal({ statements: [nested(400)] })).toBe('taken');
    expect(refusal({ statements: [nested(4000)] })).toContain('nests blocks more than 500 deep');
  });

  it('are refused: arguments, steps of a path, variables and code', () => {
    const params = Array.from({ length: 70_000 }, (_, i) => i);
    expect(refusal({ statements: [], funcs: [{ ...rule('a'), params }] })).toContain('/params are more than 500');
    const path = Array(20_000).fill(0);
    const replaced = s('WithStmt', { local: INPUT, path, value: local(DATA), block: { stmts: [] } });
    expect(refusal({ strings: ['a'], statements: [replaced] })).toContain('has more than 500 steps');
    const reset = (target: number) => s('ResetLocalStmt', { target });
    expect(refusal({ statements: params.map(reset) })).toContain('more variables');
    const large = s('AssignVarStmt', { source: text(0), target: 9 });
    expect(refusal({ strings: ['x'.repeat(2 ** 20)], statements: Array(100).fill(large) })).toContain('more code');
  });

  it('are refused: places before the first', () => {
    for (const name of ['file', 'row', 'col', 'end_row', 'end_col']) {
      const at = s('NopStmt');
      const statement = { ...at, stmt: { ...at.stmt, [name]: -1 } };
      expect(refusal({ statements: [statement] })).toContain(`${name} must not be negative`);
    }
  });
});

it('a builtin with other arguments than it takes, or declared twice, is refused', () => {
  expect(refusal({ statements: [], builtins: [{ name: 'plus', args: 1 }] })).toContain(
    'plus does not take 1 arguments',
  );
  const twice = { name: 'plus', args: 2 };
  expect(refusal({ statements: [], builtins: [twice, twice] })).toContain('is a name that was used before');
  expect(refusal({ statements: [], builtins: [twice] })).toBe('taken');
});
