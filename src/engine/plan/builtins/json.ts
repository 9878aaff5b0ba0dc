import { parseExactly } from '../exact-json.ts';
import { toJsonText } from '../json-text.ts';
import {
  type Building,
  entriesOf,
  fromEntries,
  get,
  insert,
  isArray,
  isPlain,
  isRegoObject,
  RegoMap,
  RegoSet,
  type Value,
} from '../values.ts';
import { spend } from '../work.ts';
import { listOf } from './aggregates.ts';
import type { Budget, Builtin } from './budget.ts';

function marshal(budget: Budget, value?: Value): Value | undefined {
  if (value === undefined) return undefined;
  const text = toJsonText(value);
  budget.spend(1 + Math.ceil(text.length / 16));
  // As Go writes it: beside what JSON demands, characters that mean something to a browser are escaped.
  return text.replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function unmarshal(budget: Budget, text?: Value): Value | undefined {
  if (typeof text !== 'string') return undefined;
  // To keep every number as it was written takes long.
  budget.spend(1 + text.length);
  return parseExactly(text);
}

type Path = readonly Value[];

/** Paths as a tree of objects with `null` at the end of each; what lies below an end counts no more. */
function treeOf(value: Value | undefined): Building | undefined {
  const list = listOf(value);
  if (list === undefined) return undefined;
  let tree: Building = {};
  for (const path of list) {
    if (typeof path === 'string') tree = grow(tree, path === '' ? [] : pointer(path));
    else if (isArray(path)) tree = grow(tree, path);
    else return undefined;
  }
  return tree;
}

function pointer(path: string): Path {
  return path
    .replace(/^\/+/, '')
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function grow(tree: Building, [key, ...rest]: Path): Building {
  if (key === undefined) return tree;
  if (rest.length === 0) return insert(tree, key, null);
  const child = get(tree, key);
  if (child === null) return tree;
  const branch: Building = child instanceof RegoMap || isPlain(child) ? (child as Building) : {};
  return insert(tree, key, grow(branch, rest));
}

/** The value without what the tree names; undefined where nothing of it stays. */
function without(value: Value, tree: Value | undefined): Value | undefined {
  if (tree === null) return undefined;
  if (!isRegoObject(tree)) return value;
  return rebuilt(value, (member, key) => without(member, get(tree, key)));
}

/** The part of the value that the tree names. */
function within(value: Value, tree: Value | undefined): Value | undefined {
  if (tree === null || tree === undefined) return tree === null ? value : undefined;
  return rebuilt(value, (member, key) => within(member, get(tree, key)));
}

/** The value with each member changed or, where `change` gives undefined, left out. A position is named by its text. */
function rebuilt(value: Value, change: (member: Value, key: Value) => Value | undefined): Value {
  if (isArray(value)) {
    spend(1 + value.length);
    return value.map((member, i) => change(member, String(i))).filter((member) => member !== undefined);
  }
  if (value instanceof RegoSet) {
    return RegoSet.of(
      value
        .sorted()
        .map((member) => change(member, member))
        .filter((member) => member !== undefined),
    );
  }
  if (!isRegoObject(value)) return value;
  const entries = entriesOf(value);
  spend(4 * entries.length);
  return fromEntries(
    entries.flatMap(([key, member]) => {
      const changed = change(member, key);
      return changed === undefined ? [] : [[key, changed] as const];
    }),
  );
}

function onPaths(change: (value: Value, tree: Value) => Value | undefined): Builtin {
  return (budget, object, paths) => {
    const tree = treeOf(paths);
    if (!isRegoObject(object) || tree === undefined) return undefined;
    budget.spend(1 + (listOf(paths)?.length ?? 0));
    return change(object, tree);
  };
}

export const JSON_FUNCTIONS: Readonly<Record<string, Builtin>> = {
  'json.marshal': marshal,
  'json.unmarshal': unmarshal,
  'json.is_valid': (budget, text) => unmarshal(budget, text) !== undefined,
  'json.filter': onPaths(within),
  'json.remove': onPaths(without),
};
