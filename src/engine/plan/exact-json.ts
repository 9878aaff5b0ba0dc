import { isObject, type Json, type JsonObject } from '../../decision/model.ts';
import { readNumber } from './exact-numbers.ts';
import { put, type Value } from './values.ts';

type Reviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown;

/** The value that a JSON text holds, no number changed; undefined where the text is no JSON or a number is out of bounds. */
export function parseExactly(text: string): Value | undefined {
  let outOfBounds = false;
  // JSON.parse hands the source text of a scalar to its reviver; TypeScript's own types do not say so yet.
  const revive: Reviver = (_key, value, { source }) => {
    if (typeof value === 'string') return value.toWellFormed();
    if (isObject(value)) return wellFormed(value);
    if (typeof value !== 'number' || source === undefined) return value;
    const exact = readNumber(source);
    if (exact === undefined) outOfBounds = true;
    return exact;
  };
  try {
    const value: Value = JSON.parse(text, revive as (this: unknown, key: string, value: unknown) => unknown);
    return outOfBounds ? undefined : value;
  } catch {
    return undefined;
  }
}

/** With U+FFFD for half a surrogate pair in a key, as in a text; the last of two keys that become one counts. */
function wellFormed(object: JsonObject): JsonObject {
  const names = Object.keys(object);
  if (names.every((name) => name.isWellFormed())) return object;
  const changed: Record<string, Json> = {};
  for (const name of names) put(changed, name.toWellFormed(), object[name] ?? null);
  return changed;
}

/** A number with what may stand around it; it may also be part of a text, which only costs time. */
const NUMBER = /[[:,\s](-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?=[\s,\]}])/g;

/**
 * The value of a JSON text, no number changed. `JSON.parse` alone is many times faster, so it does the work wherever
 * `plain`: every number is written as a double writes it.
 * Throws a SyntaxError for what is no JSON, and a RangeError for a number out of bounds.
 */
export function parseValue(text: string, plain: boolean): Value {
  if (plain) return JSON.parse(text);
  JSON.parse(text);
  const exact = parseExactly(text);
  if (exact === undefined) throw new RangeError('a number in the data is out of bounds');
  return exact;
}

export function everyNumberIsPlain(text: string): boolean {
  for (const [, literal] of text.matchAll(NUMBER)) {
    if (literal !== undefined && String(Number(literal)) !== literal) return false;
  }
  return true;
}
