import { expect, it } from 'vitest';
import { plainJson } from '../../src/engine/plan/plain-json.ts';
import { RegoMap, RegoSet } from '../../src/engine/plan/values.ts';

function mapOf(...entries: Parameters<RegoMap['set']>[]): RegoMap {
  const map = new RegoMap();
  for (const [key, value] of entries) map.set(key, value);
  return map;
}

it('a key that is no text becomes its text', () => {
  expect(plainJson(mapOf([1, 'a'], [true, 'b'], [RegoSet.of([2]), 'c'], ['x', 'd']))).toEqual({
    '1': 'a',
    true: 'b',
    '[2]': 'c',
    x: 'd',
  });
});

it.each([
  ['a number and its text', mapOf([1, 'a'], ['1', 'b'])],
  ['null and its text', mapOf([null, 'a'], ['null', 'b'])],
  ['a set and a list', mapOf([RegoSet.of([2]), 'a'], [[2], 'b'])],
  ['__proto__ beside another', { deep: [mapOf(['__proto__', 1], [1, 2], ['1', 3])] }],
])('two keys of one text are a fault of the policy, for one value would be lost: %s', (_, value) => {
  expect(() => plainJson(value)).toThrow('two keys have one text');
});
