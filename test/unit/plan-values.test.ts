/** Equality, order and lookup of the plan engine's values, where JavaScript would do something else. */
import { describe, expect, it } from 'vitest';
import { readNumber } from '../../src/engine/plan/exact-numbers.ts';
import { toJsonText } from '../../src/engine/plan/json-text.ts';
import { compare, equal, fromEntries, get, keys, RegoSet, type Value } from '../../src/engine/plan/values.ts';

const number = (text: string): Value => readNumber(text) ?? null;
const members = (...values: Value[]) => RegoSet.of(values).size;

describe('members of a set', () => {
  it('are one where they are the same number, however it is written, also inside another value', () => {
    const large = `1${'0'.repeat(30)}`;
    expect(members(1, number('1.0'), number('10e-1'))).toBe(1);
    expect(members(number('1e30'), number(large), number('2e30'))).toBe(2);
    expect(members([1], [number('1.0')])).toBe(1);
    expect(members(number('9007199254740993'), number('9007199254740993.0'), number('9007199254740995'))).toBe(2);
    expect(members([number('9007199254740993')], [number('9007199254740993.0')], [number('9007199254740995')])).toBe(2);
    expect([equal(1, number('1.0')), equal(number('1.0'), 1), equal(number('1.0'), null)]).toEqual([true, true, false]);
    expect(members([number('1e30')], [number(large)], [number('2e30')])).toBe(2);
  });

  it('stay as they were put in first', () => {
    expect(toJsonText(RegoSet.of([1, number('1.0')]))).toBe('[1]');
    expect(toJsonText(RegoSet.of([number('1.0'), 1]))).toBe('[1.0]');
  });

  it('are one where sets and objects hold the same in another order', () => {
    expect(members(RegoSet.of([1, 2]), RegoSet.of([2, 1]), RegoSet.of([1]))).toBe(2);
    expect(members({ a: 1, b: 2 }, { b: 2, a: 1 }, { a: 2, b: 1 })).toBe(2);
  });

  it('are apart where a text looks like what stands for another value', () => {
    expect(members([1], '\u0000[1]', '[1]', '\u0000s', '\u0000', '', '\u0000a', 'a', '\u0000sa')).toBe(9);
    expect(members([null], [false], [true], [{}], [[]], [''], [0], [RegoSet.of([])])).toBe(8);
  });
});

describe('order', () => {
  it('looks beyond the first member', () => {
    expect(compare([1, 2], [1, 3])).toBeLessThan(0);
    expect(compare([1, 3], [1, 2, 0])).toBeGreaterThan(0);
    expect(compare({ a: 1, b: 2 }, { a: 1, b: 3 })).toBeLessThan(0);
    expect(compare(RegoSet.of([1, 3]), RegoSet.of([2, 1]))).toBeGreaterThan(0);
    expect(equal([1, 2], [1, 3])).toBe(false);
    expect(equal({ a: 1, b: null }, { a: 1, b: false })).toBe(false);
  });

  it('puts what is the beginning of the other first', () => {
    expect(compare({ a: 1 }, { a: 1, b: 2 })).toBeLessThan(0);
    expect(compare({ a: 1, b: 2 }, { a: 1 })).toBeGreaterThan(0);
    expect(compare([1], [1, 2])).toBeLessThan(0);
  });

  it('is by code point, also beyond U+FFFF', () => {
    expect(compare('\uffee', '😀')).toBeLessThan(0);
    expect(compare('😀', '\uffee')).toBeGreaterThan(0);
    expect(compare('😀', '😁')).toBeLessThan(0);
  });

  it('holds for keys that are no strings', () => {
    const object = fromEntries([
      ['a', 1],
      [[], 2],
      [2, 3],
      [1, 4],
      [null, 5],
    ]);
    expect(keys(object)).toEqual([null, 1, 2, 'a', []]);
  });
});

it('what is not there equals nothing', () => {
  for (const value of [null, false, 0, '', [], {}]) {
    expect([equal(value, undefined), equal(undefined, value)]).toEqual([false, false]);
  }
});

it('a position of a list is a whole number and nothing that JavaScript makes one of', () => {
  const list = ['x', 'y'];
  expect([get(list, 1), get(list, number('1.0'))]).toEqual(['y', 'y']);
  for (const key of [[1], [[1]], '1', true, null, -1, 0.5, number('1e30')]) expect(get(list, key)).toBeUndefined();
});
