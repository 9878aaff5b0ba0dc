import { describe, expect, it, vi } from 'vitest';
import { compilePlan, PlanFailed } from '../../src/engine/plan/compile-plan.ts';
import { Decimal } from '../../src/engine/plan/exact-numbers.ts';
import { generateCode } from '../../src/engine/plan/generate-code.ts';
import { PlanRefused, readPlan } from '../../src/engine/plan/plan-shape.ts';
import { dot, fromEntries, RegoSet, type Value } from '../../src/engine/plan/values.ts';
import { answer, bool, DATA, INPUT, local, planOf, s, text } from '../support/hand-written-plans.ts';

const HOSTILE = [
  '";globalThis.brokenOut=true;"',
  "';globalThis.brokenOut=true;'",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder that must not become one
  '`${globalThis.brokenOut=true}`',
  '*/globalThis.brokenOut=true;/*',
  '\\";globalThis.brokenOut=true;//',
  'a\u2028globalThis.brokenOut=true\u2029',
  'a\nglobalThis.brokenOut=true\r\n',
  '</script>',
  '\u0000',
  '\ud800',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
];

describe('texts of a policy stay data', () => {
  it.each(HOSTILE)('%j as a constant', (hostile) => {
    expect(answer({ strings: [hostile], statements: [s('AssignVarStmt', { source: text(0), target: 9 })] })).toBe(
      hostile,
    );
    expect(globalThis).not.toHaveProperty('brokenOut');
  });

  it.each(HOSTILE)('%j as a key that is put in and read back', (hostile) => {
    const statements = [
      s('MakeObjectStmt', { target: 5 }),
      s('ObjectInsertStmt', { key: text(0), value: bool(true), object: 5 }),
      s('DotStmt', { source: local(5), key: text(0), target: 6 }),
      s('AssignVarStmt', { source: local(5), target: 9 }),
    ];
    const object = answer({ strings: [hostile], statements });
    expect(Object.entries(object as object)).toEqual([[hostile, true]]);
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).true).toBeUndefined();
  });

  it.each(HOSTILE)('%j as a key of input, and undefined where input does not have it', (hostile) => {
    const statements = [s('DotStmt', { source: local(INPUT), key: text(0), target: 9 })];
    const input = JSON.parse(`{${JSON.stringify(hostile)}: {"deep": 1}}`);
    expect(answer({ strings: [hostile], statements }, input)).toEqual({ deep: 1 });
    expect(answer({ strings: [hostile], statements }, {})).toBeUndefined();
    expect(answer({ strings: [hostile], statements }, [])).toBeUndefined();
    expect(answer({ strings: [hostile], statements }, 'a text')).toBeUndefined();
  });

  it.each(HOSTILE)('%j as the name of a rule, an entrypoint, a file and a builtin', (hostile) => {
    const rule = {
      name: hostile,
      params: [0, 1],
      return: 2,
      path: ['g0', hostile],
      blocks: [{ stmts: [s('AssignVarStmt', { source: bool(true), target: 2 }), s('ReturnLocalStmt', { source: 2 })] }],
    };
    const call = s('CallStmt', { func: hostile, args: [local(INPUT), local(DATA)], result: 9 });
    expect(answer({ entrypoint: hostile, file: hostile, funcs: [rule], statements: [call] })).toBe(true);
    const unknown = planOf({ builtins: [{ name: hostile, args: 0 }], statements: [] });
    expect(() => compilePlan(unknown, { maxSteps: 10 })).toThrow(PlanRefused);
    expect(globalThis).not.toHaveProperty('brokenOut');
  });

  it('leaves nothing of the policy in the generated text but literals', () => {
    const { text: code } = generateCode(
      readPlan(
        planOf({
          strings: ['"quoted"'],
          entrypoint: 'alpha',
          file: 'beta',
          statements: [s('AssignVarStmt', { source: text(0), target: 9 })],
        }),
      ),
    );
    expect(code).toContain(JSON.stringify('"quoted"'));
    expect(code).not.toContain('alpha');
    expect(code).not.toContain('beta');
  });
});

