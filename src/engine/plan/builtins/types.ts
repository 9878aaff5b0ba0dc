import { isNumeric, readNumber, roundTo } from '../exact-numbers.ts';
import { isArray, isRegoObject, RegoSet, type Value } from '../values.ts';
import { spendInteger } from '../work.ts';
import type { Budget, Builtin } from './budget.ts';

function typeName(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (value === null) return 'null';
  if (isNumeric(value)) return 'number';
  if (isArray(value)) return 'array';
  if (value instanceof RegoSet) return 'set';
  return isRegoObject(value) ? 'object' : typeof value;
}

/** `is_string` and its like: true, or undefined for anything else. */
function is(name: string): Builtin {
  return (_, value) => typeName(value) === name;
}

function toNumber(_: Budget, value?: Value): Value | undefined {
  if (value === null || value === false) return 0;
  if (value === true) return 1;
  if (isNumeric(value)) return value;
  // OPA reads a text as a double first, which must not be infinite.
  return typeof value === 'string' && Number.isFinite(Number(value)) ? readNumber(value) : undefined;
}

const BASES: ReadonlyMap<Value | undefined, number> = new Map([2, 8, 10, 16].map((base) => [base, base]));

function formatInt(_: Budget, value?: Value, base?: Value): Value | undefined {
  const radix = BASES.get(base);
  if (!isNumeric(value) || radix === undefined) return undefined;
  const integer = roundTo(value, 'cut');
  spendInteger(integer);
  return integer.toString(radix);
}

export const TYPES: Readonly<Record<string, Builtin>> = {
  is_null: is('null'),
  is_boolean: is('boolean'),
  is_number: is('number'),
  is_string: is('string'),
  is_array: is('array'),
  is_object: is('object'),
  is_set: is('set'),
  type_name: (_, value) => typeName(value),
  to_number: toNumber,
  format_int: formatInt,
};
