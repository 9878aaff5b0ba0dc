/**
 * Small policies in Rego, generated: rules of every kind over `input` and `data`, each package with one rule `out` that
 * gathers what the others say. They avoid where the Wasm is known to differ from OPA: the order of sets once they are lists,
 * texts of numbers beyond 32 bits, `indexof` an empty text (0 instead of undefined), 0/0 (an abort instead of undefined).
 */
import fc from 'fast-check';

/** A whole number below `limit`. */
type Draw = (limit: number) => number;

const TEXTS = ['a', 'b', 'ab', 'a-b', '', 'É', 'ß-😀', '__proto__', 'constructor', '10', 'x y '];
const MOST_DEPTH = 3;

/** Modules of `count` packages, named `p0` and on. */
export function policies(count: number): fc.Arbitrary<readonly string[]> {
  return fc.gen().map((g) => {
    const draw: Draw = (limit) => g(fc.nat, { max: limit - 1 });
    return Array.from({ length: count }, (_, i) => policy(`p${i}`, draw));
  });
}

/** Inputs with the members that the policies look at, of the right type more often than not. */
export const inputs: fc.Arbitrary<Record<string, fc.JsonValue>> = fc.record(
  {
    n: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: -20, max: 20 }) }, fc.constantFrom(0.5, -1.25, 'a', null)),
    m: fc.integer({ min: -3, max: 3 }),
    s: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...TEXTS) }, fc.constantFrom(1, false, null)),
    list: fc.oneof(
      {
        weight: 4,
        arbitrary: fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(...TEXTS, null, true))),
      },
      fc.constantFrom('ab', 7),
    ),
    obj: fc.dictionary(fc.constantFrom(...TEXTS), fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(...TEXTS))),
    deep: fc.record({ list: fc.array(fc.integer({ min: 0, max: 3 })), flag: fc.boolean() }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

/** What `data` holds for all of them. */
export const DATA = {
  m: { a: 1, b: 'b', __proto__: 3, '10': [1, 2] },
  list: ['a', 'b', 'ab', 1, 2],
  nested: { a: { a: 1 }, b: { a: 2, b: null } },
};

function policy(name: string, draw: Draw): string {
  const pick = <Choice>(...choices: readonly (() => Choice)[]): Choice => {
    const choose = choices[draw(choices.length)];
    if (choose === undefined) throw new Error('nothing to choose from');
    return choose();
  };
  let names = 0;
  const fresh = (): string => `v${names++}`;
  const quoted = (): string => JSON.stringify(TEXTS[draw(TEXTS.length)]);

  const number = (depth: number): string => {
    const leaves = [
      () => 'input.n',
      () => 'input.m',
      () => 'input.list[0]',
      () => 'input.obj.a',
      () => `data.m[input.s]`,
      () => String(draw(12) - 4),
      () => ['0.5', '2.25', '1e2'][draw(3)] ?? '1',
    ];
    if (depth >= MOST_DEPTH) return pick(...leaves);
    return pick(
      ...leaves,
      () => `(${number(depth + 1)} ${['+', '-', '*'][draw(3)]} input.n)`,
      () => `(${number(depth + 1)} / ${[3, 4, 7, -9][draw(4)]})`,
      () => `(input.m % ${draw(5)})`,
      () => `${['abs', 'round', 'ceil', 'floor'][draw(4)]}(input.n)`,
      () => `count(${collection(depth + 1)})`,
      () => `${['sum', 'product', 'max', 'min'][draw(4)]}([1, input.n, ${number(depth + 1)}])`,
      () => `bits.${['and', 'or', 'xor'][draw(3)]}(input.n, ${draw(9)})`,
      () => `indexof(input.s, ${['"a"', '"-"', '"😀"'][draw(3)]})`,
      () => `to_number(input.s)`,
      () => `f(${number(depth + 1)})`,
    );
  };

  const string = (depth: number): string => {
    const leaves = [() => 'input.s', quoted, () => 'input.list[1]', () => 'input.obj.b', () => 'data.m.b'];
    if (depth >= MOST_DEPTH) return pick(...leaves);
    return pick(
      ...leaves,
      () => `concat(${quoted()}, [input.s, ${string(depth + 1)}])`,
      () => `substring(input.s, ${draw(3)}, ${draw(4) - 1})`,
      () => `replace(input.s, "a", ${quoted()})`,
      () => `split(input.s, "-")[${draw(2)}]`,
      () => `${['trim_left', 'trim_right', 'trim', 'trim_prefix', 'trim_suffix'][draw(5)]}(input.s, "a")`,
      () => 'trim_space(input.s)',
      () => 'strings.reverse(input.s)',
      () => 'base64.encode(input.s)',
      () => 'type_name(input.n)',
      () => 'format_int(input.m, 10)',
    );
  };

  /** A list in an order of its own. */
  const list = (depth: number): string =>
    depth >= MOST_DEPTH
      ? pick(
          () => 'input.list',
          () => 'data.list',
        )
      : pick(
          () => 'input.list',
          () => 'data.list',
          () => `[${number(depth + 1)}, ${string(depth + 1)}]`,
          () => {
            const x = fresh();
            return `[${x} | some ${x} in ${list(depth + 1)}; ${condition(depth + 1, x)}]`;
          },
          () => `array.concat(input.list, ${list(depth + 1)})`,
          () => `array.slice(input.list, ${draw(3)}, ${draw(5)})`,
          () => 'numbers.range(input.m, 2)',
          () => `sort(${set(depth + 1)})`,
        );

  const set = (depth: number): string =>
    depth >= MOST_DEPTH
      ? pick(
          () => '{1, 2, input.n}',
          () => '{input.s, "a"}',
        )
      : pick(
          () => `{1, ${number(depth + 1)}, input.n}`,
          () => 'elements',
          () => 'object.keys(input.obj)',
          () => {
            const x = fresh();
            return `{${x} | some ${x} in ${collection(depth + 1)}; ${condition(depth + 1, x)}}`;
          },
          () => `({1, input.n} ${['&', '|', '-'][draw(3)]} ${set(depth + 1)})`,
        );

  const collection = (depth: number): string =>
    pick(
      () => list(depth),
      () => set(depth),
      () => 'input.obj',
      () => 'input.deep.list',
      () => 'data.nested',
    );

  const condition = (depth: number, variable?: string): string => {
    const value = (): string => (variable !== undefined && draw(2) === 0 ? variable : number(depth + 1));
    const leaves = [
      () => `${variable ?? 'input.n'} ${['==', '!=', '<', '<=', '>', '>='][draw(6)]} ${value()}`,
      () => `${variable ?? 'input.s'} in ${collection(depth + 1)}`,
      () => `startswith(input.s, ${quoted()})`,
      () => 'input.deep.flag',
      () => `${['is_string', 'is_number', 'is_null', 'is_array'][draw(4)]}(${variable ?? 'input.n'})`,
      () => 'input.obj[input.s]',
    ];
    if (depth >= MOST_DEPTH) return pick(...leaves);
    return pick(
      ...leaves,
      () => `not ${condition(MOST_DEPTH, variable)}`,
      () => {
        const x = fresh();
        return `every ${x} in ${list(depth + 1)} { ${x} != "q"; ${condition(depth + 1, x)} }`;
      },
      () => `chain > 0 with input.n as ${draw(9)}`,
      () => `chosen with input.obj as {"a": input.n}`,
      () => `flag with data.m.a as input.n`,
    );
  };

  return [
    `package ${name}`,
    'import rego.v1',
    `f(x) := ${['x + 1', 'x * 2', 'x - input.m'][draw(3)]} if x > ${draw(5)}`,
    `f(x) := 0 if x < ${-draw(3)}`,
    // What `with` replaces in the rules below; they name no rule themselves, so no rule depends on itself.
    `default chain := ${draw(3)}`,
    `chain := 2 if input.n > ${draw(9)} else := 1 if input.n > 0`,
    `chosen := input.obj.a`,
    'flag if data.m.a == input.m',
    'elements contains x if some x in input.list',
    'elements contains k if input.obj[k] > 0',
    `default total := ${draw(4)}`,
    `total := ${number(0)} if ${condition(0)}`,
    `first := ${number(0)} if { ${condition(0)}; ${condition(0)} } else := ${string(0)} if ${condition(0)} else := ${number(1)}`,
    `pairs[k] := v if { some k, v in input.obj; ${condition(1, 'v')} }`,
    `out["total"] := total`,
    `out["first"] := first`,
    `out["pairs"] := pairs`,
    `out["list"] := ${list(0)}`,
    `out["text"] := ${string(0)}`,
    `out["set"] := sort(${set(0)})`,
    `out["held"] := true if { ${condition(0)}; ${condition(0)} }`,
    `out[k] := n if { some k in ["a", "b"]; n := data.nested[k].a; ${condition(1, 'n')} }`,
    `out["walked"] := count([1 | walk(input.deep, [_, x]); ${condition(2, 'x')}])`,
    '',
  ].join('\n');
}
