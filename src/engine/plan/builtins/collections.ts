import { isNumeric } from '../exact-numbers.ts';
import { positionOf } from '../positions.ts';
import {
  entriesOf,
  fromEntries,
  get,
  isArray,
  isRegoObject,
  keys,
  type PlainObject,
  type RegoMap,
  RegoSet,
  scanKeys,
  type Value,
} from '../values.ts';
import { listOf } from './aggregates.ts';
import type { Budget, Builtin } from './budget.ts';

function slice(budget: Budget, list?: Value, from?: Value, to?: Value): Value | undefined {
  if (!isArray(list) || !isNumeric(from) || !isNumeric(to)) return undefined;
  const start = positionOf(from);
  const stop = positionOf(to);
  if (start === undefined || stop === undefined) return undefined;
  const within = (n: bigint, most: number): number => (n < 0n ? 0 : n > BigInt(most) ? most : Number(n));
  const end = within(stop, list.length);
  const first = within(start, end);
  budget.spend(Math.max(0, end - first));
  return list.slice(first, end);
}

function ofSets(combine: (a: RegoSet, b: RegoSet) => RegoSet): Builtin {
  return (budget, a, b) => {
    if (!(a instanceof RegoSet) || !(b instanceof RegoSet)) return undefined;
    budget.spend(a.size + b.size);
    return combine(a, b);
  };
}

function union(a: RegoSet, b: RegoSet): RegoSet {
  return RegoSet.of([...a.members.values(), ...b.members.values()]);
}

function intersection(a: RegoSet, b: RegoSet): RegoSet {
  return RegoSet.of([...a.members.values()].filter((member) => b.has(member)));
}

function ofSetOfSets(combine: (a: RegoSet, b: RegoSet) => RegoSet): Builtin {
  return (budget, sets) => {
    if (!(sets instanceof RegoSet)) return undefined;
    let result: RegoSet | undefined;
    for (const set of sets.sorted()) {
      if (!(set instanceof RegoSet)) return undefined;
      budget.spend(set.size);
      result = result === undefined ? set : combine(result, set);
    }
    return result ?? new RegoSet();
  };
}

/** The keys that an argument names: members of an array or a set, or the keys of an object. */
function named(value: Value | undefined): RegoSet | undefined {
  const list = listOf(value) ?? (isRegoObject(value) ? keys(value) : undefined);
  return list === undefined ? undefined : RegoSet.of(list);
}

function pick(keep: boolean): Builtin {
  return (budget, object, selection) => {
    const chosen = named(selection);
    if (!isRegoObject(object) || chosen === undefined) return undefined;
    const entries = entriesOf(object);
    budget.spend(entries.length);
    return fromEntries(entries.filter(([key]) => chosen.has(key) === keep));
  };
}

function objectGet(_: Budget, object?: Value, path?: Value, fallback?: Value): Value | undefined {
  if (!isRegoObject(object)) return undefined;
  let found: Value | undefined = object;
  // INVARIANT: null is a value like any other; only what is not there becomes the fallback. Taking null for
  // absent let a question with `categories: null` through as one that names nothing.
  for (const key of isArray(path) ? path : [path]) {
    found = get(found, key);
    if (found === undefined) return fallback;
  }
  return found;
}

/** Both objects together; where both have a key, objects are united and anything else is taken from the second. */
function unite(budget: Budget, a: PlainObject | RegoMap, b: PlainObject | RegoMap): Value {
  const own = entriesOf(a);
  const added = entriesOf(b);
  budget.spend(own.length + added.length);
  const both = own.map(([key, value]): readonly [Value, Value] => {
    const other = get(b, key);
    if (other === undefined) return [key, value];
    return [key, isRegoObject(value) && isRegoObject(other) ? unite(budget, value, other) : other];
  });
  return fromEntries([...both, ...added.filter(([key]) => get(a, key) === undefined)]);
}

function uniteAll(budget: Budget, list?: Value): Value | undefined {
  if (!isArray(list)) return undefined;
  let result: Value = {};
  for (const object of list) {
    if (!isRegoObject(object) || !isRegoObject(result)) return undefined;
    result = unite(budget, result, object);
  }
  return result;
}

/** Every value inside a value with the path to it, the value itself first. */
function walk(budget: Budget, root?: Value): Value | undefined {
  if (root === undefined) return undefined;
  const found: Value[] = [];
  const visit = (path: readonly Value[], value: Value): void => {
    budget.spend(1 + path.length);
    found.push([path, value]);
    if (isArray(value)) {
      value.forEach((child, i) => {
        visit([...path, i], child);
      });
      return;
    }
    for (const key of scanKeys(value) ?? []) {
      const child = get(value, key);
      if (child !== undefined) visit([...path, key], child);
    }
  };
  visit([], root);
  return found;
}

function reachable(budget: Budget, graph?: Value, start?: Value): Value | undefined {
  const queue = [...(listOf(start) ?? [])];
  if (!isRegoObject(graph) || listOf(start) === undefined) return undefined;
  const reached = new RegoSet();
  for (let i = 0; i < queue.length; i++) {
    const node = queue[i];
    if (node === undefined || reached.has(node)) continue;
    const edges = get(graph, node);
    if (edges === undefined) continue;
    reached.add(node);
    const neighbours = listOf(edges) ?? [];
    budget.spend(1 + neighbours.length);
    queue.push(...neighbours);
  }
  return reached;
}

export const COLLECTIONS: Readonly<Record<string, Builtin>> = {
  'array.concat': (budget, a, b) => {
    if (!isArray(a) || !isArray(b)) return undefined;
    budget.spend(a.length + b.length);
    return [...a, ...b];
  },
  'array.flatten': (budget, list) => {
    if (!isArray(list)) return undefined;
    const flat = list.flatMap((member) => (isArray(member) ? [...member] : [member]));
    budget.spend(flat.length);
    return flat;
  },
  'array.reverse': (budget, list) => {
    if (!isArray(list)) return undefined;
    budget.spend(list.length);
    return list.toReversed();
  },
  'array.slice': slice,
  and: ofSets(intersection),
  or: ofSets(union),
  intersection: ofSetOfSets(intersection),
  union: ofSetOfSets(union),
  'object.get': objectGet,
  'object.keys': (_, object) => (isRegoObject(object) ? RegoSet.of(keys(object)) : undefined),
  'object.filter': pick(true),
  'object.remove': pick(false),
  'object.union': (budget, a, b) => (isRegoObject(a) && isRegoObject(b) ? unite(budget, a, b) : undefined),
  'object.union_n': uniteAll,
  walk,
  'graph.reachable': reachable,
};
