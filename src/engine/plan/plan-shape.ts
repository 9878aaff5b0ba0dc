import type { Json } from '../../decision/model.ts';
import { isObject } from '../../decision/model.ts';

/**
 * OPA's intermediate representation (plan.json), read from `unknown` and checked as its JSON Schema
 * (`v1/ir/plan.schema.json` of the OPA module) demands: nothing missing, nothing unknown, every index in range.
 * INVARIANT: code is generated only from what `readPlan` returns.
 */
export interface Plan {
  readonly entrypoints: readonly { readonly name: string; readonly blocks: readonly Block[] }[];
  readonly functions: readonly PlannedFunction[];
  /** Builtin functions that the plan calls: name → number of arguments. */
  readonly builtins: ReadonlyMap<string, number>;
  readonly files: readonly string[];
}

export interface PlannedFunction {
  readonly name: string;
  readonly params: readonly number[];
  readonly blocks: readonly Block[];
  /** Where a dynamic call finds it; empty for none. */
  readonly path: readonly string[];
}

export interface Block {
  readonly statements: readonly Statement[];
}

/** A variable of a function (a number), or a constant. */
export type Operand =
  | { readonly kind: 'local'; readonly local: number }
  | { readonly kind: 'constant'; readonly value: string | boolean };

/** Place in the policy's source; `file` is an index into `Plan.files`. */
export interface SourcePlace {
  readonly file: number;
  readonly row: number;
  readonly col: number;
}

interface FieldTypes {
  local: number;
  locals: readonly number[];
  operand: Operand;
  operands: readonly Operand[];
  integer: number;
  name: string;
  /** Indexes into the plan's strings, read as those strings. */
  string: string;
  strings: readonly string[];
  block: Block;
  blocks: readonly Block[];
}

/** The kinds of statement and what each holds besides its place. The same table types them and checks them. */
export const STATEMENTS = {
  ArrayAppendStmt: { array: 'local', value: 'operand' },
  AssignIntStmt: { target: 'local', value: 'integer' },
  AssignVarOnceStmt: { source: 'operand', target: 'local' },
  AssignVarStmt: { source: 'operand', target: 'local' },
  BlockStmt: { blocks: 'blocks' },
  BreakStmt: { index: 'integer' },
  CallDynamicStmt: { args: 'locals', path: 'operands', result: 'local' },
  CallStmt: { args: 'operands', func: 'name', result: 'local' },
  DotStmt: { key: 'operand', source: 'operand', target: 'local' },
  EqualStmt: { a: 'operand', b: 'operand' },
  IsArrayStmt: { source: 'operand' },
  IsDefinedStmt: { source: 'local' },
  IsObjectStmt: { source: 'operand' },
  IsSetStmt: { source: 'operand' },
  IsUndefinedStmt: { source: 'local' },
  LenStmt: { source: 'operand', target: 'local' },
  MakeArrayStmt: { capacity: 'integer', target: 'local' },
  MakeNullStmt: { target: 'local' },
  MakeNumberIntStmt: { target: 'local', value: 'integer' },
  MakeNumberRefStmt: { index: 'string', target: 'local' },
  MakeObjectStmt: { target: 'local' },
  MakeSetStmt: { target: 'local' },
  NopStmt: {},
  NotEqualStmt: { a: 'operand', b: 'operand' },
  NotStmt: { block: 'block' },
  ObjectInsertOnceStmt: { key: 'operand', object: 'local', value: 'operand' },
  ObjectInsertStmt: { key: 'operand', object: 'local', value: 'operand' },
  ObjectMergeStmt: { a: 'local', b: 'local', target: 'local' },
  ResetLocalStmt: { target: 'local' },
  ResultSetAddStmt: { value: 'local' },
  ReturnLocalStmt: { source: 'local' },
  ScanStmt: { block: 'block', key: 'local', source: 'local', value: 'local' },
  SetAddStmt: { set: 'local', value: 'operand' },
  WithStmt: { block: 'block', local: 'local', path: 'strings', value: 'operand' },
} as const satisfies Record<string, Record<string, keyof FieldTypes>>;

