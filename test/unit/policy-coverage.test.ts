import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PolicyTestOptions, policyTest } from '../../src/cli/policy-test.ts';
import { rememberingTerminal, TWO_CELLS, TWO_CELLS_BUNDLE } from '../support/two-cells.ts';

const ASKED = { policies: TWO_CELLS, bundle: TWO_CELLS_BUNDLE, cases: [], threshold: [], json: false };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datwat-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const coverage = (options: Partial<PolicyTestOptions> = {}) => tested({ coverage: true, ...options });

async function tested(options: Partial<PolicyTestOptions>) {
  const { terminal, said, told } = rememberingTerminal();
  const code = await policyTest({ ...ASKED, ...options }, terminal);
  return { code, text: said.join('\n'), told: told.join('\n') };
}

/** What stands under a heading of the text, up to the next empty line. */
function under(heading: string, text: string): readonly string[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(heading)) + 1;
  return lines.slice(start, lines.indexOf('', start) < 0 ? undefined : lines.indexOf('', start));
}

describe('policy test --coverage', () => {
  it('shows a line that no case runs, and one that never comes true, by file and line', async () => {
    const { code, text } = await coverage();
    expect(code).toBe(0);
    expect(under('Lines never run', text)).toContain('  policies/authz/step/03_age.rego: 3, 5-9, 11');
    expect(under('Lines run, never true', text)).toContain('  policies/authz/step/03_age.rego: 4, 10');
    expect(under('Lines run, never undefined', text)).toContain('  policies/authz/decision.rego: 7-8, 14');
  });

  it('names each cell and each reason that no case comes to', async () => {
    const { text } = await coverage();
    expect(under('Cells', text)).toEqual(['  cel.stagiair (wmo / ONDERZOEK, stagiair)']);
    expect(under('Reasons', text)).toEqual(['  NO_ROLE', '  TOO_YOUNG']);
  });

  it('sees more with more cases', async () => {
    const cases = join(folder, 'cases');
    await cp(join(TWO_CELLS, 'cases'), cases, { recursive: true });
    const first = await readFile(join(cases, 'C1-consulent.yaml'), 'utf8');
    await writeFile(
      join(cases, 'C3.yaml'),
      first.replace('C1', 'C3').replace('1980', '2015').replace('true', 'false').replace('OK', 'TOO_YOUNG'),
    );
    await writeFile(join(cases, 'C4.yaml'), first.replace('C1', 'C4').replace('role: consulent', 'role: stagiair'));
    const { code, text } = await coverage({ cases: [cases] });
    expect(code).toBe(0);
    expect(under('Cells', text)).toEqual(['  none']);
    expect(under('Reasons', text)).toEqual(['  NO_ROLE']);
    expect(under('Lines never run', text).join()).toContain('03_age.rego: 9, 11');
  });

  it('says no below a threshold, by which measure, and yes on it', async () => {
    expect(await coverage({ threshold: ['lines=71.4', 'cells=50'] })).toMatchObject({ code: 0, told: '' });
    expect(await coverage({ threshold: ['lines=71.4', 'cells=51'] })).toMatchObject({
      code: 1,
      told: 'cells: 50% of them is less than the threshold of 51%',
    });
    expect(await tested({ threshold: ['reasons=99'] })).toMatchObject({ code: 1 });
  });

  it.each(['lines', 'lines=', 'lines=x', 'lines=101', 'lines=-1', 'walls=10'])(
    'refuses --threshold %s',
    async (given) => {
      const { code, told } = await coverage({ threshold: [given] });
      expect(code).toBe(2);
      expect(told).toContain('say one of lines, outcomes, cells, reasons with a percentage');
    },
  );

  it('refuses a measure that is named twice', async () => {
    expect(await coverage({ threshold: ['lines=1', 'lines=2'] })).toMatchObject({ code: 2 });
  });

  it('gives the same to programs', async () => {
    const { text } = await coverage({ json: true });
    expect(JSON.parse(text)).toMatchObject({
      cases: 2,
      differ: [],
      coverage: {
        lines: { seen: 15, of: 21 },
        cells: { seen: 1, of: 2 },
        never_run: { 'policies/authz/step/01_role.rego': [], 'policies/authz/step/03_age.rego': [3, 5, 9, 11] },
        cells_never_reached: ['cel.stagiair (wmo / ONDERZOEK, stagiair)'],
        reasons_never_reached: ['NO_ROLE', 'TOO_YOUNG'],
      },
    });
  });

  it('says nothing of coverage where nobody asked', async () => {
    const { text } = await tested({});
    expect(text).toBe('2 cases, 2 as expected, 0 differ');
  });
});

