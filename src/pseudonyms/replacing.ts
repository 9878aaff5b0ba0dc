/** Walks a body and replaces personal numbers in its keys and values (design.md §3, rules a, b and c). */
import type { Problem } from '../decision/errors.ts';
import { isObject, type Json, type JsonObject } from '../decision/model.ts';
import { namesANumber, nineDigitsOf, passesElevenProof, replaceNumbers } from './personal-number.ts';
import { FEWEST_DIGITS } from './suspicion.ts';

/** Gives the pseudonym that stands for nine digits. */
export type Replace = (digits: string) => string;

/** A list of `key=value`, as the W3C writes them. Another text in that place is no tracestate. */
const MEMBER = '[a-z0-9][a-z0-9_*/@-]*=[^=,]+';
const TRACESTATE = new RegExp(`^${MEMBER}(?:, *${MEMBER})*$`);

/** `named`: a key says that personal numbers stand here. */
export function replaceInScalar(value: Json, replace: Replace, named = false): Json {
  if (typeof value === 'string') return replaceNumbers(value, replace, named);
  if (typeof value !== 'number') return value;
  const digits = nineDigitsOf(value);
  return digits !== undefined && passesElevenProof(digits) ? replace(digits) : value;
}

/**
 * The same body where nothing had to be replaced, so that an ordinary one is walked and not copied. Two keys that become
 * one would lose a value: that is a problem, at the object that holds them.
 */
export function replaceInBody(body: JsonObject, replace: Replace, problems: Problem[]): JsonObject {
  // Keys as they are after replacing, so that a pointer holds no personal number either.
  const path: string[] = [];

  function inObject(object: JsonObject, named: boolean): JsonObject {
    let changed: [string, Json][] | undefined;
    const keys = Object.keys(object);
    for (const [index, key] of keys.entries()) {
      const value = object[key] ?? null;
      const newKey = replaceNumbers(key, replace, named);
      const newValue = isTracestate(key, value)
        ? value
        : inValue(value, newKey, named || (isLong(value) && namesANumber(key)));
      if (changed === undefined && newKey === key && newValue === value) continue;
      changed ??= keys.slice(0, index).map((earlier) => [earlier, object[earlier] ?? null]);
      changed.push([newKey, newValue]);
    }
    if (changed === undefined) return object;
    // `fromEntries` and not assignment: `__proto__` is a key like any other.
    const replaced = Object.fromEntries(changed);
    if (Object.keys(replaced).length < keys.length) {
      problems.push({ pointer: pointer(path), detail: 'two keys hold the same personal number; send it once' });
    }
    return replaced;
  }

  /** Machines write it, and it must arrive as it was (design.md §3, rule b); in its own place only, and in its own form. */
  function isTracestate(key: string, value: Json): boolean {
    const ofItem = path.length === 3 && path[0] === 'evaluations';
    const itsPlace = key === 'tracestate' && path.at(-1) === 'context' && (path.length === 1 || ofItem);
    return itsPlace && typeof value === 'string' && TRACESTATE.test(value);
  }

  function inArray(array: readonly Json[], named: boolean): readonly Json[] {
    let changed: Json[] | undefined;
    for (const [index, value] of array.entries()) {
      const newValue = inValue(value, String(index), named);
      if (newValue === value) continue;
      changed ??= [...array];
      changed[index] = newValue;
    }
    return changed ?? array;
  }

  function inValue(value: Json, step: string, named: boolean): Json {
    if (typeof value !== 'object' || value === null) return replaceInScalar(value, replace, named);
    path.push(step);
    const replaced = isObject(value) ? inObject(value, named) : inArray(value, named);
    path.pop();
    return replaced;
  }

  return inObject(body, false);
}

/** Whether it matters what a key says of it. */
function isLong(value: Json): boolean {
  return typeof value === 'string' ? value.length >= FEWEST_DIGITS : typeof value === 'object' && value !== null;
}

function pointer(path: readonly string[]): string {
  return path.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