type Kinds = typeof STATEMENTS;
export type Statement = {
  [Kind in keyof Kinds]: { readonly type: Kind; readonly place: SourcePlace } & {
    readonly [Field in keyof Kinds[Kind]]: Kinds[Kind][Field] extends keyof FieldTypes
      ? FieldTypes[Kinds[Kind][Field]]
      : never;
  };
}[keyof Kinds];

/** The plan is not one that this engine can serve. Its message names the place in plan.json and what is wrong. */
export class PlanRefused extends Error {
  override name = 'PlanRefused';
}

/** Members that every statement has. */
const PLACE = ['file', 'row', 'col', 'end_row', 'end_col'];
/** Locals beyond this are no policy but an attempt to fill the memory. */
export const MOST_LOCALS = 1_000_000;
/** Blocks within blocks, arguments of a function, and steps of a path that `with` replaces. */
const MOST_BLOCKS = 500;
const MOST_ARGUMENTS = 500;

export function readPlan(plan: unknown): Plan {
  const root = object(plan, '', ['static', 'plans', 'funcs'], ['unplanned_rules']);
  const statics = object(root.static, '/static', [], ['strings', 'builtin_funcs', 'files']);
  const texts = (list: 'strings' | 'files'): string[] =>
    array(statics[list], `/static/${list}`).map((entry, i) => {
      const at = `/static/${list}/${i}`;
      return string(object(entry, at, ['value']).value, `${at}/value`);
    });
  const files = texts('files');
  const read = reader(texts('strings'), files.length);

  const builtins = new Map<string, number>();
  array(statics.builtin_funcs, '/static/builtin_funcs').forEach((entry, i) => {
    const at = `/static/builtin_funcs/${i}`;
    const { name, decl } = object(entry, at, ['name', 'decl']);
    const args = isObject(decl) ? array(decl.args, `${at}/decl/args`) : [];
    if (builtins.has(string(name, `${at}/name`))) refuse(at, 'is a name that was used before');
    builtins.set(string(name, `${at}/name`), args.length);
  });

  const functions = array(object(root.funcs, '/funcs', ['funcs']).funcs, '/funcs/funcs').map((entry, i) => {
    const at = `/funcs/funcs/${i}`;
    const f = object(entry, at, ['name', 'params', 'return', 'blocks'], ['path']);
    local(f.return, `${at}/return`);
    const params = array(f.params, `${at}/params`).map((p, j) => local(p, `${at}/params/${j}`));
    if (params.length > MOST_ARGUMENTS) refuse(`${at}/params`, `are more than ${MOST_ARGUMENTS}`);
    if (new Set(params).size !== params.length) refuse(`${at}/params`, 'names a parameter twice');
    return {
      name: string(f.name, `${at}/name`),
      params,
      blocks: read.blocks(f.blocks, `${at}/blocks`),
      path: array(f.path, `${at}/path`).map((p, j) => string(p, `${at}/path/${j}`)),
    };
  });
  unique(functions, '/funcs/funcs');

  const entrypoints = array(object(root.plans, '/plans', ['plans']).plans, '/plans/plans').map((entry, i) => {
    const at = `/plans/plans/${i}`;
    const p = object(entry, at, ['name', 'blocks']);
    return { name: string(p.name, `${at}/name`), blocks: read.blocks(p.blocks, `${at}/blocks`) };
  });
  unique(entrypoints, '/plans/plans');
  return { entrypoints, functions, builtins, files };
}

