import { compareNumbers, Decimal, Exotic, type Numeric, numberText, simplest } from './exact-numbers.ts';
import { positionOf } from './positions.ts';
import { spend } from './work.ts';

/**
 * What a Rego value is inside the plan engine. JSON stays as `JSON.parse` made it, so that input and data are never
 * copied; what JSON does not know (a set, a key that is no string, a number beyond a double) has a class of its own.
 * INVARIANT: a value that comes from input or data is never changed.
 */
export type Value = null | boolean | string | Numeric | readonly Value[] | RegoSet | RegoMap | PlainObject;
export interface PlainObject {
  readonly [key: string]: Value;
}

type MapKey = null | boolean | string | number;

/** A set. Iterates in the order of its values, as OPA does. */
export class RegoSet extends Exotic {
  readonly members = new Map<MapKey, Value>();
  #sorted: readonly Value[] | undefined;

  static of(values: Iterable<Value>): RegoSet {
    const set = new RegoSet();
    for (const value of values) set.add(value);
    spend(set.size);
    return set;
  }

  add(value: Value): void {
    const key = keyOf(value);
    if (this.members.has(key)) return;
    this.members.set(key, value);
    this.#sorted = undefined;
  }

  get(value: Value): Value | undefined {
    return this.members.get(keyOf(value));
  }

  has(value: Value): boolean {
    return this.members.has(keyOf(value));
  }

  get size(): number {
    return this.members.size;
  }

  sorted(): readonly Value[] {
    if (this.#sorted === undefined) {
      spend(this.size);
      this.#sorted = [...this.members.values()].sort(compare);
    }
    return this.#sorted;
  }
}

/** An object with at least one key that is no string. */
export class RegoMap extends Exotic {
  readonly entries = new Map<MapKey, readonly [Value, Value]>();

  set(key: Value, value: Value): void {
    this.entries.set(keyOf(key), [key, value]);
  }

  get(key: Value): Value | undefined {
    return this.entries.get(keyOf(key))?.[1];
  }
}

/** What `Map` can compare: a scalar is its own key, anything else gets a text that no other value has. */
function keyOf(value: Value): MapKey {
  if (typeof value === 'string') return value.charCodeAt(0) === 0 ? `\u0000s${value}` : value;
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Decimal) {
    const simple = simplest(value);
    if (typeof simple === 'number') return simple;
  }
  return `\u0000${canonical(value)}`;
}

/** One text per value: equal values give the same, different values different ones. */
function canonical(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberText(value);
  if (value instanceof Decimal) {
    const simple = simplest(value);
    return typeof simple === 'number' ? numberText(simple) : `${simple.coefficient}e${simple.exponent}`;
  }
  // Its text is kept, which takes memory.
  spend(16);
  if (isArray(value)) {
    spend(2 * value.length);
    return `[${value.map(canonical).join()}]`;
  }
  if (value instanceof RegoSet) return `<${[...value.members.values()].map(canonical).sort().join()}>`;
  return `{${keys(value)
    .map((key) => `${canonical(key)}:${canonical(lookUp(value, key))}`)
    .sort()
    .join()}}`;
}

export function isArray(value: unknown): value is readonly Value[] {
  return Array.isArray(value);
}

export function isPlain(value: Value | undefined): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Exotic);
}

export function isRegoObject(value: Value | undefined): value is PlainObject | RegoMap {
  return value instanceof RegoMap || isPlain(value);
}

/** The value under a key: of an object, an array (by position) or a set (the member itself); undefined where there is none. */
export function get(source: Value | undefined, key: Value | undefined): Value | undefined {
  if (typeof key === 'string') return dot(source, key);
  if (typeof source !== 'object' || source === null || key === undefined) return undefined;
  if (isArray(source)) {
    const index = key instanceof Decimal ? Number(positionOf(key) ?? -1) : key;
    return typeof index === 'number' && Number.isInteger(index) && index >= 0 ? source[index] : undefined;
  }
  return source instanceof RegoSet || source instanceof RegoMap ? source.get(key) : undefined;
}

/** `get` by a text. */
export function dot(source: Value | undefined, key: string): Value | undefined {
  if (typeof source !== 'object' || source === null || isArray(source)) return undefined;
  if (source instanceof Exotic) {
    return source instanceof RegoSet || source instanceof RegoMap ? source.get(key) : undefined;
  }
  // An own property only: `constructor` and `__proto__` are keys like any other.
  return Object.hasOwn(source, key) ? source[key] : undefined;
}

/** What objects and lists inherit, and what the classes here hold of their own: as a key, only `dot` reads these. */
const INHERITED = new Set(
  [{}, [], new RegoSet(), new RegoMap(), new Decimal(0n, 0)].flatMap((value) => [
    ...Object.getOwnPropertyNames(value),
    ...Object.getOwnPropertyNames(Object.getPrototypeOf(value)),
  ]),
);

/**
 * Whether a plain load of this key from an object or list gives what `dot` gives, sets and maps aside (`exotic`).
 * INVARIANT: nothing that a value inherits is ever taken for what it holds.
 */
export function isPlainName(key: unknown): key is string {
  return typeof key === 'string' && !INHERITED.has(key) && !/^\d/.test(key);
}

