import { expect, it } from 'vitest';
import { BUILTINS } from '../../src/engine/plan/builtins/builtins.ts';
import { readNumber } from '../../src/engine/plan/exact-numbers.ts';
import { toJsonText } from '../../src/engine/plan/json-text.ts';
import type { Value } from '../../src/engine/plan/values.ts';

const number = (text: string): Value => readNumber(text) ?? null;
const call = (name: string, ...args: Value[]): string | undefined => {
  const value = BUILTINS[name]?.({ spend() {} }, ...args);
  return value === undefined ? undefined : toJsonText(value);
};

it('a quotient that is an integer is that integer, however many digits it has', () => {
  const quotients = [
    ['12345678901234567890', '10', '1234567890123456789'],
    ['-123456789012345678901234567890', '3', '-41152263004115226300411522630'],
    ['1e40', '1073741824', '9313225746154785156250000000000'],
    ['1', '3', '0.333333333333333333'],
    ['7', '2', '3.5'],
  ] as const;
  for (const [a, b, quotient] of quotients) expect(call('div', number(a), number(b))).toBe(quotient);
});

it('a position is an integer of 64 bits that is not written as a power of ten, as in OPA', () => {
  const list = ['a', 'b', 'c'];
  expect(call('array.slice', list, number('1.0'), 2)).toBe('["b"]');
  expect(call('array.slice', list, number('1e0'), 2)).toBeUndefined();
  expect(call('array.slice', list, 0, number('9223372036854775807'))).toBe('["a","b","c"]');
  expect(call('array.slice', list, 0, number('9223372036854775808'))).toBeUndefined();
  expect(call('substring', 'abc', number('1e0'), 1)).toBeUndefined();
  expect(call('substring', 'abc', number('99999999999999999999'), 1)).toBeUndefined();
  expect(call('regex.find_all_string_submatch_n', 'a', 'aaa', number('99999999999999999999'))).toBeUndefined();
});

it('to_number reads no number that a double would make infinite', () => {
  expect(call('to_number', '1e308')).toBe('1e308');
  expect(call('to_number', '1e400')).toBeUndefined();
});

it('half a surrogate pair in a key of JSON becomes U+FFFD, as in a text, and the last of two such keys counts', () => {
  expect(call('json.unmarshal', '{"\\ud800":1,"a":{"\\udc00b":2}}')).toBe('{"a":{"\ufffdb":2},"\ufffd":1}');
  expect(call('json.unmarshal', '{"\\ud800":1,"__proto__":2,"\\ud801":3}')).toBe('{"__proto__":2,"\ufffd":3}');
});
