/** Plans written by hand, for what no compiler would write or what it would seldom write. */
import { compilePlan } from '../../src/engine/plan/compile-plan.ts';
import { plainJson } from '../../src/engine/plan/plain-json.ts';
import type { PlainObject, Value } from '../../src/engine/plan/values.ts';

const PLACE = { file: 0, row: 7, col: 3, end_row: 7, end_col: 9 };
export const INPUT = 0;
export const DATA = 1;

export type Statement = ReturnType<typeof s>;
export function s(type: string, fields: Record<string, unknown> = {}) {
  return { type, stmt: { ...fields, ...PLACE } };
}
export const local = (value: number) => ({ type: 'local', value });
export const text = (value: number) => ({ type: 'string_index', value });
export const bool = (value: boolean) => ({ type: 'bool', value });

export interface Parts {
  readonly strings?: readonly string[];
  readonly statements: readonly Statement[];
  readonly funcs?: readonly unknown[];
  readonly builtins?: readonly { name: string; args: number }[];
  readonly entrypoint?: string;
  readonly file?: string;
}

/** A plan with one entrypoint that answers with local 9. */
export function planOf({
  strings = [],
  statements,
  funcs = [],
  builtins = [],
  entrypoint = 'e',
  file = 'p.rego',
}: Parts) {
  const answer = strings.length;
  const result = [
    s('MakeObjectStmt', { target: 10 }),
    s('ObjectInsertStmt', { key: text(answer), value: local(9), object: 10 }),
    s('ResultSetAddStmt', { value: 10 }),
  ];
  return {
    static: {
      strings: [...strings, 'result'].map((value) => ({ value })),
      files: [{ value: file }],
      builtin_funcs: builtins.map(({ name, args }) => ({ name, decl: { args: Array(args).fill({ type: 'any' }) } })),
    },
    plans: { plans: [{ name: entrypoint, blocks: [{ stmts: [...statements, ...result] }] }] },
    funcs: { funcs },
  };
}

export function answer(parts: Parts, input?: Value, data: PlainObject = {}, maxSteps = 1000): unknown {
  const value = compilePlan(planOf(parts), { maxSteps }).evaluate(parts.entrypoint ?? 'e', input, data);
  return value === undefined ? undefined : plainJson(value);
}
