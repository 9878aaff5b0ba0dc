/**
 * Small policies over null, false and what is undefined: values of every kind in every place, keys that are no strings, any builtin with
 * anything, rules of every form, and `with` over all of it. Each value passes through `id`, which hides its type from the compiler.
 */
import fc from 'fast-check';
import { FEW_VALUES, ODD_VALUES } from './odd-values.ts';

interface Body {
  readonly statements: readonly string[];
  /** Names that hold behind them. */
  readonly scope: readonly string[];
}

const MOST_DEPTH = 3;
const KEYS = ['"a"', '"b"', '""', '0', '1', 'null', 'false', '["a"]', '{"a"}', '{"a": null}'];
const SHALLOW = ['a', 'b', 'n', 'flag', 'list'];
const MEMBERS = [...SHALLOW, 'deep'];
const PREDICATES = ['is_null', 'is_boolean', 'is_number', 'is_string', 'is_array', 'is_object', 'is_set'];
const ONE_ARGUMENT = [
  ...['count', 'sum', 'product', 'max', 'min', 'sort', 'type_name', 'object.keys', 'object.union_n', 'array.reverse'],
  ...['to_number', 'abs', 'round', 'json.marshal', 'lower', 'trim_space', 'strings.reverse', 'union', 'intersection'],
];
const OF_HOLDERS = ['object.union', 'object.remove', 'object.filter', 'json.filter', 'json.remove'];
const TWO_ARGUMENTS = [
  ...OF_HOLDERS,
  ...[
    'array.concat',
    'concat',
    'startswith',
    'contains',
    'split',
    'trim',
    'graph.reachable',
    'regex.match',
    'format_int',
  ],
];

/** Modules of `count` packages, named `p0` and on. */
export function oddPolicies(count: number): fc.Arbitrary<readonly string[]> {
  return fc.gen().map((g) => {
    const draw = (limit: number) => g(fc.nat, { max: limit - 1 });
    return Array.from({ length: count }, (_, i) => policy(`p${i}`, draw));
  });
}

const scalar = fc.constantFrom(null, null, false, true, 0, 1, -1, '', 'a', 'b');
const nested = fc.oneof(
  { weight: 3, arbitrary: scalar },
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('a', 'b', '', '0', '__proto__'), scalar, { maxKeys: 3 }),
);

/** Inputs with the members that the policies look at, each of any type or not there. */
export const oddInputs: fc.Arbitrary<Record<string, fc.JsonValue>> = fc.record(
  {
    a: nested,
    b: nested,
    n: scalar,
    flag: fc.constantFrom(true, false, null),
    list: fc.oneof(fc.array(nested, { maxLength: 3 }), nested),
    deep: fc.dictionary(fc.constantFrom('a', 'b', 'list', ''), nested, { maxKeys: 3 }),
  },
  { requiredKeys: [] },
);

/** What `data` holds for all of them. */
export const ODD_DATA = {
  d: { a: null, b: false, '': 0, n: 1, list: [null, false, ['a']], deep: { a: { a: null }, b: null, '1': 'one' } },
};

