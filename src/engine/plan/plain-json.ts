import type { Json, JsonObject } from '../../decision/model.ts';
import { Decimal, simplest, toInteger } from './exact-numbers.ts';
import { toJsonText } from './json-text.ts';
import { entriesOf, isArray, type PlainObject, put, RegoMap, RegoSet, type Value } from './values.ts';
import { spend } from './work.ts';

/**
 * A value of Rego as plain JSON for the world outside: a set as a list in its order, a key that is no string as its JSON
 * text. What is JSON already is given as it is, so the result may share parts with input and data.
 * Throws a RangeError for an integer that a double would change; a fraction becomes the double next to it. Throws where two
 * keys of an object, such as 1 and "1", have one text: one of their values would be lost.
 */
export function plainJson(value: Value): Json {
  if (value === null || typeof value !== 'object') return value;
  if (isArray(value)) return plainList(value);
  if (value instanceof RegoSet) return value.sorted().map(plainJson);
  if (value instanceof Decimal) return plainNumber(value);
  if (value instanceof RegoMap) return plainMap(value);
  return plainObject(value);
}

function plainList(list: readonly Value[]): readonly Json[] {
  spend(1 + list.length);
  const plain = list.map(plainJson);
  return plain.every((member, i) => member === list[i]) ? (list as readonly Json[]) : plain;
}

function plainObject(object: PlainObject): JsonObject {
  let changed: Record<string, Json> | undefined;
  const keys = Object.keys(object);
  spend(1 + keys.length);
  for (const key of keys) {
    const member = object[key];
    if (member === undefined) continue;
    const plain = plainJson(member);
    if (plain === member) continue;
    // A spread copies `__proto__` as the key that it is.
    changed ??= { ...object } as Record<string, Json>;
    put(changed, key, plain);
  }
  return changed ?? (object as JsonObject);
}

function plainMap(map: RegoMap): JsonObject {
  const object: Record<string, Json> = {};
  for (const [key, member] of entriesOf(map)) {
    const name = typeof key === 'string' ? key : toJsonText(key);
    if (Object.hasOwn(object, name))
      throw new Error('the policy answered with an object of which two keys have one text');
    put(object, name, plainJson(member));
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
