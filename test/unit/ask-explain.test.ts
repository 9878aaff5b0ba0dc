import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask } from '../../src/cli/ask.ts';
import { askExplain, type ExplainOptions } from '../../src/cli/ask-explain.ts';
import { rememberingTerminal, TWO_CELLS, TWO_CELLS_BUNDLE } from '../support/two-cells.ts';

const FLAGS = { level: 'dat', action: 'read', relation: 'client', organisation: 'gemeente_college' };
/** Invented; passes the 11-proof. */
const BSN = '111222333';

const run = promisify(execFile);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datwat-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const explain = (options: Partial<ExplainOptions>) => asked({ bundle: TWO_CELLS_BUNDLE, ...options });

async function asked(options: Partial<ExplainOptions>) {
  const { terminal, said, told } = rememberingTerminal();
  const code = await askExplain({ ...FLAGS, json: false, ...options }, terminal);
  return { code, text: said.join('\n'), told: told.join('\n') };
}

/** A question file about someone with this role and date of birth. */
async function question(role: string, person: object = {}, more: object = {}): Promise<string> {
  const file = join(folder, 'question.yaml');
  const asked = {
    subject: { type: 'medewerker', id: 'jan.jansen@example.nl', properties: { role } },
    action: { name: 'read' },
    resource: {
      type: 'dossier',
      id: 'dossier-0001',
      properties: { data_subject: { id: 'Pieter Pietersen', birth_date: '1980-05-17', ...person } },
    },
    ...more,
  };
  await writeFile(file, JSON.stringify(asked));
  return file;
}

/** The rules under each step: outcome and name, in the order of the text. */
function outcomes(text: string): Readonly<Record<string, readonly string[]>> {
  const steps: Record<string, string[]> = {};
  let step = '';
  for (const line of text.slice(text.indexOf('Geprobeerde regels')).split('\n')) {
    if (/^[a-z_]+$/.test(line)) {
      step = line;
      steps[step] = [];
    }
    const [, outcome, name] = /^ {2}(\S.*?) {2,}(\S+) {2}policies\//.exec(line) ?? [];
    if (name !== undefined) steps[step]?.push(`${name} ${outcome}`);
  }
  return steps;
}

