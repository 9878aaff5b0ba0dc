import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compilePlan } from '../../src/engine/plan/compile-plan.ts';
import { PlanRefused, readPlan, STATEMENTS } from '../../src/engine/plan/plan-shape.ts';

const place = { file: 0, row: 1, col: 1, end_row: 1, end_col: 1 };

function planWith(...stmts: unknown[]) {
  return {
    static: { strings: [{ value: 'x' }], files: [{ value: 'p.rego' }] },
    plans: { plans: [{ name: 'e', blocks: [{ stmts }] }] },
    funcs: { funcs: [] },
  };
}

const good = { type: 'ResetLocalStmt', stmt: { target: 2, ...place } };

describe('a plan that does not keep its schema is refused, and the message says where', () => {
  const at = '/plans/plans/0/blocks/0/stmts/0';
  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'the document must be an object'],
    ['a list', [], 'the document must be an object'],
    ['an unknown member', { ...planWith(), more: 1 }, 'the document has a member'],
    ['no functions', { static: {}, plans: { plans: [] } }, 'the document misses funcs'],
    ['an unknown statement', planWith({ type: 'EvalStmt', stmt: place }), `${at}/type`],
    ['a statement named like a property', planWith({ type: 'constructor', stmt: place }), `${at}/type`],
    ['a missing field', planWith({ type: 'ResetLocalStmt', stmt: place }), `${at}/stmt misses target`],
    ['a field too many', planWith({ type: 'NopStmt', stmt: { ...place, code: 'x' } }), `${at}/stmt has a member`],
    [
      'a local that is code',
      planWith({ type: 'ResetLocalStmt', stmt: { target: '0;x', ...place } }),
      `${at}/stmt/target`,
    ],
    ['a negative local', planWith({ type: 'ResetLocalStmt', stmt: { target: -1, ...place } }), `${at}/stmt/target`],
    ['a fraction as local', planWith({ type: 'ResetLocalStmt', stmt: { target: 1.5, ...place } }), `${at}/stmt/target`],
    ['a row that is code', planWith({ type: 'NopStmt', stmt: { ...place, row: '1);x(' } }), `${at}/stmt/row`],
    ['a file out of range', planWith({ type: 'NopStmt', stmt: { ...place, file: 1 } }), `${at}/stmt/file`],
    [
      'a string out of range',
      planWith({ type: 'MakeNumberRefStmt', stmt: { index: 1, target: 2, ...place } }),
      `${at}/stmt/index`,
    ],
    [
      'an unknown operand',
      planWith({ type: 'LenStmt', stmt: { source: { type: 'code', value: 'x' }, target: 2, ...place } }),
      `${at}/stmt/source`,
    ],
    [
      'a number beyond 2^53',
      planWith({ type: 'MakeNumberIntStmt', stmt: { value: 2 ** 53, target: 2, ...place } }),
      `${at}/stmt/value`,
    ],
  ])('%s', (_, plan, message) => {
    expect(() => readPlan(plan)).toThrow(PlanRefused);
    expect(() => readPlan(plan)).toThrow(message);
  });

  it('takes one that keeps it', () => {
    expect(compilePlan(planWith(good), { maxSteps: 10 }).entrypoints).toEqual(['e']);
  });

  it.each<[string, unknown, string]>([
    ['a break out of more blocks than there are', { type: 'BreakStmt', stmt: { index: 1, ...place } }, 'break'],
    ['a call of nothing', { type: 'CallStmt', stmt: { func: 'f', args: [], result: 2, ...place } }, 'not there'],
  ])('%s', (_, statement, message) => {
    expect(() => compilePlan(planWith(statement), { maxSteps: 10 })).toThrow(message);
  });

  it('names the builtins that this engine does not have', () => {
    const plan = { ...planWith(), static: { builtin_funcs: [{ name: 'http.send', decl: { args: [{}] } }] } };
    expect(() => compilePlan(plan, { maxSteps: 10 })).toThrow('http.send');
  });
});

const toolchain = join(import.meta.dirname, '..', '..', 'policies', 'toolchain');
const listed = spawnSync('go', ['list', '-m', '-f', '{{.Dir}}', 'github.com/open-policy-agent/opa'], {
  cwd: toolchain,
  encoding: 'utf8',
});
const module = listed.status === 0 ? listed.stdout.trim() : '';

describe.skipIf(module === '')('the table of statements', () => {
  it('says the same as the JSON Schema of the pinned OPA', () => {
    const schema = JSON.parse(readFileSync(join(module, 'v1', 'ir', 'plan.schema.json'), 'utf8'));
    const places = new Set(Object.keys(place));
    const fields = new Map<string, string[]>(
      schema.$defs.Stmt.oneOf.map((kind: { properties: { type: { const: string } } }) => {
        const name = kind.properties.type.const;
        const required: string[] = schema.$defs[name].required;
        return [name, required.filter((field) => !places.has(field)).sort()];
      }),
    );
    const ours = new Map(Object.entries(STATEMENTS).map(([name, kinds]) => [name, Object.keys(kinds).sort()]));
    expect(ours).toEqual(fields);
  });
});
