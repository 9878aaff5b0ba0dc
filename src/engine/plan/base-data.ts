import { Decimal, numberText } from './exact-numbers.ts';
import { textPosition } from './positions.ts';
import { entriesOf, fromEntries, get, isArray, isPlain, RegoMap, type Value } from './values.ts';
import { spend } from './work.ts';

/**
 * `get` on base data, which OPA finds by a path of texts: a number names the member of its text (`data.years[2026]`), and a
 * text the position that it spells (`data.list["2"]`). What `with` has put there (`terms`) is a value like any other.
 */
export function getBase(
  terms: WeakSet<object> | undefined,
  source: Value | undefined,
  key: Value | undefined,
): Value | undefined {
  if (typeof source !== 'object' || source === null || terms?.has(source)) return get(source, key);
  if (isArray(source) && typeof key === 'string') return source[Number(textPosition(key) ?? -1)];
  const named = isPlain(source) && (typeof key === 'number' || key instanceof Decimal) ? numberText(key) : key;
  return get(source, named);
}

/** A copy of all that a reference can walk through, which `getBase` knows from base data by the same `terms`. */
export function asTerm(terms: WeakSet<object>, value: Value): Value {
  if (value instanceof RegoMap) {
    return fromEntries(entriesOf(value).map(([key, member]) => [key, asTerm(terms, member)]));
  }
  const copied = isArray(value)
    ? value.map((member) => asTerm(terms, member))
    : isPlain(value)
      ? fromEntries(entriesOf(value).map(([key, member]) => [key, asTerm(terms, member)]))
      : undefined;
  if (copied === undefined) return value;
  spend(1);
  terms.add(copied);
  return copied;
}
