import { readNumber } from './exact-numbers.ts';
import type { Value } from './values.ts';

type Reviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown;

/** The value that a JSON text holds, no number changed; undefined where the text is no JSON or a number is out of bounds. */
export function parseExactly(text: string): Value | undefined {
  let outOfBounds = false;
  // JSON.parse hands the source text of a scalar to its reviver; TypeScript's own types do not say so yet.
  const revive: Reviver = (_key, value, { source }) => {
    if (typeof value === 'string') return value.toWellFormed();
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
