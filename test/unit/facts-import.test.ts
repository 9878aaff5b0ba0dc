import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { factsInit } from '../../src/cli/facts-init.ts';
import { columnNames, FACT_KINDS, FORMS } from '../../src/facts/kinds.ts';
import { createPseudonymsOf } from '../../src/pseudonyms/key-ring.ts';
import { CONSENT, factsFolder, importFiles, OLD_RING, openFacts, question, RELATION, rowOf } from '../support/facts.ts';

const NUMBER = '999990019';
const [pseudonym] = createPseudonymsOf(OLD_RING)(NUMBER);
const AS_OF = '2026-09-15T06:00:00Z';

async function found(folder: string, about: Parameters<typeof question>[0] = {}) {
  const facts = openFacts(folder);
  const [first] = await facts.lookup([question(about)]);
  facts.close();
  return first?.facts ?? {};
}

function everyText(folder: string): string {
  const db = new DatabaseSync(join(folder, 'facts.sqlite'), { readOnly: true });
  const text = JSON.stringify([db.prepare('SELECT * FROM fact').all(), db.prepare('SELECT * FROM feed').all()]);
  db.close();
  return text;
}

describe('a feed in NDJSON', () => {
  it('brings each kind of fact to the policy, in the form of design.md §10', async () => {
    const folder = factsFolder();
    const agreement = {
      fact: 'agreements',
      id: 'afspraak-1',
      kind: 'convenant',
      parties: ['00000001003214345000', '00000003111112340000'],
      domains: ['wmo'],
      max_level: 'dat',
      valid_from: '2025-01-01',
      valid_until: '2027-12-31',
    };
    const mandate = {
      fact: 'mandates',
      organisation: '00000001003214345000',
      municipality: '0363',
      laws: ['BWBR0035362'],
    };
    const guardian = {
      fact: 'guardianship',
      data_subject: 'inwoner-1',
      person: 'inwoner-2',
      relation: 'ouder_met_gezag',
      gezag: true,
      since: '2016-03-04',
    };
    const notice = { fact: 'notices', data_subject: 'inwoner-1', kind: 'first_contact', at: '2026-09-10', wie: 'mw-1' };
    const objection = {
      fact: 'objections',
      data_subject: 'inwoner-1',
      domain: 'jeugd',
      made_at: '2026-09-01T12:00+02:00',
    };
    const staff = { fact: 'staff', id: 'mw-9', role: 'teamhoofd' };
    const all = [RELATION, CONSENT, objection, agreement, mandate, guardian, notice, staff];
    const { code, err } = await importFiles(folder, { 'all.ndjson': all }, { asOf: AS_OF, source: 'suite' });
    expect(err.filter((line) => !line.endsWith('for there was none'))).toEqual([]);
    expect(code).toBe(0);
    const { feeds, ...facts } = await found(folder);
    expect(facts).toEqual({
      case_relation: rowOf(RELATION),
      consents: [{ ...rowOf(CONSENT), given_at: '2026-08-31T22:00:00.000Z', given_on: '2026-09-01' }],
      objections: [{ domain: 'jeugd', made_at: '2026-09-01T10:00:00.000Z' }],
      agreements: [rowOf(agreement)],
      mandates: [rowOf(mandate)],
      guardianship: [rowOf(guardian)],
      notices: [{ kind: 'first_contact', at: '2026-09-09T22:00:00.000Z', wie: 'mw-1' }],
      staff: [rowOf(staff)],
    });
    expect(feeds).toHaveProperty('consents', { as_of: '2026-09-15T06:00:00.000Z', source: 'suite', stale: false });
  });

  it('holds pseudonyms only, wherever a personal number stood', async () => {
    const folder = factsFolder();
    const { data_subject: _, ...consent } = CONSENT;
    await importFiles(folder, {
      'a.ndjson': [
        { ...RELATION, data_subject: 999990019, subject: NUMBER, casus_id: NUMBER },
        { ...consent, bsn: '9999.90.019', id: NUMBER, given_by: NUMBER, source: `van ${NUMBER}` },
        { fact: 'objections', data_subject: { bsn: NUMBER }, made_at: '2026-09-01' },
        { fact: 'notices', data_subject: { id: NUMBER }, kind: 'pet_notice', at: '2026-09-01' },
      ],
    });
    expect(everyText(folder)).not.toContain(NUMBER);
    const facts = await found(folder, { dataSubject: [pseudonym], professional: [pseudonym] });
    expect(facts).toMatchObject({
      case_relation: { casus_id: pseudonym },
      consents: [{ id: pseudonym, given_by: pseudonym, source: `van ${pseudonym}` }],
      objections: [{}],
      notices: [{}],
    });
  });

  it('holds none in its head, its columns or its source either, nor do messages', async () => {
    const folder = factsFolder();
    const head = { feed: 'consents', source: NUMBER };
    await importFiles(folder, { 'a.ndjson': [head], 'b.ndjson': [RELATION] }, { source: `van ${NUMBER}` });
    const { err } = await importFiles(folder, {
      'c.ndjson': [
        { ...head, [NUMBER]: 1 },
        { ...CONSENT, [NUMBER]: 1 },
      ],
    });
    expect(err).toHaveLength(3);
    expect(everyText(folder) + err.join()).not.toContain(NUMBER);
  });

  it('may have a head for each kind, which also feeds a kind without facts', async () => {
    const folder = factsFolder();
    const heads = [
      { feed: 'objections', as_of: '2026-09-14', source: 'zaaksysteem' },
      { feed: 'case_relation', as_of: AS_OF },
    ];
    await importFiles(folder, { 'a.ndjson': [...heads, RELATION] }, { asOf: '2026-01-01', source: 'vlag' });
    expect(await found(folder)).toMatchObject({
      objections: [],
      feeds: {
        objections: { as_of: '2026-09-13T22:00:00.000Z', source: 'zaaksysteem', stale: false },
        case_relation: { as_of: '2026-09-15T06:00:00.000Z', source: 'vlag' },
        consents: { as_of: null, source: null, stale: true },
      },
    });
  });

  it('without a date is as old as its latest row', async () => {
    const folder = factsFolder();
    const rows = ['2026-09-01', '2026-09-03', '2026-09-02'].map((as_of, id) => ({ ...CONSENT, id: `t${id}`, as_of }));
    await importFiles(folder, { 'a.ndjson': rows });
    expect(await found(folder)).toMatchObject({
      feeds: { consents: { as_of: '2026-09-02T22:00:00.000Z', stale: true } },
    });
  });

  const LINES: [string, string, string][] = [
    [
      'a date that does not exist',
      JSON.stringify({ ...RELATION, until: '2026-02-30' }),
      'column until: must be a date',
    ],
    [
      'a time without offset',
      JSON.stringify({ ...CONSENT, given_at: '2026-02-03T10:00:00' }),
      'column given_at: must be a time',
    ],
    ['a mistyped column', JSON.stringify({ ...RELATION, persn_relation: 'x' }), 'did you mean person_relation?'],
    [
      'a column of another kind',
      JSON.stringify({ ...RELATION, items: ['a'] }),
      'column items: is no column of case_relation',
    ],
    ['a missing column', JSON.stringify({ ...CONSENT, id: undefined }), 'column id: is required for consents'],
    ['a missing person', JSON.stringify({ ...CONSENT, data_subject: null }), 'column data_subject: is required'],
    ['a missing professional', JSON.stringify({ ...RELATION, subject: undefined }), 'column subject: is required'],
    ['two people at once', JSON.stringify({ ...CONSENT, bsn: NUMBER }), 'column data_subject: must be'],
    ['an unknown word', JSON.stringify({ ...RELATION, kind: 'eigen' }), 'column kind: must be one of eigen_caseload'],
    [
      'a mistyped kind',
      JSON.stringify({ ...CONSENT, fact: 'consernts' }),
      'column fact: is no kind of fact; did you mean consents?',
    ],
    ['no kind', JSON.stringify({ ...CONSENT, fact: undefined }), 'column fact: must name the kind'],
    ['a wrong type', JSON.stringify({ ...CONSENT, items: 'uitkering' }), 'column items: must be a list'],
    [
      'what is read from another column',
      JSON.stringify({ ...CONSENT, given_on: '2026-09-01' }),
      'column given_on: is no column of consents',
    ],
    ['an empty text', JSON.stringify({ ...CONSENT, purpose: ' ' }), 'column purpose: must be a text'],
    ['a text with NUL', '{"fact":"staff","id":"a\\u0000","role":"x"}', 'column id: must be a text'],
    [
      'a person with NUL',
      JSON.stringify({ ...CONSENT, data_subject: 'inwoner-1\0' }),
      'column data_subject: must be a text',
    ],
    ['half a character', '{"fact":"staff","id":"\\ud800","role":"x"}', 'column id: must be a text'],
    [
      'a number that fails the proof',
      JSON.stringify({ fact: 'objections', bsn: '999990018', made_at: '2026-01-01' }),
      'column bsn: is not a personal number (11-proof)',
    ],
    ['removing in a whole feed', JSON.stringify({ ...CONSENT, remove: true }), 'column remove: belongs to changes'],
    ['a feed from the future', '{"feed":"consents","as_of":"2199-01-01"}', 'column as_of: must be'],
    ['a head with more', '{"feed":"consents","asof":"2026-01-01"}', 'column asof: is no member of the head'],
    ['no object', '["consents"]', 'column 1: must be a JSON object'],
    ['no JSON', '{"fact":"consents",', 'is not valid JSON'],
    ['a key twice', '{"fact":"staff","id":"a","id":"b","role":"x"}', 'column 1: has a key twice'],
  ];

  it.each(LINES)('with %s is not applied, and the line and column are named', async (_, line, message) => {
    const folder = factsFolder();
    await importFiles(folder, { 'first.ndjson': [RELATION] }, { asOf: AS_OF });
    const before = everyText(folder);
    const feed = `${JSON.stringify({ ...RELATION, subject: 'mw-2' })}\n\n${line}\n${JSON.stringify({ ...CONSENT, id: 'x' })}`;
    const { code, err, out } = await importFiles(folder, { 'wrong.ndjson': feed });
    expect(code).toBe(2);
    expect(out).toEqual([]);
    expect(err).toHaveLength(2);
    expect(err[0]).toMatch(/^wrong\.ndjson: line 3, column /);
    expect(err[0]).toContain(message);
    expect(err[1]).toBe('wrong.ndjson: nothing was applied');
    expect(err.join()).not.toMatch(/99999001/);
    expect(everyText(folder)).toBe(before);
  });

  it('with more wrong than anyone can read stops at twenty', async () => {
    const { err } = await importFiles(factsFolder(), { 'a.ndjson': Array.from({ length: 50 }, () => ({ fact: 'x' })) });
    expect(err.filter((line) => line.includes('column fact'))).toHaveLength(20);
    expect(err.at(-1)).toBe('a.ndjson: nothing was applied; there may be more that is wrong');
  });

  it('that says two things about the same fact is refused; saying it twice is not', async () => {
    const folder = factsFolder();
    expect((await importFiles(folder, { 'a.ndjson': [CONSENT, CONSENT] })).code).toBe(0);
    const { err } = await importFiles(folder, { 'b.ndjson': [CONSENT, { ...CONSENT, valid_until: '2030-01-01' }] });
    expect(err[0]).toBe(
      'b.ndjson: line 2, column fact: says something else than an earlier line about the same consents',
    );
  });
});