describe('ask --explain', () => {
  it('shows the answer, and the rules that were tried in the order of the steps, whatever order they were tried in', async () => {
    const { code, text } = await explain({ file: await question('consulent') });
    expect(code).toBe(0);
    expect(text).toMatch(/^Besluit +ja/);
    expect(outcomes(text)).toEqual({
      taak: ['step.no_role ongedefinieerd'],
      gegevens: ['step.too_young ongedefinieerd'],
      grondslag: ['step.no_cell ongedefinieerd'],
    });
  });

  it('shows a rule that is undefined as such, with file and line, the line that stopped it and the values there', async () => {
    const { code, text } = await explain({ file: await question('buurman') });
    expect(code).toBe(1);
    expect(text).toMatch(/ {2}waar +step\.no_cell {2}policies\/authz\/step\/02_cell\.rego:5/);
    expect(text).toContain('→ ongedefinieerd: step.cell  policies/authz/step/02_cell.rego:3');
    expect(text).toContain('input.subject.properties.role = ‹tekst');
    expect(text).toContain('data.authorisation_matrix.wmo.ONDERZOEK[input.subject.properties.role] = ongedefinieerd');
    // Of a rule that was not reached nothing is said.
    expect(outcomes(text).gegevens).toEqual([]);
  });

  it('shows the values that decided: a word of the policy as it is, a date by how long ago it is, else that it is there', async () => {
    const { text } = await explain({ file: await question('consulent', { birth_date: '2015-01-02' }) });
    expect(text).toContain('input.resource.properties.data_subject.birth_date = ‹datum: 11 jaar geleden›');
    expect(text).toContain('input.subject.properties.role = "consulent"');
    expect(text).toContain('input.action.name = ‹tekst 1›');
  });

  it('tells the true reason beside the one that goes out', async () => {
    const { text } = await explain({ file: await question('buurman') });
    expect(text).toMatch(/Ware reden +NO_CELL/);
    expect(text).toMatch(/Vastgelegd +nee/);
    expect(text).toMatch(/Feiten +geen/);
  });

  it('lets nothing of the request out: no name, no date, no number, and a personal number only as its pseudonym', async () => {
    const secret = { birth_date: '1980-05-17', bsn: BSN, id: undefined };
    const file = await question(BSN, secret, { context: { note: 'mijn buurvrouw Gerda' } });
    for (const json of [false, true]) {
      const { text } = await explain({ file, json });
      expect(text).not.toMatch(/1980|05-17|jansen|Pietersen|Gerda|dossier-0001/);
      expect(text).not.toContain(BSN);
      expect(text).toMatch(/role = psn:[\w.-]+:[a-p]{32}|"psn:[\w.-]+:[a-p]{32}"/);
    }
  });

  it('takes a case with its facts', async () => {
    const { code, text } = await explain({ file: join(TWO_CELLS, 'cases/C2-buurman.yaml') });
    expect(code).toBe(1);
    expect(outcomes(text).grondslag).toEqual(['step.no_cell waar']);
  });

  it('explains each question of a batch', async () => {
    const file = await question('consulent', {}, { evaluations: [{}, { action: { name: 'list' } }] });
    const { text } = await explain({ file });
    expect(text).toContain('Geprobeerde regels bij vraag 1');
    expect(text).toContain('Geprobeerde regels bij vraag 2');
  });

  it('gives the same to programs', async () => {
    const { text } = await explain({ file: await question('buurman'), json: true });
    const { decision, rules } = JSON.parse(text);
    expect(decision).toBe(false);
    expect(rules[0].map(({ step }: { step: string }) => step)).toEqual(['taak', 'gegevens', 'grondslag']);
    expect(rules[0][2].rules[0]).toMatchObject({
      rule: 'authz.step.no_cell',
      file: 'policies/authz/step/02_cell.rego',
      row: 5,
      outcome: 'defined',
      lines: [{ row: 5, asked: [{ rule: 'authz.step.cell', outcome: 'undefined' }] }],
    });
  });

  it('shows the text of a line only where the rules beside the bundle are those that it was built from', async () => {
    const file = await question('buurman');
    expect((await explain({ file })).text).not.toContain('no_cell if not cell');
    // Without a bundle the policies of the checkout are explained, and their rules lie beside them.
    expect((await asked({ file })).text).toMatch(/^ +\d+ {2}not complete$/m);
  });

  it('is not what a running service does, which has its own policy and facts', async () => {
    const { terminal, told } = rememberingTerminal();
    const file = await question('consulent');
    const options = { ...FLAGS, file, explain: true, url: 'http://127.0.0.1:1', json: false };
    expect(await ask({ ...options, bundle: TWO_CELLS_BUNDLE }, terminal)).toBe(2);
    expect(told.join()).toContain('--bundle and --facts go with --explain, without --url');
  });

  it('refuses a key, which only a service looks at; one in the environment is no wish', async () => {
    const file = await question('consulent');
    expect(await explain({ file, key: 'geheim' })).toMatchObject({ code: 2, told: expect.stringContaining('--key') });
    const main = join(import.meta.dirname, '../../src/cli/datwat.mjs');
    const command = [main, 'ask', '--explain', '--bundle', TWO_CELLS_BUNDLE, '--file', file];
    const env = { ...process.env, DATWAT_API_KEY: 'geheim' };
    expect((await run(process.execPath, command, { env })).stdout).toContain('Geprobeerde regels');
    const help = await run(process.execPath, [main, 'ask', '--help'], { env });
    expect(help.stdout).not.toContain('geheim');
    await expect(run(process.execPath, [...command, '--key', 'geheim'], { env })).rejects.toMatchObject({ code: 2 });
  });

  it('asks for what is missing', async () => {
    expect(await explain({})).toMatchObject({ code: 2, told: expect.stringContaining('say also --role') });
    const { code, told } = await explain({ file: await question('consulent', { bsn: '123456789', id: undefined }) });
    expect(code).toBe(2);
    expect(told).not.toContain('123456789');
  });
});
