import { createHash } from 'node:crypto';
import { asTerm, getBase } from './base-data.ts';
import type { Builtin } from './builtins/budget.ts';
import { BUILTINS } from './builtins/builtins.ts';
import { readNumber } from './exact-numbers.ts';
import { type GeneratedCode, generateCode } from './generate-code.ts';
import { type Plan, PlanRefused, readPlan } from './plan-shape.ts';
import { refuseUnsound } from './plan-soundness.ts';
import {
  type Building,
  dot,
  entriesOf,
  equal,
  exotic,
  fromEntries,
  get,
  insert,
  isArray,
  isPlain,
  isRegoObject,
  type PlainObject,
  put,
  RegoMap,
  RegoSet,
  scanKeys,
  size,
  type Value,
} from './values.ts';
import { onBudget, spend } from './work.ts';

/** A policy in JavaScript. It holds nothing that an evaluation could change, so any number of them may share it. */
export interface CompiledPlan {
  readonly entrypoints: readonly string[];
  /**
   * The value at an entrypoint of `opa build -e`; undefined where the policy has none.
   * `input` and `data` are values as `JSON.parse` makes them and are never changed.
   * Throws `PlanFailed` for a conflict or when the steps are used up, and whatever the machine throws when its stack or memory is.
   */
  evaluate(entrypoint: string, input: Value | undefined, data: PlainObject): Value | undefined;
  /** All answers to a query: one object of bindings each, without duplicates. */
  query(entrypoint: string, input: Value | undefined, data: PlainObject): readonly Value[];
}

export interface PlanOptions {
  /** Calls of a rule, turns of a loop and units of work in a builtin that one evaluation may take. */
  readonly maxSteps: number;
  /** What a call of a builtin runs; by default Rego's own. */
  readonly builtins?: Readonly<Record<string, Builtin>>;
}

/** The evaluation has no answer: a conflict between rules, or a policy that takes more steps than it may. */
export class PlanFailed extends Error {
  override name = 'PlanFailed';
}

/** What one evaluation owns. */
interface Evaluation {
  fuel: number;
  /** Values of rules without arguments, by their position; `with` puts an empty one in its place for a while. */
  memo: unknown[];
  /** Values that `with` has put among the data. */
  terms: WeakSet<object> | undefined;
  readonly results: Value[];
  exhausted(): never;
  spend(steps: number): void;
}

type Entry = (evaluation: Evaluation, input: Value | undefined, data: Value) => void;

/** A plan made into code, but not into functions yet; may be handed from one thread to another. */
export interface PreparedPlan {
  readonly code: GeneratedCode;
  /** Of all that functions are made of. Taken here, for whoever makes the functions has no time. */
  readonly digest: string;
  readonly entrypoints: readonly string[];
  readonly files: readonly string[];
  readonly rules: number;
}

/** Throws `PlanRefused` for a plan that does not keep its schema or that calls a builtin which this engine does not have. */
export function preparePlan(json: unknown): PreparedPlan {
  return prepareRead(readServedPlan(json));
}

/** The first half of it: a plan that this engine can serve. */
export function readServedPlan(json: unknown): Plan {
  const plan = readPlan(json);
  const missing = [...plan.builtins.keys()].filter((name) => !Object.hasOwn(BUILTINS, name));
  if (missing.length > 0) {
    throw new PlanRefused(`plan.json: builtin functions that this engine does not have: ${missing.join(', ')}`);
  }
  for (const [name, args] of plan.builtins) {
    // Its first argument is the budget.
    if (BUILTINS[name]?.length !== args + 1) {
      throw new PlanRefused(`plan.json: ${name} does not take ${args} arguments`);
    }
  }
  refuseUnsound(plan);
  return plan;
}

/** The second half of it. */
export function prepareRead(plan: Plan): PreparedPlan {
  const code = generateCode(plan);
  const entrypoints = plan.entrypoints.map(({ name }) => name);
  const rest = JSON.stringify([code.builtins, code.numbers, [...code.paths], entrypoints, plan.files]);
  const digest = createHash('sha256').update(code.text).update(rest).digest('base64');
  return { code, digest, entrypoints, files: plan.files, rules: plan.functions.length };
}

/** Both steps at once. */
export function compilePlan(json: unknown, options: PlanOptions): CompiledPlan {
  return linkPlan(preparePlan(json), options);
}

