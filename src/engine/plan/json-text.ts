import { Decimal, numberText } from './exact-numbers.ts';
import { compareStrings, entriesOf, isArray, isPlain, RegoMap, RegoSet, type Value } from './values.ts';
import { spend } from './work.ts';

/**
 * A value as JSON text, one text per value: keys in the order of their code points, a set as a list in Rego's order,
 * a key that is no string as its own JSON text. Numbers are written as they are.
 */
export function toJsonText(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed());
  if (typeof value === 'number' || value instanceof Decimal) return numberText(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (isArray(value)) {
    spend(1 + value.length);
    return `[${value.map(toJsonText).join()}]`;
  }
  if (value instanceof RegoSet) return toJsonText(value.sorted());
  if (!(value instanceof RegoMap) && !isPlain(value)) return 'null';
  return `{${entriesOf(value)
    .map(([key, member]) => [typeof key === 'string' ? key : toJsonText(key), member] as const)
    .sort(([a], [b]) => compareStrings(a, b))
    .map(([key, member]) => `${JSON.stringify(key)}:${toJsonText(member)}`)
    .join()}}`;
}