describe('a feed in CSV', () => {
  const header = 'fact,data_subject,bsn,subject,kind,domain,person_relation,since,id,items,gezag,person,relation';

  it('has the same names as columns, lists with semicolons or as JSON, and empty cells left out', async () => {
    const folder = factsFolder();
    const rows = [
      header,
      'case_relation,inwoner-1,,mw-1,eigen_caseload,wmo,client,2026-01-05,,,,,',
      'consents,inwoner-1,,,explicit,,,,t1,uitkering; reintegratietraject,,,',
      'consents,inwoner-1,,,explicit,,,,t2,"[""a;b"",""c""]",,,',
      `guardianship,,${NUMBER},,,,,,,,false,inwoner-2,ouder_zonder_gezag`,
    ];
    expect((await importFiles(folder, { 'a.csv': `\ufeff${rows.join('\r\n')}\r\n` })).err.slice(1)).toEqual([]);
    expect(await found(folder)).toMatchObject({
      case_relation: { kind: 'eigen_caseload', domain: 'wmo', person_relation: 'client', since: '2026-01-05' },
      consents: [
        { id: 't1', kind: 'explicit', items: ['uitkering', 'reintegratietraject'] },
        { id: 't2', kind: 'explicit', items: ['a;b', 'c'] },
      ],
    });
    expect(await found(folder, { dataSubject: [pseudonym] })).toMatchObject({ guardianship: [{ gezag: false }] });
  });

  it('may be separated by semicolons, and needs no column fact where the kind is given', async () => {
    const folder = factsFolder();
    const text = 'data_subject;id;kind;items\ninwoner-1;t1;explicit;"a;b"\n';
    expect((await importFiles(folder, { 'a.csv': text }, { kind: 'consents' })).code).toBe(0);
    expect(await found(folder)).toMatchObject({ consents: [{ id: 't1', items: ['a', 'b'] }] });
  });

  it.each([
    [
      'a wrong cell',
      'staff,,,,,,,,mw-1,,,,\nconsents,inwoner-1,,,explicit,,,x,t1,,,,',
      'line 3, column since: is no column of consents',
    ],
    ['a wrong boolean', 'guardianship,inwoner-1,,,,,,,,,ja,i-2,ouder', 'line 2, column gezag: must be true or false'],
    ['a cell too few', 'staff,mw-1', 'line 2, column 3: has 2 cells where the header has 13'],
    ['a quote too many', 'staff,"mw"-1,,,,,,,,,,,', 'column quotes: is not valid CSV'],
  ])('with %s is refused by line and column', async (_, rows, message) => {
    const { code, err } = await importFiles(factsFolder(), { 'a.csv': `${header}\n${rows}` });
    expect(code).toBe(2);
    expect(err.join('\n')).toContain(message);
  });

  it.each([
    ['fact,id,rol', 'line 1, column 3: has no name of a column of a fact; did you mean role?'],
    ['fact,id,id', 'line 1, column 3: has the same name as an earlier column'],
  ])('with the header %s is refused once', async (wrong, message) => {
    const { err } = await importFiles(factsFolder(), { 'a.csv': `${wrong}\nstaff,a,b\nstaff,c,d` });
    expect(err.slice(1)).toEqual([`a.csv: ${message}`, 'a.csv: nothing was applied']);
  });

  it('with a row without end is refused for its length', async () => {
    const { err } = await importFiles(factsFolder(), { 'a.csv': `fact,id,role\nstaff,${'x'.repeat(1_200_000)},y\n` });
    expect(err.join()).toContain('line 2, column quotes: is longer than a row of a feed may be (1 MiB)');
  });

  it('without a header shows none of its values', async () => {
    const { code, err } = await importFiles(factsFolder(), { 'a.csv': `consents,${NUMBER},explicit\n` });
    expect(code).toBe(2);
    expect(err.join()).toContain(
      'line 1, column 2: has no name of a column of a fact; the first line must name the columns',
    );
    expect(err.join()).not.toContain(NUMBER);
  });

  it('that is no UTF-8, or not there, is refused', async () => {
    const folder = factsFolder();
    const files = ['latin.csv', 'absent.csv'].map((name) => join(folder, name));
    writeFileSync(join(folder, 'latin.csv'), Buffer.from('fact,id,role\nstaff,Jos\u00e9,x\n', 'latin1'));
    const { code, err } = await importFiles(folder, {}, { files });
    expect(code).toBe(2);
    expect(err).toContain('latin.csv: line 1, column encoding: the file is not UTF-8 text; export it anew as UTF-8');
    expect(err).toContain('absent.csv: there is no such file or folder; mend the path');
  });
});