describe('policy test of a bundle that is not what the folder holds', () => {
  const NOT_FROM = `${TWO_CELLS_BUNDLE} was not built from the`;
  let policies: string;
  beforeEach(async () => {
    policies = join(folder, 'policies');
    await cp(TWO_CELLS, policies, { recursive: true });
  });

  it('is silent where it was built from this folder', async () => {
    expect(await tested({ policies })).toMatchObject({ code: 0, told: '' });
  });

  it('says so where the data were changed since', async () => {
    const file = join(policies, 'authorisation_matrix/wmo/data.yaml');
    const data = await readFile(file, 'utf8');
    await writeFile(file, data.replace('stagiair', 'uitzendkracht'));
    expect((await tested({ policies })).told).toBe(
      `${NOT_FROM} data in ${policies}: this tests what was built (datwat policy build)`,
    );
  });

  it('says so where the rules were changed since', async () => {
    await writeFile(join(policies, 'authz/step/01_role.rego'), 'package authz.step\n\nno_role := false\n');
    expect((await tested({ policies })).told).toContain(`${NOT_FROM} rules in ${policies}`);
  });
});

describe('the page', () => {
  const page = async (options: Parameters<typeof coverage>[0] = {}) => {
    await coverage({ coverage: join(folder, 'new', 'page'), ...options });
    return readFile(join(folder, 'new', 'page', 'index.html'), 'utf8');
  };

  it('shows each line with its times and its outcome', async () => {
    const html = await page();
    expect(html).toContain('<tr class="never"><td class="number">11</td><td class="number">0</td><td>never run</td>');
    expect(html).toContain('<tr class="part"><td class="number">10</td><td class="number">1</td><td>never true</td>');
    expect(html).toContain('<li class="never">cel.stagiair (wmo / ONDERZOEK, stagiair)</li>');
  });

  it('leads from a cell to the sentence of the case that reaches it', async () => {
    const html = await page();
    expect(html).toContain('<td>cel.consulent (wmo / ONDERZOEK, consulent)</td><td><a href="#case-1">C1</a></td>');
    expect(html).toContain('<tr id="case-1"><th scope="row">C1</th><td lang="nl">C1-consulent.yaml</td></tr>');
  });

  it('calls short of what could be seen the lines that the text names, and no others', async () => {
    const html = await page();
    const rows = (says: string) =>
      [...html.matchAll(new RegExp(`>(\\d+)</td><td class="number">\\d+</td><td>${says}</td>`, 'g'))].map(
        ([, row]) => row,
      );
    expect(rows('never undefined')).toEqual(['7', '8', '14']);
    expect(rows('never true')).toEqual(['18', '22', '3', '4', '10']);
    expect(rows('never run')).toEqual(['17', '21', '3', '5', '9', '11']);
  });

  it('is well formed, runs nothing, and shows the text of a rule as text', async () => {
    const html = await page();
    expect(html).toContain('input.action.name != &quot;&lt;b&gt;\\&quot;&amp;&#39;&lt;/b&gt;&quot;');
    expect(html).not.toMatch(/<script|<b>|<i>|\son\w+=/);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(unclosed(html)).toEqual([]);
  });

  it('shows no text where the rules beside the bundle are others than it was built from', async () => {
    const policies = join(folder, 'policies');
    await cp(TWO_CELLS, policies, { recursive: true });
    await writeFile(join(policies, 'authz/step/01_role.rego'), 'package authz.step\n\n\n\nno_role := false\n');
    const html = await page({ policies });
    expect(html).toContain('only line numbers are shown');
    expect(html).not.toContain('no_role');
    expect(html).toContain('<td class="number">11</td>');
  });
});

/** Elements that are not closed, or closed by another's tag. */
function unclosed(html: string): readonly string[] {
  const open: string[] = [];
  for (const [, close, name = ''] of html.matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
    if (['meta'].includes(name)) continue;
    if (!close) open.push(name);
    else if (open.pop() !== name) return [`</${name}>`];
  }
  return open;
}
