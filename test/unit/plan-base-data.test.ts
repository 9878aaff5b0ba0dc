import { describe, expect, it } from 'vitest';
import { textPosition } from '../../src/engine/plan/positions.ts';
import type { PlainObject } from '../../src/engine/plan/values.ts';
import { answer, bool, DATA, INPUT, local, type Statement, s, text } from '../support/hand-written-plans.ts';

/** All of these were seen to be so with `opa eval` on the same reference, written in Rego. */
describe('a reference into base data is a path of texts', () => {
  const data: PlainObject = { list: ['a', 'b', 'c'], years: { '2026': 'now', '-1': 'minus' } };
  const found = (member: string, input: string | number | boolean) =>
    answer(
      {
        strings: [member],
        statements: [
          s('DotStmt', { source: local(DATA), key: text(0), target: 5 }),
          s('DotStmt', { source: local(5), key: local(INPUT), target: 9 }),
        ],
      },
      input,
      data,
    );

  it('so that a text finds the position that it spells, and a number the member of that name', () => {
    expect(['1', '01', '+2', '2.0', '.'].map((key) => found('list', key))).toEqual(['b', 'b', 'c', 'c', 'a']);
    expect(['', '-1', '1e0', '3', '9223372036854775808', true].map((key) => found('list', key))).toEqual(
      Array(6).fill(undefined),
    );
    expect([2026, -1, '2026', 0].map((key) => found('years', key))).toEqual(['now', 'minus', 'now', undefined]);
  });

  it('also where the text is in the policy itself', () => {
    const statements = [
      s('DotStmt', { source: local(DATA), key: text(0), target: 5 }),
      s('DotStmt', { source: local(5), key: text(1), target: 9 }),
    ];
    expect(answer({ strings: ['list', '+1'], statements }, {}, data)).toBe('b');
    expect(answer({ strings: ['list', '1'], statements }, {}, data)).toBe('b');
    expect(answer({ strings: ['list', '1'], statements: onInput(statements) }, { list: ['a', 'b'] })).toBeUndefined();
  });

  it('also behind an iteration', () => {
    const inside = s('DotStmt', { source: local(4), key: local(INPUT), target: 9 });
    const statements = [s('ScanStmt', { source: DATA, key: 3, value: 4, block: { stmts: [inside] } })];
    expect(answer({ statements }, 2026, { years: { '2026': 'now' } })).toBe('now');
  });

  it('but what `with` put there is found by the value of a key', () => {
    const look = [
      s('DotStmt', { source: local(DATA), key: text(0), target: 5 }),
      s('DotStmt', { source: local(5), key: local(4), target: 9 }),
    ];
    const replaced = (block: readonly Statement[], key: Statement) =>
      answer(
        {
          strings: ['years', '2026', '0'],
          statements: [key, s('WithStmt', { local: DATA, path: [0], value: local(INPUT), block: { stmts: block } })],
        },
        { '2026': 'put' },
        data,
      );
    expect(replaced(look, s('MakeNumberIntStmt', { target: 4, value: 2026 }))).toBeUndefined();
    expect(replaced(look, s('AssignVarStmt', { target: 4, source: text(1) }))).toBe('put');
    // Beside it the base data are what they were.
    const beside = s('WithStmt', { local: DATA, path: [2], value: bool(true), block: { stmts: look } });
    expect(replaced([beside], s('MakeNumberIntStmt', { target: 4, value: 2026 }))).toBeUndefined();
    const statements = [s('MakeNumberIntStmt', { target: 4, value: 2026 }), beside];
    expect(answer({ strings: ['years', '2026', '0'], statements }, {}, data)).toBe('now');
  });
});

/** As OPA plans `data.q[input][2026]` where the package `q` has rules. */
it('what stands in the place of a rule that is not there is base data, and what a rule answers is not', () => {
  const block = (...stmts: Statement[]) => ({ stmts });
  const blocks = (...of: object[]) => s('BlockStmt', { blocks: of });
  const called = block(
    s('CallDynamicStmt', { args: [INPUT, DATA], path: [text(0), local(INPUT)], result: 5 }),
    s('BreakStmt', { index: 1 }),
  );
  const looked = block(
    s('DotStmt', { source: local(DATA), key: text(0), target: 6 }),
    s('DotStmt', { source: local(6), key: local(INPUT), target: 7 }),
    s('AssignVarStmt', { source: local(7), target: 5 }),
    s('BreakStmt', { index: 1 }),
  );
  const found = s('DotStmt', { source: local(5), key: local(4), target: 9 });
  const statements = [
    s('MakeNumberIntStmt', { target: 4, value: 2026 }),
    blocks(block(blocks(block(blocks(called, looked), s('BreakStmt', { index: 2 }))), found)),
  ];
  const rule = {
    name: 'q.rule',
    params: [0, 1],
    return: 2,
    path: ['q', 'rule'],
    blocks: [
      block(
        s('MakeObjectStmt', { target: 2 }),
        s('ObjectInsertStmt', { key: text(1), value: bool(true), object: 2 }),
        s('ReturnLocalStmt', { source: 2 }),
      ),
    ],
  };
  const ask = (input: string) =>
    answer({ strings: ['q', '2026'], statements, funcs: [rule] }, input, { q: { base: { '2026': 'now' } } });
  expect([ask('base'), ask('rule'), ask('none')]).toEqual(['now', undefined, undefined]);
});

/** The same statements on input. */
function onInput(statements: readonly Statement[]): Statement[] {
  return JSON.parse(JSON.stringify(statements).replace('{"type":"local","value":1}', '{"type":"local","value":0}'));
}

it.each<[string, bigint | undefined]>([
  ['0', 0n],
  ['007', 7n],
  ['-0', 0n],
  ['1.000', 1n],
  ['9223372036854775807', 9223372036854775807n],
  ['9223372036854775808', undefined],
  ['1.5', undefined],
  ['1e1', undefined],
  ['+', undefined],
  [' 1', undefined],
  ['١', undefined],
])('%j spells the position %s', (spelled, position) => {
  expect(textPosition(spelled)).toBe(position);
});