describe('whole feeds and changes', () => {
  it('a whole feed replaces its kind and no other', async () => {
    const folder = factsFolder();
    await importFiles(folder, { 'a.ndjson': [RELATION, CONSENT] });
    await importFiles(folder, { 'b.ndjson': [{ ...CONSENT, id: 'toestemming-2' }] });
    expect(await found(folder)).toMatchObject({ case_relation: {}, consents: [{ id: 'toestemming-2' }] });
  });

  it.each(['csv', 'ndjson'])('a file of nothing in %s takes nothing away', async (extension) => {
    const folder = factsFolder();
    await importFiles(folder, { 'a.ndjson': [CONSENT] });
    const { code, err } = await importFiles(folder, { [`b.${extension}`]: '' }, { kind: 'consents' });
    expect(code).toBe(2);
    expect(err[0]).toMatch(new RegExp(`^b\\.${extension}: line 1, column 1: the file is empty; `));
    expect(await found(folder)).toMatchObject({ consents: [{ id: CONSENT.id }] });
  });

  it.each([
    ['b.csv', 'data_subject,id,kind\n'],
    ['b.ndjson', '{"feed":"consents"}\n'],
  ])('a feed without facts that says so empties its kind: %s', async (name, text) => {
    const folder = factsFolder();
    await importFiles(folder, { 'a.ndjson': [CONSENT] });
    expect((await importFiles(folder, { [name]: text }, { kind: 'consents' })).code).toBe(0);
    expect(await found(folder)).toMatchObject({ consents: [] });
  });

  it('a second file of one import may not replace what the first brought', async () => {
    const folder = factsFolder();
    const { code, err } = await importFiles(folder, { 'a.ndjson': [CONSENT], 'b.ndjson': [{ ...CONSENT, id: 'x' }] });
    expect(code).toBe(2);
    expect(err.join()).toContain('consents was fed by an earlier file of this import');
    expect(await found(folder)).toMatchObject({ consents: [{ id: 'toestemming-1' }] });
  });

  it('changes add, replace and take away single facts, and do not make a feed fresher by themselves', async () => {
    const folder = factsFolder();
    await importFiles(
      folder,
      { 'a.ndjson': [CONSENT, { ...CONSENT, id: 't2' }] },
      { asOf: '2026-09-01', source: 'bron' },
    );
    const changes = [
      { ...CONSENT, id: 't3' },
      { ...CONSENT, withdrawn_at: '2026-09-14' },
      { fact: 'consents', data_subject: 'inwoner-1', id: 't2', remove: true },
      { fact: 'objections', data_subject: 'inwoner-1', made_at: '2026-09-14' },
    ];
    const { out } = await importFiles(folder, { 'b.ndjson': changes }, { changes: true });
    expect(out[1]).toContain('without a whole feed this kind stays stale');
    expect(await found(folder)).toMatchObject({
      consents: [{ id: 't3' }, { id: 'toestemming-1', withdrawn_at: '2026-09-13T22:00:00.000Z' }],
      objections: [{}],
      feeds: {
        consents: { as_of: '2026-08-31T22:00:00.000Z', source: 'bron' },
        objections: { as_of: null, stale: true },
      },
    });
    await importFiles(folder, { 'c.ndjson': [CONSENT] }, { changes: true, asOf: AS_OF });
    expect(await found(folder)).toMatchObject({
      feeds: { consents: { as_of: '2026-09-15T06:00:00.000Z', source: 'bron' } },
    });
  });
});