function policy(name: string, draw: (limit: number) => number): string {
  const one = <Choice>(choices: readonly Choice[]): Choice => {
    const choice = choices[draw(choices.length)];
    if (choice === undefined) throw new Error('nothing to choose from');
    return choice;
  };
  const pick = <Choice>(...choices: readonly (() => Choice)[]): Choice => one(choices)();
  let names = 0;
  const fresh = (): string => `v${names++}`;
  /** Rules that are there already, so that none depends on itself. */
  const rules: string[] = [];

  const leaf = (scope: readonly string[]): string =>
    pick(
      () => `input.${one(MEMBERS)}`,
      () => `input.${one(MEMBERS)}`,
      () => `data.d.${one(MEMBERS)}`,
      () => `id(${one(ODD_VALUES)})`,
      () => `id(${one(FEW_VALUES)})`,
      () => one(['null', 'false', 'true', '0', '""', '"a"', '[]', '{}', 'set()']),
      () => (scope.length > 0 ? one(scope) : 'input.n'),
      () => (scope.length > 0 ? one(scope) : 'input.a'),
      () => (rules.length > 0 ? `id(${one(rules)})` : 'input.b'),
    );

  /** What holds null under a key, more often than not. */
  const holder = (): string =>
    pick(
      () => 'input.deep',
      () => 'data.d',
      () => 'data.d.deep',
      () =>
        one(['{"a": null}', '{"a": {"b": null}}', '{null: null, "b": false}', '{"a": {null, "b"}}', '{["a"]: null}']),
    );

  const term = (depth: number, scope: readonly string[]): string => {
    if (depth >= MOST_DEPTH) return leaf(scope);
    const inner = (): string => term(depth + 1, scope);
    return pick(
      () => leaf(scope),
      () => leaf(scope),
      () => `id(${inner()})[${one([...KEYS, ...scope])}]`,
      () =>
        `object.get(id(${pick(holder, holder, inner)}), ${pick(
          () => one(KEYS),
          () => `[${one(KEYS)}, ${one(KEYS)}]`,
          inner,
        )}, ${inner()})`,
      () => `${one(ONE_ARGUMENT)}(id(${inner()}))`,
      () => `${one(OF_HOLDERS)}(id(${holder()}), id(${pick(holder, inner)}))`,
      () => `${one(TWO_ARGUMENTS)}(id(${inner()}), id(${inner()}))`,
      () => `(id(${inner()}) ${one(['-', '&', '|', '+', '*', '/', '%'])} id(${inner()}))`,
      () => `[${inner()}, ${inner()}]`,
      () => `{${inner()}, ${inner()}}`,
      () => `{${inner()}: ${inner()}}`,
      () => comprehension(depth + 1, scope),
      () => `f(${inner()}, ${inner()})`,
      () => `(id(${inner()}) ${one(['==', '!=', '<', '>='])} id(${inner()}))`,
    );
  };

  const comprehension = (depth: number, scope: readonly string[]): string => {
    const { statements, scope: wider } = body(depth, scope, 1 + draw(2));
    const text = statements.join('; ');
    return pick(
      () => `[${term(depth, wider)} | ${text}]`,
      () => `{${term(depth, wider)} | ${text}}`,
      () => `{${one([...wider, '"a"'])}: ${one([...wider, 'null'])} | ${text}}`,
    );
  };

  /** One statement, and the names that it brings. */
  const statement = (depth: number, scope: readonly string[]): readonly [string, readonly string[]] => {
    const of = (): string => term(depth, scope);
    const [x, y] = [fresh(), fresh()];
    return pick<readonly [string, readonly string[]]>(
      () => [`${x} := ${of()}`, [x]],
      () => [`some ${x}, ${y} in id(${of()})`, [x, y]],
      () => [`some ${x}; ${y} := id(${of()})[${x}]`, [x, y]],
      () => [`[${x}, ${y}] := id(${of()})`, [x, y]],
      () => [`{"a": ${x}} = id(${of()})`, [x]],
      () => [`walk(${of()}, [${x}, ${y}])`, [x, y]],
      () => [condition(depth, scope), []],
      () => [condition(depth, scope), []],
      () => [condition(depth, scope), []],
    );
  };

  const body = (depth: number, scope: readonly string[], count: number): Body => {
    let known = scope;
    const statements = Array.from({ length: count }, () => {
      const [text, brought] = statement(depth, known);
      known = [...known, ...brought];
      return text;
    });
    return { statements, scope: known };
  };

  const condition = (depth: number, scope: readonly string[]): string => {
    const of = (): string => term(depth, scope);
    const plain = pick(
      of,
      () => `id(${of()}) ${one(['==', '!=', '<', '<=', '>', '>='])} ${of()}`,
      () => `${of()} in id(${of()})`,
      () => `${of()}, ${of()} in id(${of()})`,
      () => `${one(PREDICATES)}(id(${of()}))`,
      () => `not id(${leaf(scope)})`,
      () => (rules.length > 0 ? `not ${one(rules)}` : 'not input.flag'),
      () =>
        `not ${pick(
          () => `input.${one(SHALLOW)}`,
          () => `data.d.${one(SHALLOW)}`,
        )}[${one([...KEYS, ...scope])}]`,
      () => `not id(${leaf(scope)}) == ${leaf(scope)}`,
      () => {
        const [k, v] = [fresh(), fresh()];
        const inner = depth < MOST_DEPTH ? condition(depth + 1, [...scope, k, v]) : `${v} != null`;
        return `every ${k}, ${v} in id(${of()}) { ${k} != "q"; ${v} != "q"; ${inner} }`;
      },
    );
    if (draw(4) > 0 || plain.startsWith('every')) return plain;
    return `${plain} with ${replaced()} as ${leaf(scope)}`;
  };

  const replaced = (): string =>
    pick(
      () => `input.${one(MEMBERS)}`,
      () => 'input',
      () => `input.deep.${one(MEMBERS)}`,
      () => `data.d.${one(MEMBERS)}`,
      () => 'data.d',
      () => (rules.length > 0 ? `data.${name}.${one(rules)}` : 'input.a'),
    );

  const rule = (i: number): readonly string[] => {
    const id = `r${i}`;
    const of = (count: number) => {
      const { statements, scope } = body(1, [], count);
      return { text: statements.join('; '), scope };
    };
    const from = (scope: readonly string[]): string =>
      one([...scope, ...scope, 'input.n', 'null', 'false', term(1, scope)]);
    const first = of(1 + draw(3));
    const second = of(1 + draw(2));
    // A constant key that is no string is there in OPA even where its body does not hold, and never in a plan.
    const key = one([...first.scope, '"a"', '"b"']);
    // A value out of the body is another one each time that it holds, which is a conflict more often than not.
    const value = draw(3) > 0 ? term(1, []) : from(first.scope);
    const lines = pick(
      () => [`${id} := ${value} if { ${first.text} } else := ${from(second.scope)} if { ${second.text} }`],
      () => [`default ${id} := ${one(['null', 'false', '0', '{}', '[]'])}`, `${id} := ${value} if { ${first.text} }`],
      () => [
        `${id} contains ${from(first.scope)} if { ${first.text} }`,
        `${id} contains ${from(second.scope)} if { ${second.text} }`,
      ],
      () => [`${id}[${key}] := f(${key}, input.a) if { ${first.text} }`],
      () => [`${id}[${key}][${from(first.scope)}] := f(${key}, input.b) if { ${first.text} }`],
      () => [`${id}[${key}] contains ${from(first.scope)} if { ${first.text} }`],
      () => [`${id} if { ${first.text} }`],
    );
    rules.push(id);
    return lines;
  };

  return [
    `package ${name}`,
    'import rego.v1',
    'id(x) := x',
    'f(null, x) := ["null", x]',
    'f(false, x) := x',
    'f([x, null], _) := x',
    'f({"a": x}, y) := [x, y] if { not x == y }',
    'f(x, y) := y if { x == 0 } else := x if { is_string(x) }',
    ...Array.from({ length: 8 }, (_, i) => rule(i)).flat(),
    ...rules.map((id) => `out["${id}"] := ${id}`),
    `out["term"] := ${term(0, [])}`,
    '',
  ].join('\n');
}