function reader(strings: readonly string[], files: number) {
  const indexed = (value: unknown, at: string): string => {
    const text = strings[integer(value, at)];
    return text ?? refuse(at, 'is no index into /static/strings');
  };

  const operand = (value: unknown, at: string): Operand => {
    const { type, value: held } = object(value, at, ['type', 'value']);
    if (type === 'local') return { kind: 'local', local: local(held, `${at}/value`) };
    if (type === 'string_index') return { kind: 'constant', value: indexed(held, `${at}/value`) };
    if (type === 'bool' && typeof held === 'boolean') return { kind: 'constant', value: held };
    return refuse(at, 'is no operand that this engine knows');
  };

  let depth = 0;
  const block = (value: unknown, at: string): Block => {
    depth += 1;
    if (depth > MOST_BLOCKS) refuse('', `nests blocks more than ${MOST_BLOCKS} deep`);
    const statements = array(object(value, at, ['stmts']).stmts, `${at}/stmts`).map((s, i) =>
      statement(s, `${at}/stmts/${i}`),
    );
    depth -= 1;
    return { statements };
  };
  const blocks = (value: unknown, at: string): Block[] => array(value, at).map((b, i) => block(b, `${at}/${i}`));

  const fields: { readonly [Type in keyof FieldTypes]: (value: unknown, at: string) => FieldTypes[Type] } = {
    local,
    locals: (value, at) => array(value, at).map((l, i) => local(l, `${at}/${i}`)),
    operand,
    operands: (value, at) => array(value, at).map((o, i) => operand(o, `${at}/${i}`)),
    integer,
    name: string,
    string: indexed,
    strings: (value, at) => {
      const path = array(value, at).map((s, i) => indexed(s, `${at}/${i}`));
      return path.length > MOST_ARGUMENTS ? refuse(at, `has more than ${MOST_ARGUMENTS} steps`) : path;
    },
    block,
    blocks,
  };

  const statement = (value: unknown, at: string): Statement => {
    const { type, stmt } = object(value, at, ['type', 'stmt']);
    if (typeof type !== 'string' || !Object.hasOwn(STATEMENTS, type)) {
      return refuse(`${at}/type`, 'is no kind of statement that this engine knows');
    }
    const kinds: Readonly<Record<string, keyof FieldTypes>> = STATEMENTS[type as keyof Kinds];
    // OPA writes the one field `Index` of MakeNumberRefStmt with a capital.
    const source = type === 'MakeNumberRefStmt' && isObject(stmt) && 'Index' in stmt ? lowerIndex(stmt) : stmt;
    const held = object(source, `${at}/stmt`, [...PLACE, ...Object.keys(kinds)]);
    for (const name of PLACE) natural(held[name], `${at}/stmt/${name}`);
    const place = (name: string): number => natural(held[name], `${at}/stmt/${name}`);
    const result: Record<string, unknown> = {
      type,
      place: { file: place('file'), row: place('row'), col: place('col') },
    };
    if (place('file') >= Math.max(files, 1)) refuse(`${at}/stmt/file`, 'is no index into /static/files');
    for (const [name, kind] of Object.entries(kinds)) result[name] = fields[kind](held[name], `${at}/stmt/${name}`);
    return result as Statement;
  };

  return { blocks };
}

function lowerIndex(statement: Readonly<Record<string, Json>>): Record<string, unknown> {
  const { Index, ...rest } = statement;
  return { ...rest, index: Index };
}

function refuse(at: string, what: string): never {
  throw new PlanRefused(`plan.json: ${at === '' ? 'the document' : at} ${what}`);
}

function object(
  value: unknown,
  at: string,
  required: readonly string[],
  optional: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  if (!isObject(value)) return refuse(at, 'must be an object');
  for (const name of required) if (!Object.hasOwn(value, name)) refuse(at, `misses ${name}`);
  for (const name of Object.keys(value)) {
    if (!required.includes(name) && !optional.includes(name)) refuse(at, `has a member that its schema does not know`);
  }
  return value;
}

/** A list; OPA writes null, or nothing at all, for an empty one. */
function array(value: unknown, at: string): readonly unknown[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : refuse(at, 'must be a list');
}

function string(value: unknown, at: string): string {
  return typeof value === 'string' ? value : refuse(at, 'must be a string');
}

function integer(value: unknown, at: string): number {
  return Number.isSafeInteger(value) ? (value as number) : refuse(at, 'must be an integer within 2^53');
}

function natural(value: unknown, at: string): number {
  const n = integer(value, at);
  return n >= 0 ? n : refuse(at, 'must not be negative');
}

function local(value: unknown, at: string): number {
  const index = integer(value, at);
  return index >= 0 && index < MOST_LOCALS ? index : refuse(at, 'is no variable');
}

function unique(list: readonly { readonly name: string }[], at: string): void {
  if (new Set(list.map((entry) => entry.name)).size !== list.length) refuse(at, 'uses a name twice');
}
