import { spend } from '../work.ts';

/**
 * Upper and lower case one character at a time, as Go does. JavaScript's own functions also know the mappings of one
 * character to several (`ß` → `SS`) and the final sigma, which would make a text longer or depend on its place.
 */
export function lower(text: string): string {
  return ASCII.test(text) ? text.toLowerCase() : mapped(text, (point) => (point === 'İ' ? 'i' : point.toLowerCase()));
}

export function upper(text: string): string {
  return ASCII.test(text) ? text.toUpperCase() : mapped(text, (point) => SUBSCRIBED.get(point) ?? point.toUpperCase());
}

const ASCII = /^[\0-\x7f]*$/;

function mapped(text: string, change: (point: string) => string): string {
  spend(Math.ceil(text.length / 4));
  let result = '';
  for (const point of text) {
    const changed = change(point);
    result += changed.length > (changed.codePointAt(0) ?? 0) / 0xffff + 1 ? point : changed;
  }
  return result;
}

/** Greek letters with iota subscript: one capital each, where JavaScript makes two letters. */
const SUBSCRIBED: ReadonlyMap<string, string> = new Map(
  [
    ...[0x1f80, 0x1f90, 0x1fa0].flatMap((row) => Array.from({ length: 8 }, (_, i) => [row + i, row + i + 8] as const)),
    [0x1fb3, 0x1fbc] as const,
    [0x1fc3, 0x1fcc] as const,
    [0x1ff3, 0x1ffc] as const,
  ].map(([small, capital]) => [String.fromCodePoint(small), String.fromCodePoint(capital)]),
);
