/** What the code generator must not mix up: which local holds what, and what leaving a block undoes. */
import { describe, expect, it } from 'vitest';
import { PlanRefused } from '../../src/engine/plan/plan-shape.ts';
import { answer, bool, DATA, INPUT, local, type Statement, s, text } from '../support/hand-written-plans.ts';

const strings = ['years', '2026', 'a', 'x', 'g0', 'r', 'f', '1e99999'];
const [YEARS, , A, X, G0, R, F, HUGE] = strings.keys().map(text);
const at = (index: { value: number } | undefined) => index?.value ?? 0;
const dotted = (source: number, key: unknown, target: number) => s('DotStmt', { source: local(source), key, target });
const assign = (source: unknown, target: number) => s('AssignVarStmt', { source, target });
const scan = (source: number, key: number, value: number, ...stmts: Statement[]) =>
  s('ScanStmt', { source, key, value, block: { stmts } });
const blocks = (...stmts: Statement[]) => s('BlockStmt', { blocks: [{ stmts }] });
const leave = (index: number) => s('BreakStmt', { index });
const withX = (value: unknown, ...stmts: Statement[]) =>
  s('WithStmt', { local: INPUT, path: [at(X)], value, block: { stmts } });
const call = (func: string, result: number, ...extra: unknown[]) =>
  s('CallStmt', { func, args: [local(INPUT), local(DATA), ...extra], result });
const rule = (name: string, stmts: Statement[], params = [0, 1], path = ['g0', name]) => ({
  name,
  params,
  return: 2,
  path,
  blocks: [{ stmts }],
});
const giveBack = s('ReturnLocalStmt', { source: 2 });
const give = (source: unknown) => [assign(source, 2), giveBack];

describe('an integer as a key', () => {
  const years = { years: { '2026': true } };
  const year = s('MakeNumberIntStmt', { value: 2026, target: 6 });
  const read = (...statements: Statement[]) =>
    answer(
      { strings, statements: [year, ...statements], funcs: [rule('r', give(local(INPUT)))] },
      [years.years],
      years,
    );

  it('finds the text of it in data that a reference walks through', () => {
    expect(read(dotted(DATA, YEARS, 5), dotted(5, local(6), 9))).toBe(true);
    expect(read(dotted(DATA, YEARS, 5), dotted(5, local(6), 5), assign(local(5), 9))).toBe(true);
  });

  const walked = dotted(DATA, YEARS, 5);
  it.each<readonly [string, readonly Statement[]]>([
    ['what is no data', [s('MakeNumberIntStmt', { value: 0, target: 7 }), dotted(INPUT, local(7), 5)]],
    ['a local that another value was assigned to', [walked, assign(local(4), 5)]],
    ['a local that a member of something else was read into', [walked, dotted(8, A, 5)]],
    [
      'a local that a call answered into',
      [walked, call('r', 7), s('MakeNumberIntStmt', { value: 0, target: 3 }), call('r', 5)],
    ],
    ['the value of an iteration', [walked, scan(INPUT, 7, 5, dotted(5, local(6), 9))]],
    ['the key of an iteration', [walked, scan(2, 5, 7, dotted(5, local(6), 9))]],
  ])('does not find it in %s', (_, statements) => {
    const held = [
      s('MakeObjectStmt', { target: 4 }),
      s('ObjectInsertStmt', { key: text(1), value: bool(true), object: 4 }),
      s('MakeObjectStmt', { target: 8 }),
      s('ObjectInsertStmt', { key: A, value: local(4), object: 8 }),
      s('MakeSetStmt', { target: 2 }),
      s('SetAddStmt', { set: 2, value: local(4) }),
    ];
    const input = { '2026': true };
    const funcs = [rule('r', give(local(INPUT)))];
    const found = (last: readonly Statement[]) =>
      answer({ strings, funcs, statements: [year, ...held, ...statements, ...last] }, input, years);
    const whole = answer(
      { strings, funcs, statements: [year, ...held, ...statements, dotted(5, local(6), 9)] },
      [input],
      years,
    );
    expect([found([dotted(5, local(6), 9)]), whole]).toEqual([undefined, undefined]);
  });
});

