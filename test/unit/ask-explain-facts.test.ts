/** An explanation leaves no record, so it looks into a facts file of invented people only. */
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askExplain, type ExplainOptions } from '../../src/cli/ask-explain.ts';
import { factsImport } from '../../src/cli/facts-import.ts';
import { factsInit } from '../../src/cli/facts-init.ts';
import { type ConfigFlags, loadConfig } from '../../src/cli/load-config.ts';
import { applyChanges } from '../../src/facts/apply-changes.ts';
import type { FactsFile } from '../../src/facts/facts-file.ts';
import { developmentKeyRing, type KeyRing } from '../../src/pseudonyms/key-ring.ts';
import { createPseudonymiser } from '../../src/pseudonyms/pseudonymiser.ts';
import { rememberingTerminal, TWO_CELLS, TWO_CELLS_BUNDLE } from '../support/two-cells.ts';

/** Invented; passes the 11-proof. */
const BSN = '111222333';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datwat-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const facts = () => join(folder, 'facts.sqlite');

/** A question about an invented resident, by the facts file. */
async function explain(more: Partial<ExplainOptions>) {
  const file = join(folder, 'question.json');
  const resident = { id: 'inwoner-0001', birth_date: '1980-05-17' };
  const question = {
    subject: { type: 'medewerker', id: 'mw-1', properties: { role: 'consulent' } },
    action: { name: 'read' },
    resource: { type: 'dossier', id: 'dossier-0001', properties: { data_subject: resident } },
  };
  await writeFile(file, JSON.stringify(question));
  const { terminal, said, told } = rememberingTerminal();
  const flags = { level: 'dat', action: 'read', relation: 'client', organisation: 'gemeente_college', json: false };
  const options = { ...flags, bundle: TWO_CELLS_BUNDLE, file, facts: facts(), ...more };
  const code = await askExplain(options, terminal);
  return { code, text: said.join('\n'), told: told.join('\n') };
}

describe('ask --explain --facts', () => {
  const ringOf = (id: string): KeyRing => ({ active: id, keys: [{ id, secret: Buffer.alloc(32, 7) }] });

  const importFor = async (people: FactsFile['people'], ring = developmentKeyRing(), resident = BSN) => {
    const feed = join(folder, 'feed.ndjson');
    const row = { data_subject: resident, relation: 'ouder_met_gezag', person: 'inwoner-0002', gezag: true };
    const lines = [
      { feed: 'guardianship', source: 'test' },
      { fact: 'guardianship', ...row },
    ];
    await writeFile(feed, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const { terminal, told } = rememberingTerminal();
    const options = { files: [feed], facts: { file: facts(), people }, pseudonymiser: createPseudonymiser(ring) };
    expect(await factsImport(options, terminal), told.join('\n')).toBe(0);
  };
  const explained = () => explain({});
  const REFUSED = { code: 2, text: '', told: expect.stringContaining('is not marked as one of invented people') };

  it('answers by one of invented people', async () => {
    await importFor('invented');
    expect(await explained()).toMatchObject({ code: 0, told: '' });
  });

  it('looks at no real person, because nothing is recorded, also not at one whose id is no pseudonym', async () => {
    await importFor('real', ringOf('2026'), 'inwoner-0001');
    expect(await explained()).toMatchObject(REFUSED);
    expect((await explained()).told).toContain('put those in a file of their own');
  });

  it('looks at no file that real people were put into later, by an import or by a running service', async () => {
    const fill = {
      import: () => importFor('real', ringOf('2026'), 'inwoner-0001'),
      service: async () => {
        const noChanges = { facts: [], aliases: new Map(), kinds: [], source: 'test' };
        await applyChanges({ file: facts(), people: 'real' }, noChanges, '2026-09-15T09:00:00.000Z', async () => {});
      },
    };
    for (const put of Object.values(fill)) {
      await rm(facts(), { force: true });
      await importFor('invented');
      await put();
      expect(await explained()).toMatchObject(REFUSED);
      await importFor('invented');
      expect(await explained(), 'once real, always real').toMatchObject(REFUSED);
    }
  });

  it('looks at no file from before there was a mark', async () => {
    await importFor('invented');
    const db = new DatabaseSync(facts());
    db.exec(`PRAGMA application_id = ${0x44_57_66_00}`);
    db.close();
    expect(await explained()).toMatchObject(REFUSED);
  });

  it('looks at no pseudonym under another key that came in with a feed of development', async () => {
    await importFor('invented', ringOf('2026'));
    const { code, told } = await explained();
    expect(code).toBe(2);
    expect(told).toContain('holds people under pseudonym key 2026');
  });

  it('takes a file that was made with configured pseudonym keys for one of real people, before anyone is in it', async () => {
    const key = join(folder, 'k1.key');
    const config = join(folder, 'config.yaml');
    writeFileSync(key, 'x'.repeat(32), { mode: 0o600 });
    writeFileSync(config, `pseudonym: { active: k1, keys: [{ id: k1, file: ${key} }] }`);
    const init = (flags: ConfigFlags) =>
      factsInit({ facts: loadConfig(flags, {}).facts }, rememberingTerminal().terminal);
    expect(await init({ config, facts: facts() })).toBe(0);
    expect(await explained()).toMatchObject(REFUSED);
    await rm(facts());
    expect(await init({ facts: facts() })).toBe(0);
    expect(await explained()).toMatchObject({ code: 0, told: '' });
  });

  it('says where there is none, and that a case brings its own', async () => {
    expect((await explained()).told).toContain('there is no facts file');
    await importFor('invented');
    const ofCase = await explain({ file: join(TWO_CELLS, 'cases/C1-consulent.yaml') });
    expect(ofCase.told).toContain('brings its own facts');
  });
});
