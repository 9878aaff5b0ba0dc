/**
 * Finds the places in a JSON text that I-JSON does not allow. Only for texts that `JSON.parse` accepted and whose depth is
 * bounded: it relies on both. Slow and plain; the way of a good request never comes here.
 */
import type { Problem } from '../decision/errors.ts';
import { jsonPointer } from './json-pointer.ts';

/** A report that names more than this helps nobody. */
const MOST_PROBLEMS = 50;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[\t\n\r ]*/y;
const LITERAL = /true|false|null/y;

export function strictJsonProblems(text: string): Problem[] {
  const problems: Problem[] = [];
  const steps: (string | number)[] = [];
  let at = 0;
  value();
  return problems;

  function report(detail: string): void {
    if (problems.length < MOST_PROBLEMS) problems.push({ pointer: jsonPointer(steps), detail });
  }

  function take(pattern: RegExp): string {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  }

  /** The character after white space, taken along. */
  function mark(): string {
    take(SPACE);
    at += 1;
    return text.charAt(at - 1);
  }

  function string(): string {
    take(SPACE);
    const start = at;
    at += 1;
    while (text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1;
    at += 1;
    const read: unknown = JSON.parse(text.slice(start, at));
    return typeof read === 'string' ? read : '';
  }

  function value(): void {
    take(SPACE);
    const first = text.charAt(at);
    if (first === '{') object();
    else if (first === '[') array();
    else if (first === '"') {
      if (!string().isWellFormed()) report('The text holds half of a surrogate pair');
    } else if (first === '-' || (first >= '0' && first <= '9')) {
      if (!survivesDouble(take(NUMBER))) report('The number does not fit a double without changing');
    } else take(LITERAL);
  }

  function object(): void {
    const seen = new Set<string>();
    at += 1;
    take(SPACE);
    if (text.charAt(at) === '}') {
      at += 1;
      return;
    }
    do {
      const key = string();
      steps.push(key);
      if (!key.isWellFormed()) report('A key here holds half of a surrogate pair');
      if (seen.has(key)) report('The key stands here more than once');
      seen.add(key);
      mark();
      value();
      steps.pop();
    } while (mark() === ',');
  }

  function array(): void {
    at += 1;
    take(SPACE);
    if (text.charAt(at) === ']') {
      at += 1;
      return;
    }
    let index = 0;
    do {
      steps.push(index);
      value();
      steps.pop();
      index += 1;
    } while (mark() === ',');
  }
}

/** True when reading the literal as a double and writing it again gives the same number, whatever its notation. */
export function survivesDouble(literal: string): boolean {
  const number = Number(literal);
  return Number.isFinite(number) && plain(literal) === plain(String(number));
}

/** Digits without leading and trailing zeros, and the power of ten of the first one; the sign does not matter here. */
function plain(literal: string): string {
  const [mantissa = '', exponent = '0'] = literal
    .slice(literal.startsWith('-') ? 1 : 0)
    .toLowerCase()
    .split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = whole + fraction;
  // Loops, for a pattern anchored at the end takes quadratic time on a long row of zeros.
  let first = 0;
  while (digits[first] === '0') first += 1;
  let last = digits.length;
  while (last > first && digits[last - 1] === '0') last -= 1;
  return first === last ? '0' : `${digits.slice(first, last)}e${whole.length - first + Number(exponent)}`;
}
