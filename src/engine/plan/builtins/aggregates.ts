import { add, fromInteger, isNumeric, multiply, type Numeric, toInteger } from '../exact-numbers.ts';
import { compare, equal, get, isArray, isRegoObject, RegoSet, scanKeys, size, type Value } from '../values.ts';
import type { Budget, Builtin } from './budget.ts';

/** Members of an array or a set, a set's in order; undefined for anything else. */
export function listOf(value: Value | undefined): readonly Value[] | undefined {
  if (isArray(value)) return value;
  return value instanceof RegoSet ? value.sorted() : undefined;
}

function fold(calculate: (a: Numeric, b: Numeric) => Numeric, start: number): Builtin {
  return (budget, collection) => {
    const list = listOf(collection);
    if (list === undefined) return undefined;
    budget.spend(list.length);
    let total: Numeric = start;
    for (const member of list) {
      if (!isNumeric(member)) return undefined;
      total = calculate(total, member);
    }
    return total;
  };
}

function extreme(sign: 1 | -1): Builtin {
  return (budget, collection) => {
    const list = listOf(collection);
    if (list === undefined || list.length === 0) return undefined;
    budget.spend(list.length);
    return list.reduce((best, member) => (compare(member, best) * sign > 0 ? member : best));
  };
}

function count(budget: Budget, value: Value | undefined): Value | undefined {
  if (isArray(value)) return value.length;
  if (typeof value === 'string') {
    budget.spend(Math.ceil(value.length / 64));
    return characters(value);
  }
  return value instanceof RegoSet || isRegoObject(value) ? size(value) : undefined;
}

/** Code points of a text. */
export function characters(text: string): number {
  let surrogates = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) surrogates++;
  return text.length - surrogates;
}

function member(budget: Budget, value: Value | undefined, collection: Value | undefined): boolean {
  if (collection instanceof RegoSet) return value !== undefined && collection.has(value);
  if (!isArray(collection) && !isRegoObject(collection)) return false;
  const walked = scanKeys(collection);
  if (walked === null) {
    const list = collection as readonly Value[];
    budget.spend(list.length);
    return list.some((held) => equal(held, value));
  }
  budget.spend(walked.length);
  return walked.some((key) => equal(get(collection, key), value));
}

function range(budget: Budget, from: Value | undefined, to: Value | undefined): Value | undefined {
  if (!isNumeric(from) || !isNumeric(to)) return undefined;
  const first = toInteger(from);
  const last = toInteger(to);
  if (first === undefined || last === undefined) return undefined;
  const step = first <= last ? 1n : -1n;
  budget.spend(Number((last - first) * step) + 1);
  const list: Value[] = [];
  for (let n = first; (last - n) * step >= 0n; n += step) list.push(fromInteger(n));
  return list;
}

export const AGGREGATES: Readonly<Record<string, Builtin>> = {
  count,
  sum: fold(add, 0),
  product: fold(multiply, 1),
  max: extreme(1),
  min: extreme(-1),
  sort: (budget, collection) => {
    const list = listOf(collection);
    budget.spend(list?.length ?? 0);
    return list?.toSorted(compare);
  },
  all: (_, collection) => listOf(collection)?.every((held) => held === true),
  any: (_, collection) => listOf(collection)?.some((held) => held === true),
  'internal.member_2': member,
  'internal.member_3': (_, key, value, collection) =>
    (collection instanceof RegoSet || isArray(collection) || isRegoObject(collection)) &&
    equal(get(collection, key), value),
  'numbers.range': range,
};
