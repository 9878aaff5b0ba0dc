import { describe, expect, it } from 'vitest';
import { generateCode } from '../../src/engine/plan/generate-code.ts';
import { readPlan } from '../../src/engine/plan/plan-shape.ts';
import { tracePlan } from '../../src/engine/plan/trace-plan.ts';
import { readBundleFile } from '../../src/engine/read-bundle.ts';
import { type Tracer, traceProgram } from '../../src/engine/traced-policy.ts';
import { bundleNamed, question } from '../support/bundle-bytes.ts';
import { TWO_CELLS_BUNDLE } from '../support/two-cells.ts';

const bundle = await readBundleFile(TWO_CELLS_BUNDLE);
const program = traceProgram(bundle);

/** What was told of one question, in words. */
function toldOf(role: string | undefined): readonly string[] {
  const told: string[] = [];
  const ruleName = (rule: number) => program.rules[rule]?.name;
  const place = (site: number) => {
    const { file, row, names } = program.sites[site] ?? { file: '', row: 0, names: [] };
    return `${file.replace(/.*\//, '')}:${row} ${names.join()}`;
  };
  const tracer: Tracer = {
    began: () => told.push('began'),
    entered: (rule) => told.push(`entered ${ruleName(rule)}`),
    left: (rule, [value]) =>
      told.push(`left ${ruleName(rule)} ${value === undefined ? 'undefined' : JSON.stringify(value)}`),
    tried: (site, values) => told.push(`tried ${place(site)} ${JSON.stringify(values)}`),
    held: (site, values) => told.push(`held ${place(site)} ${JSON.stringify(values)}`),
  };
  const asked = question('medewerker-0001', 'read');
  const properties = role === undefined ? {} : { role };
  program.policy(bundle, tracer).decide({ ...asked, subject: { ...asked.subject, properties } });
  return told;
}

describe('a traced policy', () => {
  it('tells of a rule with a value that it has it', () => {
    const told = toldOf('consulent');
    expect(told[0]).toBe('began');
    expect(told).toContain('left authz.step.cell {"id":"cel.consulent","level":"dat"}');
    expect(told).toContain('held 02_cell.rego:3 input.subject.properties.role ["consulent"]');
  });

  it('tells of a rule that is undefined, and where it stopped', () => {
    const told = toldOf('buurman');
    expect(told).toContain('left authz.step.cell undefined');
    expect(told).toContain('left authz.step.no_role undefined');
    const cell = 'data.authorisation_matrix.wmo.ONDERZOEK[input.subject.properties.role]';
    expect(told).toContain(`tried 02_cell.rego:3 ${cell} []`);
    expect(told.filter((line) => line.startsWith(`held 02_cell.rego:3 ${cell}`))).toEqual([]);
  });

  it('tells once of a rule whose value is remembered', () => {
    expect(toldOf('consulent').filter((line) => line === 'entered authz.step.cell')).toHaveLength(1);
  });

  it('names every rule and site with file and line', () => {
    expect(program.rules.find(({ name }) => name === 'authz.step.too_young')).toMatchObject({
      file: 'policies/authz/step/03_age.rego',
      row: 3,
    });
    expect(program.sites.filter(({ row, file }) => row === 0 || file === '')).toEqual([]);
  });

  it('needs a bundle with a plan', async () => {
    const without = await bundleNamed('alice-reads');
    expect(() => traceProgram(without)).toThrow('it carries no plan.json');
  });
});

describe('tracing that is off', () => {
  it('leaves the plan and the generated code to the byte as they were', () => {
    const json = JSON.parse(bundle.planText ?? '');
    const plan = readPlan(json);
    const before = generateCode(plan);
    const traced = tracePlan(plan);
    expect(plan).toEqual(readPlan(json));
    expect(generateCode(plan).text).toBe(before.text);
    expect(before.builtins.some((name) => name.startsWith('trace'))).toBe(false);
    expect(generateCode(traced.plan).text).not.toBe(before.text);
  });
});
