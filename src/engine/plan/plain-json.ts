import type { Json } from '../../decision/model.ts';
import { Decimal, simplest, toInteger } from './exact-numbers.ts';
import { toJsonText } from './json-text.ts';
import { entriesOf, isArray, isRegoObject, put, RegoSet, type Value } from './values.ts';

/**
 * A value of Rego as plain JSON for the world outside: a set as a list in its order, a key that is no string as its JSON
 * text. Throws a RangeError for an integer that a double would change; a fraction becomes the double next to it.
 */
export function plainJson(value: Value): Json {
  if (value === null || typeof value !== 'object') return value;
  if (isArray(value)) return value.map(plainJson);
  if (value instanceof RegoSet) return value.sorted().map(plainJson);
  if (value instanceof Decimal) return plainNumber(value);
  const object: Record<string, Json> = {};
  if (!isRegoObject(value)) return object;
  for (const [key, member] of entriesOf(value)) {
    put(object, typeof key === 'string' ? key : toJsonText(key), plainJson(member));
  }
  return object;
}

function plainNumber(value: Decimal): number {
  const simple = simplest(value);
  if (typeof simple === 'number') return simple;
  const double = Number(`${simple.coefficient}e${simple.exponent}`);
  if (toInteger(simple) !== undefined || !Number.isFinite(double)) {
    throw new RangeError('the policy answered with a number that a double cannot hold');
  }
  return double;
}
