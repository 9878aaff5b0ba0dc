import { isObject } from '../decision/model.ts';

const MAX_DEPTH = 200;
const SHORTEST_TOO_DEEP = 2 * MAX_DEPTH;
// JSON.stringify writes half a surrogate pair as an escape, and nothing else as \ud800…\udfff.
const LONE_SURROGATE = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/**
 * The text of an input that is safe to hand to an engine. The doors refuse such input already; this guards the engine
 * itself: half a surrogate pair aborts a Wasm evaluation, and deep nesting overflows its stack.
 */
export function inputText(input: object): string {
  const text = JSON.stringify(input);
  if (text.includes('\\ud') && LONE_SURROGATE.test(text)) throw new Error('the input holds half a surrogate pair');
  if (text.length >= SHORTEST_TOO_DEEP && deeperThan(MAX_DEPTH, input)) {
    throw new Error(`the input is nested deeper than ${MAX_DEPTH} levels`);
  }
  return text;
}

function deeperThan(limit: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit === 0) return true;
  if (Array.isArray(value)) return value.some((item) => deeperThan(limit - 1, item));
  if (!isObject(value)) return false;
  for (const key in value) if (deeperThan(limit - 1, value[key])) return true;
  return false;
}