describe('the command', () => {
  it('makes the file readable by its owner only, and init leaves an existing one alone', async () => {
    const above = factsFolder();
    const file = join(above, 'new/deep/facts.sqlite');
    const lines: string[] = [];
    const output = { out: (line: string) => lines.push(line), err: (line: string) => lines.push(line) };
    expect(await factsInit({ facts: { file, people: 'real' } }, output)).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await factsInit({ facts: { file, people: 'real' } }, output)).toBe(2);
    expect(lines[1]).toContain('is there already');
    expect(lines[0], 'a folder that was made is said').toContain(
      `made in the folder ${join(above, 'new')}, which was not`,
    );
    expect(await factsInit({ facts: { file: join(above, 'new/other.sqlite'), people: 'real' } }, output)).toBe(0);
    expect(lines[2]).not.toContain('in the folder');
  });

  it.each([
    [{ files: [] }, 'name at least one file'],
    [{ kind: 'consernts' }, '--kind must be one of'],
    [{ asOf: 'yesterday' }, '--as-of must be a time'],
  ])('refuses wrong use: %o', async (options, message) => {
    const { code, err } = await importFiles(factsFolder(), { 'a.ndjson': [CONSENT] }, options);
    expect(code).toBe(2);
    expect(err.join()).toContain(message);
  });

  it('refuses a database that is not a facts file, and says so', async () => {
    const folder = factsFolder();
    const db = new DatabaseSync(join(folder, 'facts.sqlite'));
    db.exec('CREATE TABLE other (x)');
    db.close();
    const { code, err } = await importFiles(folder, { 'a.ndjson': [CONSENT] });
    expect(code).toBe(2);
    expect(err.join()).toContain('is not a facts file of Datwat');
  });

  it('says in JSON what it did', async () => {
    const { out } = await importFiles(
      factsFolder(),
      { 'a.ndjson': [CONSENT], 'b.txt': '' },
      { json: true, asOf: AS_OF },
    );
    expect(out.map((line) => JSON.parse(line))).toMatchObject([
      { applied: true, kinds: { consents: { facts: 1, removed: 0, as_of: '2026-09-15T06:00:00.000Z', source: null } } },
      { applied: false, problems: [{ column: 'name' }] },
    ]);
  });
});

describe('the description', () => {
  it('names each kind with its columns, and which are required', () => {
    const text = readFileSync(join(import.meta.dirname, '../../src/facts/README.md'), 'utf8');
    for (const kind of FACT_KINDS) {
      const names = columnNames(kind).filter((name) => name !== 'as_of' && name !== 'source');
      const required = (name: string) => FORMS[kind].columns[name]?.required;
      const described = names.map((name) => (required(name) ? `**\`${name}\`**` : `\`${name}\``)).join(' ');
      const lines = text.split('\n').map((each) => each.split('|').map((cell) => cell.trim()));
      expect(lines.find(([, first]) => first === `\`${kind}\``)?.[3]).toBe(described);
    }
  });
});
