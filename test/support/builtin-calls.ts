/** Each builtin of capabilities.json as a rule of its own, asked by the positions of its arguments in lists of odd values. */
import { FEW_VALUES, ODD_TEXTS, ODD_VALUES } from './odd-values.ts';

export interface Call {
  /** Package of its rule `out`. */
  readonly id: string;
  readonly name: string;
  /** Values that its arguments are taken from, and the name of that list in Rego. */
  readonly values: readonly string[];
  readonly list: string;
  readonly arity: number;
  /** The body of the rule, which leaves the outcome in `r`. */
  readonly body: string;
  readonly shown: (input: Positions) => string;
}

/** Positions of the arguments `a`, `b` and `c`. */
export type Positions = Readonly<Record<string, number>>;

interface Capabilities {
  readonly builtins: readonly {
    readonly name: string;
    readonly decl: { readonly args?: readonly { type: string }[] };
  }[];
}

const LISTS: Readonly<Record<string, readonly string[]>> = { odd: ODD_VALUES, few: FEW_VALUES, texts: ODD_TEXTS };
const ARGUMENTS = ['a', 'b', 'c'];
/** Rewritten by the compiler, or about the policy instead of a value. */
const NOT_CALLED = new Set(['assign', 'eq', 'rego.metadata.chain', 'rego.metadata.rule']);
/** Gone from Rego v1, but a policy in v0 may still call them. */
const ONLY_V0 = new Set(['all', 'any', 're_match', 'net.cidr_overlap', 'set_diff']);
const INFIX: Readonly<Record<string, string>> = {
  and: '&',
  or: '|',
  minus: '-',
  plus: '+',
  mul: '*',
  div: '/',
  rem: '%',
  equal: '==',
  neq: '!=',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
};

/** What the language does without a call. */
const CONSTRUCTS: readonly { readonly name: string; readonly arity: number; readonly body: string }[] = [
  { name: 'index', arity: 2, body: 'r := A[B]' },
  { name: 'scan', arity: 1, body: 'r := [[k, x] | x := A[k]]' },
  { name: 'some in', arity: 1, body: 'r := [[k, x] | some k, x in A]' },
  { name: 'every', arity: 1, body: 'r := [1 | every x in A { x }]' },
  { name: 'object', arity: 2, body: 'r := {k: x | k := A; x := B}' },
  { name: 'set', arity: 2, body: 'r := {A, B}' },
  { name: 'negation', arity: 2, body: 'r := [x | x := 1; not A == B]' },
  { name: 'unify', arity: 2, body: 'r := [x | [A, x] = [B, A]]' },
  { name: 'destructure', arity: 1, body: 'r := [[p, q] | [p, q] := A]' },
  { name: 'argument', arity: 2, body: 'r := f(A, B)' },
];

export function callsOf({ builtins }: Capabilities): readonly Call[] {
  const called = builtins
    .filter(({ name }) => !NOT_CALLED.has(name))
    .map(({ name, decl: { args = [] } }) => {
      const list = args.length > 2 ? 'few' : args[0]?.type === 'string' ? 'texts' : 'odd';
      return { name, list, arity: args.length, body: `r := ${written(name, ARGUMENTS.slice(0, args.length))}` };
    });
  return [...called, ...CONSTRUCTS.map((construct) => ({ ...construct, list: 'odd' }))].map((call, i) => {
    const values = LISTS[call.list] ?? [];
    const shown = (input: Positions): string =>
      `${call.name}(${ARGUMENTS.slice(0, call.arity).map((name) => values[input[name] ?? 0])})`;
    return { ...call, id: `call${i}`, values, shown };
  });
}

/** `name` and text of each module. */
export function modulesOf(calls: readonly Call[]): readonly (readonly [string, string])[] {
  const lists = Object.entries(LISTS).map(([name, values]) => `${name} := [${values.join(',\n')}]`);
  return [
    ['values', ['package values', 'import rego.v1', ...lists].join('\n')],
    ...calls.map(({ id, name, list, body }): readonly [string, string] => {
      const placed = body.replace(/\b[ABC]\b/g, (letter) => `data.values.${list}[input.${letter.toLowerCase()}]`);
      const head = `out := {"is": type_name(r), "value": r}`;
      const rules = ONLY_V0.has(name)
        ? [`${head} { ${placed} }`]
        : [
            'import rego.v1',
            `${head} if { ${placed} }`,
            'f(x, y) := 1 if { x } else := 2 if { not x; y } else := 3 if { x == y } else := 4',
          ];
      return [id, [`package ${id}`, ...rules].join('\n')];
    }),
  ];
}

/** Every combination of its arguments. */
export function asked({ name, arity, values }: Call): readonly Positions[] {
  const all = ARGUMENTS.slice(0, arity).reduce<readonly Positions[]>(
    (found, argument) => found.flatMap((before) => values.map((_, i) => ({ ...before, [argument]: i }))),
    [{}],
  );
  // DANGER: the Wasm never comes back from replacing an empty text.
  if (name === 'replace') return all.filter(({ b = 0 }) => values[b] !== '""');
  if (name === 'strings.replace_n') return all.filter(({ a = 0 }) => values[a]?.includes('""') === false);
  return all;
}

function written(name: string, args: readonly string[]): string {
  const [a = '', b = '', c = ''] = args.map((argument) => argument.toUpperCase());
  const infix = INFIX[name];
  if (infix !== undefined) return `${a} ${infix} ${b}`;
  if (name === 'internal.member_2') return `${a} in ${b}`;
  if (name === 'internal.member_3') return `${a}, ${b} in ${c}`;
  if (name === 'walk') return `[x | walk(${a}, x)]`;
  return `${name}(${[a, b, c].filter((argument) => argument !== '').join(', ')})`;
}
