import { expect, it } from 'vitest';
import { BUILTINS } from '../../src/engine/plan/builtins/builtins.ts';
import { plainJson } from '../../src/engine/plan/plain-json.ts';
import { RegoSet, type Value } from '../../src/engine/plan/values.ts';

const budget = { spend: () => undefined };
const objectGet = (object: Value, path: Value) => BUILTINS['object.get']?.(budget as never, object, path, 'fallback');

it('null that stands there is not taken for absent', () => {
  expect(objectGet({ x: null }, 'x')).toBeNull();
  expect(objectGet({ x: { y: null } }, ['x', 'y'])).toBeNull();
  expect(objectGet({ x: null }, 'y')).toBe('fallback');
  expect(objectGet({ x: null }, ['x', 'y'])).toBe('fallback');
});

it('null in a set stays when something else is taken away', () => {
  const left = BUILTINS['json.remove']?.(budget as never, { s: RegoSet.of([null, 'a']) }, ['s/a']);
  expect(left === undefined ? undefined : plainJson(left)).toEqual({ s: [null] });
});