/** What `dot` gives where a plain load found nothing. */
export function exotic(source: Value | undefined, key: string): Value | undefined {
  return source instanceof RegoSet || source instanceof RegoMap ? source.get(key) : undefined;
}

/** `get` where the key is known to be there. */
export function lookUp(source: Value, key: Value): Value {
  const value = get(source, key);
  if (value === undefined) throw new RangeError('a key of a value is not there');
  return value;
}

/** Keys of an object in Rego's order. */
export function keys(object: PlainObject | RegoMap): readonly Value[] {
  spend(1);
  const found = object instanceof RegoMap ? [...object.entries.values()].map(([key]) => key) : Object.keys(object);
  if (found.length > 1) spend(found.length);
  return object instanceof RegoMap ? found.sort(compare) : (found as string[]).sort(compareStrings);
}

/** What an iteration walks through: null means the positions of an array, an empty list a scalar. */
export function scanKeys(source: Value | undefined): readonly Value[] | null {
  if (typeof source !== 'object' || source === null || source instanceof Decimal) return [];
  if (isArray(source)) return null;
  return source instanceof RegoSet ? source.sorted() : keys(source);
}

export function size(value: PlainObject | RegoMap | RegoSet): number {
  if (value instanceof RegoSet) return value.size;
  return value instanceof RegoMap ? value.entries.size : Object.keys(value).length;
}

/** An object that is being built; see `insert`. */
export type Building = Record<string, Value> | RegoMap;

/** Puts a key into an object that is being built and gives the object back, which a first key that is no string changes. */
export function insert(object: Building, key: Value, value: Value): Building {
  if (object instanceof RegoMap) {
    object.set(key, value);
    return object;
  }
  if (typeof key === 'string') {
    put(object, key, value);
    return object;
  }
  const wider = new RegoMap();
  for (const old of Object.keys(object)) wider.set(old, lookUp(object, old));
  wider.set(key, value);
  return wider;
}

/** DANGER: an assignment to `__proto__` would change what the object inherits instead of what it holds. */
export function put<Held>(object: Record<string, Held>, key: string, value: Held): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[key] = value;
  }
}

export function fromEntries(entries: Iterable<readonly [Value, Value]>): PlainObject | RegoMap {
  let object: Building = {};
  for (const [key, value] of entries) object = insert(object, key, value);
  return object;
}

/** Pairs of an object in Rego's order of keys. */
export function entriesOf(object: PlainObject | RegoMap): (readonly [Value, Value])[] {
  return keys(object).map((key) => [key, lookUp(object, key)]);
}

export function equal(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  // Two different scalars of JavaScript are two different values of Rego.
  if ((typeof a !== 'object' || a === null) && (typeof b !== 'object' || b === null)) return false;
  return compare(a, b) === 0;
}

function rank(value: Value): number {
  if (value === null) return 0;
  if (typeof value === 'boolean') return 1;
  if (typeof value === 'number' || value instanceof Decimal) return 2;
  if (typeof value === 'string') return 3;
  if (isArray(value)) return 4;
  return value instanceof RegoSet ? 6 : 5;
}

/** Rego's order over all values: null, booleans, numbers, strings, arrays, objects, sets. */
export function compare(a: Value, b: Value): number {
  if (a === b) return 0;
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  const rankA = rank(a);
  const rankB = rank(b);
  if (rankA !== rankB) return rankA < rankB ? -1 : 1;
  if (isArray(a) && isArray(b)) return compareLists(a, b);
  if (a instanceof RegoSet && b instanceof RegoSet) return compareLists(a.sorted(), b.sorted());
  if (isRegoObject(a) && isRegoObject(b)) return compareObjects(a, b);
  if (typeof a === 'boolean') return a ? 1 : -1;
  return compareNumbers(a as Numeric, b as Numeric);
}

/** Of two lists that are compared. */
const MEMBERS_PER_STEP = 8;

function compareLists(a: readonly Value[], b: readonly Value[]): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (i % MEMBERS_PER_STEP === 0) spend(1);
    const order = compare(a[i] as Value, b[i] as Value);
    if (order !== 0) return order;
  }
  return Math.sign(a.length - b.length);
}

function compareObjects(a: PlainObject | RegoMap, b: PlainObject | RegoMap): number {
  const keysA = keys(a);
  const keysB = keys(b);
  const shared = Math.min(keysA.length, keysB.length);
  for (let i = 0; i < shared; i++) {
    const keyA = keysA[i] as Value;
    const keyB = keysB[i] as Value;
    const order = compare(keyA, keyB) || compare(lookUp(a, keyA), lookUp(b, keyB));
    if (order !== 0) return order;
  }
  return Math.sign(keysA.length - keysB.length);
}

const CHARACTERS_PER_STEP = 64;

/** By code point, as OPA does on UTF-8; JavaScript's own order differs beyond U+FFFF. */
export function compareStrings(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (i % CHARACTERS_PER_STEP === CHARACTERS_PER_STEP - 1) spend(1);
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      const surrogateX = (x & 0xf800) === 0xd800;
      const surrogateY = (y & 0xf800) === 0xd800;
      if (surrogateX !== surrogateY) return surrogateX ? 1 : -1;
      return x < y ? -1 : 1;
    }
  }
  return Math.sign(a.length - b.length);
}