describe('an evaluation', () => {
  const endless = [
    s('ScanStmt', {
      source: 0,
      key: 3,
      value: 4,
      block: { stmts: [s('ScanStmt', { source: 0, key: 5, value: 6, block: { stmts: [s('NopStmt')] } })] },
    }),
    s('AssignVarStmt', { source: bool(true), target: 9 }),
  ];

  it('ends in an error when it takes more steps than it may', () => {
    const list = Array.from({ length: 100 }, (_, i) => i);
    expect(() => answer({ statements: endless }, list, {}, 1000)).toThrow(PlanFailed);
    expect(answer({ statements: endless }, list, {}, 20_000)).toBe(true);
  });

  it('has all its steps again the next time', () => {
    const plan = compilePlan(planOf({ statements: endless }), { maxSteps: 1000 });
    const list = Array.from({ length: 20 }, (_, i) => i);
    for (let i = 0; i < 10; i++) expect(plan.evaluate('e', list, {})).toBe(true);
  });

  it('counts what a builtin makes', () => {
    const statements = [
      s('CallStmt', { func: 'numbers.range', args: [local(INPUT), local(INPUT)], result: 3 }),
      s('MakeNumberIntStmt', { value: 1_000_000_000, target: 4 }),
      s('CallStmt', { func: 'numbers.range', args: [local(INPUT), local(4)], result: 9 }),
    ];
    const builtins = [{ name: 'numbers.range', args: 2 }];
    expect(() => answer({ statements, builtins }, 1, {}, 100_000)).toThrow(PlanFailed);
  });

  it('ends in an error that names file and line where two rules disagree', () => {
    const statements = [
      s('AssignVarOnceStmt', { source: bool(true), target: 9 }),
      s('AssignVarOnceStmt', { source: bool(false), target: 9 }),
    ];
    expect(() => answer({ statements })).toThrow('p.rego:7:3');
  });

  it('gives back the documents as they were after `with`', () => {
    const inner = s('DotStmt', { source: local(INPUT), key: text(0), target: 5 });
    const statements = [
      s('WithStmt', { local: INPUT, path: [0], value: bool(true), block: { stmts: [inner] } }),
      s('DotStmt', { source: local(INPUT), key: text(0), target: 6 }),
      s('MakeArrayStmt', { capacity: 2, target: 9 }),
      s('ArrayAppendStmt', { array: 9, value: local(5) }),
      s('ArrayAppendStmt', { array: 9, value: local(6) }),
    ];
    const input = Object.freeze({ seen: false });
    expect(answer({ strings: ['seen'], statements }, input)).toEqual([true, false]);
    expect(input).toEqual({ seen: false });
  });

  it('answers no query for an entrypoint that is not there', () => {
    const plan = compilePlan(planOf({ statements: [] }), { maxSteps: 10 });
    for (const name of ['nothing', '__proto__', 'constructor']) {
      expect(() => plan.evaluate(name, {}, {})).toThrow(PlanFailed);
    }
  });
});

describe('a reference finds what a value holds, and nothing that it inherits', () => {
  const names = [
    'role',
    'x-y',
    '0',
    '-1',
    'length',
    'size',
    'members',
    'entries',
    'text',
    'exponent',
    'get',
    'add',
    'at',
  ];
  const inherited = ['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty', 'toFixed', 'charAt', 'map'];
  const set = RegoSet.of(['role', 'size', 'constructor', '__proto__']);
  const map = fromEntries([
    [1, 'one'],
    ['role', 'r'],
    ['entries', 'e'],
    ['__proto__', 'p'],
  ]);
  const holders: readonly Value[] = [
    {},
    JSON.parse('{"role":1,"x-y":2,"0":3,"-1":4,"length":5,"size":6,"members":7,"text":8,"get":9,"at":false}'),
    JSON.parse('{"constructor":1,"__proto__":2,"toString":null,"map":[3]}'),
    { role: null },
    ['first', 'second'],
    'a text',
    '',
    12,
    new Decimal(1n, 400),
    true,
    false,
    null,
    set,
    map,
  ];

  it.each([...names, ...inherited])('%s', (name) => {
    const dotted = compilePlan(
      planOf({ strings: [name], statements: [s('DotStmt', { source: local(INPUT), key: text(0), target: 9 })] }),
      { maxSteps: 1000 },
    );
    for (const holder of holders) expect(dotted.evaluate('e', holder, {})).toBe(dot(holder, name));
  });

  it('a member that was given to all objects stops every evaluation', () => {
    const plan = compilePlan(
      planOf({ strings: ['role'], statements: [s('DotStmt', { source: local(INPUT), key: text(0), target: 9 })] }),
      { maxSteps: 1000 },
    );
    const polluted = (prototype: object, input: Value): unknown => {
      Object.assign(prototype, { role: 'teammanager' });
      try {
        return plan.evaluate('e', input, {});
      } catch (error) {
        return error;
      } finally {
        Reflect.deleteProperty(prototype, 'role');
      }
    };
    expect(polluted(Object.prototype, {})).toBeInstanceOf(PlanFailed);
    expect(polluted(Array.prototype, [])).toBeInstanceOf(PlanFailed);
    expect(polluted(String.prototype, 'a text')).toBeUndefined();
    expect(plan.evaluate('e', {}, {})).toBeUndefined();
  });
});

describe('a policy of which only data changed', () => {
  const plan = (file: string) =>
    planOf({ strings: ['level'], statements: [s('DotStmt', { source: local(DATA), key: text(0), target: 9 })], file });
  const made = (json: unknown) => {
    const makes = vi.spyOn(globalThis, 'Function');
    try {
      return { policy: compilePlan(json, { maxSteps: 1000 }), functions: makes.mock.calls.length };
    } finally {
      makes.mockRestore();
    }
  };

  it('runs on the functions that are in use, each policy with its own data', () => {
    const before = made(plan('shared.rego'));
    const after = made(plan('shared.rego'));
    expect([before.functions, after.functions]).toEqual([1, 0]);
    expect(after.policy.evaluate('e', {}, { level: 'dat' })).toBe('dat');
    expect(before.policy.evaluate('e', {}, { level: 'wat' })).toBe('wat');
  });

  it('gets functions of its own where anything else differs', () => {
    const one = made(plan('one.rego'));
    const other = made(plan('other.rego'));
    expect([one.functions, other.functions]).toEqual([1, 1]);
  });
});