/** Throws `EvalError` where Node forbids to generate code (`--disallow-code-generation-from-strings`). */
export function linkPlan(plan: PreparedPlan, { maxSteps, builtins = BUILTINS }: PlanOptions): CompiledPlan {
  const byName = builtins === BUILTINS ? sharedFunctions(plan) : makeFunctions(plan, builtins);
  const query = (entrypoint: string, input: Value | undefined, data: PlainObject): readonly Value[] => {
    const entry = byName.get(entrypoint);
    if (entry === undefined) throw new PlanFailed('the plan has no such entrypoint');
    refuseInheritance();
    const evaluation = newEvaluation(plan.rules, maxSteps);
    return onBudget(evaluation, () => {
      entry(evaluation, input, data);
      const { results } = evaluation;
      return results.length > 1 ? RegoSet.of(results).sorted() : results;
    });
  };
  return {
    entrypoints: [...byName.keys()],
    query,
    evaluate: (entrypoint, input, data) => get(query(entrypoint, input, data)[0], 'result'),
  };
}

type EntryByName = ReadonlyMap<string, Entry>;

/** Functions of policies that are still in use, by their digest. */
const inUse = new Map<string, WeakRef<EntryByName>>();

/**
 * A release that changes data and no rule goes on with the functions that it finds: the machine has made those fast, and new
 * ones would need many decisions for it. They hold nothing of an evaluation, nor of the data.
 */
function sharedFunctions(plan: PreparedPlan): EntryByName {
  for (const [key, functions] of inUse) if (functions.deref() === undefined) inUse.delete(key);
  const found = inUse.get(plan.digest)?.deref();
  if (found !== undefined) return found;
  const made = makeFunctions(plan, BUILTINS);
  inUse.set(plan.digest, new WeakRef(made));
  return made;
}

function makeFunctions(plan: PreparedPlan, known: Readonly<Record<string, Builtin>>): EntryByName {
  const { code } = plan;
  const runTime = {
    asTerm,
    dot,
    exotic,
    get,
    getBase,
    equal,
    isArray,
    isRegoObject,
    scanKeys,
    insert,
    merge,
    upsert,
    lengthOf,
    RegoSet,
    /** Stands in the memory for a rule that was evaluated and is undefined. */
    NONE: Symbol('undefined'),
    dynamic: (path: readonly Value[]) => code.paths.get(JSON.stringify(path)),
    insertOnce(object: Building, key: Value, value: Value, file: number, row: number, col: number): Building {
      const old = get(object, key);
      if (old === undefined) return insert(object, key, value);
      return equal(old, value) ? object : conflict(file, row, col, 'object keys must be unique');
    },
    conflict(file: number, row: number, col: number): never {
      return conflict(file, row, col, 'complete rules must not produce multiple outputs');
    },
  };

  function conflict(file: number, row: number, col: number, what: string): never {
    throw new PlanFailed(`${plan.files[file] ?? 'policy'}:${row}:${col}: ${what}`);
  }

  const builtins = code.builtins.map((name) => known[name]);
  const numbers = code.numbers.map(readNumber);
  const entries: readonly Entry[] = new Function('R', 'B', 'K', code.text)(runTime, builtins, numbers);
  return new Map(plan.entrypoints.flatMap((name, i) => (entries[i] === undefined ? [] : [[name, entries[i]]])));
}

/**
 * INVARIANT: no value has a member that it only inherits. Should anything in this process have added one to
 * `Object.prototype` or to that of lists, then every question would seem to hold it, so none is answered.
 */
function refuseInheritance(): void {
  for (const name in BARE) throw new PlanFailed(`all values of this process have a member ${name.slice(0, 40)}`);
}

const BARE: readonly never[] = [];

function newEvaluation(rules: number, maxSteps: number): Evaluation {
  return {
    fuel: maxSteps,
    memo: new Array(rules),
    terms: undefined,
    results: [],
    exhausted() {
      throw new PlanFailed(`the policy takes more than ${maxSteps} steps`);
    },
    spend(steps) {
      this.fuel -= steps;
      if (this.fuel < 0) this.exhausted();
    },
  };
}

/** Both documents together; where both say something else, the first counts. */
function merge(a: Value | undefined, b: Value): Value {
  if (a === undefined) return b;
  if (!isRegoObject(a) || !isRegoObject(b)) return a;
  const own = entriesOf(a).map(([key, value]): readonly [Value, Value] => {
    const other = get(b, key);
    return [key, other === undefined ? value : merge(value, other)];
  });
  return fromEntries([...own, ...entriesOf(b).filter(([key]) => get(a, key) === undefined)]);
}

/** A copy of a document with a value at a path; what is no object on the way is replaced by one. */
function upsert(document: Value | undefined, path: readonly string[], value: Value): Value {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const replaced = rest.length === 0 ? value : upsert(get(isRegoObject(document) ? document : {}, key), rest, value);
  if (document instanceof RegoMap) return fromEntries([...document.entries.values(), [key, replaced]]);
  // A spread copies `__proto__` as the key that it is.
  const copy: Record<string, Value> = isPlain(document) ? { ...document } : {};
  spend(1 + Object.keys(copy).length);
  put(copy, key, replaced);
  return copy;
}

function lengthOf(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (isArray(value)) return value.length;
  return value instanceof RegoSet || isRegoObject(value) ? size(value) : 0;
}