describe('an object that is being built', () => {
  const map = [
    s('MakeNullStmt', { target: 7 }),
    s('MakeObjectStmt', { target: 6 }),
    s('ObjectInsertStmt', { key: local(7), value: bool(true), object: 6 }),
  ];
  const add = s('ObjectInsertStmt', { key: A, value: bool(false), object: 5 });
  const insertNull = (type: string) => s(type, { key: local(7), value: bool(true), object: 5 });
  const list = [s('MakeArrayStmt', { capacity: 1, target: 3 }), s('ArrayAppendStmt', { array: 3, value: local(6) })];
  const set = [s('MakeSetStmt', { target: 3 }), s('SetAddStmt', { set: 3, value: local(6) })];
  const last = assign(local(5), 9);
  const copy = s('ObjectMergeStmt', { a: 6, b: 8, target: 5 });

  it.each<readonly [string, readonly Statement[]]>([
    ['has had a key that is no string', [insertNull('ObjectInsertStmt'), add, last]],
    ['has had one that may come once only', [insertNull('ObjectInsertOnceStmt'), add, last]],
    ['has had one in a block', [blocks(insertNull('ObjectInsertStmt')), add, last]],
    ['has had one in an iteration', [...list, scan(3, 2, 4, insertNull('ObjectInsertStmt')), add, last]],
    ['is of two', [s('MakeObjectStmt', { target: 8 }), copy, add, last]],
    ['was assigned', [assign(local(6), 5), add, last]],
    ['was answered by a call', [call('r', 5, local(6)), add, last]],
    ['is the value of an iteration', [...list, scan(3, 2, 5, add, last)]],
    ['is the key of an iteration', [...set, scan(3, 5, 2, add, last)]],
    [
      'was put in its place by `with`',
      [s('WithStmt', { local: 5, path: [], value: local(6), block: { stmts: [add, last] } })],
    ],
  ])('keeps a key that is known beside one that is no string, where it %s', (_, statements) => {
    const funcs = [rule('r', [s('ReturnLocalStmt', { source: 2 })], [0, 1, 2], [])];
    const made = [...map, s('MakeObjectStmt', { target: 5 }), ...statements];
    expect(answer({ strings, funcs, statements: made })).toEqual({ a: false, null: true });
  });

  it('keeps false as a key apart from the text of it', () => {
    const built = [
      s('MakeObjectStmt', { target: 5 }),
      s('ObjectInsertStmt', { key: bool(false), value: bool(true), object: 5 }),
    ];
    const read = (source: number, key: unknown) =>
      answer({ strings: [...strings, 'false'], statements: [...built, dotted(source, key, 9)] }, { false: 'text' });
    const textOfFalse = text(strings.length);
    expect([read(5, bool(false)), read(5, textOfFalse)]).toEqual([true, undefined]);
    expect([read(INPUT, bool(false)), read(INPUT, textOfFalse)]).toEqual([undefined, 'text']);
  });

  it('keeps both in a parameter too', () => {
    const insert = s('ObjectInsertStmt', { key: A, value: bool(false), object: 2 });
    const again = blocks(leave(0), s('MakeObjectStmt', { target: 2 }));
    const funcs = [rule('r', [insert, again, giveBack], [0, 1, 2], [])];
    expect(answer({ strings, funcs, statements: [...map, call('r', 9, local(6))] })).toEqual({ a: false, null: true });
  });
});

describe('leaving a block', () => {
  const input = { x: 'as asked' };
  const asked = (funcs: readonly unknown[], ...statements: Statement[]) =>
    answer({ strings, funcs, statements }, input);

  it('gives back what `with` replaced', () => {
    expect(asked([], blocks(withX(bool(true), leave(1))), dotted(INPUT, X, 9))).toBe('as asked');
    expect(asked([], blocks(withX(bool(true), withX(bool(false), leave(2)))), dotted(INPUT, X, 9))).toBe('as asked');
  });

  it('gives back what rules said before `with`, also where a rule returns from inside', () => {
    const r = rule('r', [dotted(INPUT, X, 2), giveBack]);
    const once = rule('once', [withX(bool(true), call('r', 2), giveBack)]);
    const twice = rule('twice', [withX(bool(true), call('r', 3), withX(bool(false), call('r', 2), giveBack))]);
    expect(asked([r, once], call('once', 5), call('r', 9))).toBe('as asked');
    expect(asked([r, twice], call('twice', 5), call('r', 9))).toBe('as asked');
  });

  it('works in a function without a variable of its own', () => {
    const same = rule('r', [s('ReturnLocalStmt', { source: 2 })], [0, 1, 2], []);
    expect(asked([same], call('r', 9, bool(true)))).toBe(true);
  });
});

describe('a dynamic call', () => {
  const dynamic = (name: unknown, result: number) =>
    s('CallDynamicStmt', { args: [INPUT, DATA], path: [G0, name], result });
  const nested = (...inner: Statement[]) => blocks(blocks(blocks(...inner)), assign(text(at(X)), 9));

  it('finds rules by their path, more than one in a block', () => {
    const statements = [blocks(blocks(blocks(dynamic(R, 5), blocks(s('NopStmt')), dynamic(R, 9))))];
    expect(answer({ strings, funcs: [rule('r', give(bool(true)))], statements })).toBe(true);
  });

  it('of a rule that is there and undefined leaves the expression, and one that is not there its block alone', () => {
    const funcs = [rule('r', [dotted(INPUT, X, 2), giveBack])];
    expect(answer({ strings, funcs, statements: [nested(dynamic(R, 5))] }, {})).toBeUndefined();
    expect(answer({ strings, funcs, statements: [nested(dynamic(F, 5))] }, {})).toBe('x');
  });

  it('finds no function with arguments, and no rule without a path', () => {
    const funcs = [rule('f', give(bool(true)), [0, 1, 3]), rule('r', give(bool(true)), [0, 1], [])];
    const nowhere = s('CallDynamicStmt', { args: [INPUT, DATA], path: [], result: 5 });
    expect(answer({ strings, funcs, statements: [nested(dynamic(F, 5), leave(3))] })).toBe('x');
    expect(answer({ strings, funcs, statements: [nested(nowhere, leave(3))] })).toBe('x');
  });
});

it('a rule without arguments is worked out once in an evaluation', () => {
  const r = rule('r', [scan(INPUT, 3, 4, s('NopStmt')), ...give(bool(true))]);
  const list = Array.from({ length: 100 }, () => null);
  const statements = [call('r', 5), call('r', 5), call('r', 5), call('r', 9)];
  expect(answer({ strings, funcs: [r], statements }, list, {}, 150)).toBe(true);
});

it('a number out of bounds, and a call with the wrong number of arguments, are refused with the reason', () => {
  const number = [s('MakeNumberRefStmt', { index: at(HUGE), target: 9 })];
  expect(() => answer({ strings, statements: number })).toThrow(/^plan\.json: a number .* too large/);
  expect(() => answer({ strings, statements: number })).toThrow(PlanRefused);
  const funcs = [rule('r', give(bool(true)))];
  const statements = [call('r', 9, bool(true))];
  expect(() => answer({ strings, funcs, statements })).toThrow(/^plan\.json: p\.rego:7:3: a call has the wrong number/);
});
