/**
 * Reads a body as I-JSON (AZ-104) before anything else sees it: valid UTF-8, no byte order mark, no lone surrogate, no
 * duplicate key, bounded depth, and no number that a double would change. `JSON.parse` alone lets most of these through.
 *
 * One pass over the bytes finds out whether anything is suspicious; only then `strict-json-problems.ts` looks for the places.
 * Duplicates show as fewer keys in the value than colons in the text.
 */
import { isUtf8 } from 'node:buffer';
import { DatwatError, type Problem } from '../decision/errors.ts';
import { isObject, type Json, type JsonObject } from '../decision/model.ts';
import { strictJsonProblems, survivesDouble } from './strict-json-problems.ts';

/** More significant digits than this may not fit a double. */
const SAFE_DIGITS = 15;

/** @throws DatwatError `invalid_request` with every problem found; never with what was sent or a parser's message. */
export function parseStrictJson(bytes: Buffer, maxDepth: number): JsonObject {
  if (bytes.length === 0) throw invalid('The body is empty; a JSON object is required');
  if (!isUtf8(bytes)) throw invalid('The body is not valid UTF-8');
  const { colons, deepest, oddNumber, surrogate } = scan(bytes);
  if (deepest > maxDepth) throw invalid(`The body is nested deeper than ${maxDepth} levels`);
  const text = bytes.toString('utf8');
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the body, so it goes nowhere.
    throw invalid('The body is not valid JSON');
  }
  if (!isObject(value)) throw invalid('The body must be a JSON object');
  if (oddNumber || surrogate || keysIn(value) !== colons) {
    const problems = strictJsonProblems(text);
    if (problems.length > 0) throw new DatwatError('invalid_request', { problems });
  }
  return value;
}

function invalid(detail: string): DatwatError {
  const problem: Problem = { pointer: '', detail };
  return new DatwatError('invalid_request', { problems: [problem] });
}

interface Scan {
  readonly colons: number;
  readonly deepest: number;
  readonly oddNumber: boolean;
  readonly surrogate: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function scan(bytes: Buffer): Scan {
  let colons = 0;
  let depth = 0;
  let deepest = 0;
  let oddNumber = false;
  let surrogate = false;
  const end = bytes.length;
  for (let at = 0; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) {
      for (at += 1; at < end && bytes[at] !== QUOTE; at += 1) {
        if (bytes[at] !== BACKSLASH) continue;
        at += 1;
        // `\ud…`: half of a pair, or a lone surrogate.
        if (bytes[at] === 0x75 && ((bytes[at + 1] ?? 0) | 0x20) === 0x64) surrogate = true;
      }
    } else if (byte === 0x3a) {
      colons += 1;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth -= 1;
    } else if (byte >= 0x30 && byte <= 0x39) {
      const start = at;
      let exponent = false;
      for (at += 1; at < end && isNumberByte(bytes[at] ?? 0); at += 1) {
        if (((bytes[at] ?? 0) | 0x20) === 0x65) exponent = true;
      }
      if ((exponent || at - start > SAFE_DIGITS) && !survivesDouble(bytes.toString('latin1', start, at)))
        oddNumber = true;
      at -= 1;
    }
  }
  return { colons, deepest, oddNumber, surrogate };
}

/** Digits, `.`, `e`, `E`, and the signs of an exponent. */
function isNumberByte(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2e || (byte | 0x20) === 0x65 || byte === 0x2b || byte === 0x2d;
}

function keysIn(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0;
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value) keys += keysIn(item);
    return keys;
  }
  // Own keys only, `__proto__` with them: JSON.parse makes it an ordinary key.
  const object = value as JsonObject;
  for (const key of Object.keys(object)) keys += 1 + keysIn(object[key] ?? null);
  return keys;
}
