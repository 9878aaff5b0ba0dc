import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/decision/model.ts';
import { chooseCaseRelation } from '../../src/facts/case-relation.ts';
import { createPseudonymsOf } from '../../src/pseudonyms/key-ring.ts';
import { createPseudonymiser } from '../../src/pseudonyms/pseudonymiser.ts';
import {
  CONSENT,
  factsFolder,
  importFiles,
  NOW,
  OLD_RING,
  openFacts,
  question,
  RELATION,
  ROTATED_RING,
  rowOf,
} from '../support/facts.ts';

const AS_OF = '2026-09-15T06:00:00Z';

async function imported(facts: readonly JsonObject[], asOf = AS_OF): Promise<string> {
  const folder = factsFolder();
  const { code, err } = await importFiles(folder, { 'facts.ndjson': facts }, { asOf });
  expect(code, err.join('\n')).toBe(0);
  return folder;
}

async function lookUp(folder: string, ...about: Parameters<typeof question>[0][]) {
  const facts = openFacts(folder);
  const found = await facts.lookup(about.map(question));
  facts.close();
  return found.map((each) => each.facts);
}

describe('one question', () => {
  it('about somebody unknown gets nothing but the age of each feed', async () => {
    const [facts] = await lookUp(await imported([RELATION, CONSENT]), { dataSubject: ['inwoner-9'] });
    expect(facts).toMatchObject({ case_relation: null, consents: [], objections: [], guardianship: [], notices: [] });
  });

  it('sees the relations of the professional who asks, and of nobody else', async () => {
    const folder = await imported([RELATION, CONSENT]);
    const [facts] = await lookUp(folder, { professional: ['mw-2'] });
    expect(facts).toMatchObject({ case_relation: null, consents: [{ id: 'toestemming-1' }] });
  });

  it('gives rows in the order of what makes them, whatever the order of the feed', async () => {
    const ids = ['c', 'a', 'b'];
    const [facts] = await lookUp(await imported(ids.map((id) => ({ ...CONSENT, id }))), {});
    expect(facts).toMatchObject({ consents: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] });
  });

  it('gets the agreements and mandates of the organisation that asks, or all where none is named', async () => {
    const agreement = { fact: 'agreements', kind: 'convenant', domains: ['wmo'], max_level: 'dat' };
    const mandate = { fact: 'mandates', municipality: '0363', laws: ['BWBR0035362'] };
    const folder = await imported([
      { ...agreement, id: 'a1', parties: ['1', '2'] },
      { ...agreement, id: 'a2', parties: ['2', '3'] },
      { ...mandate, organisation: '1' },
      { ...mandate, organisation: '3' },
    ]);
    const found = await lookUp(folder, { organisation: '1' }, { organisation: '2' }, { organisation: '4' }, {});
    const counts = found.map(({ agreements, mandates }) => [agreements, mandates].map((rows) => [rows].flat().length));
    expect(counts).toEqual([
      [1, 1],
      [2, 0],
      [0, 0],
      [2, 2],
    ]);
  });

  it('gets the staff rows of the people that it names, or all where the core names none', async () => {
    const folder = await imported([
      { fact: 'staff', id: 'mw-1', role: 'teamhoofd' },
      { fact: 'staff', id: 'mw-1', role: 'wmo_consulent' },
      { fact: 'staff', id: 'mw-2', role: 'teamhoofd' },
    ]);
    const found = await lookUp(folder, { people: ['mw-1', 'mw-1', 'mw-7'] }, { people: [] }, {});
    expect(found.map(({ staff }) => [staff].flat().length)).toEqual([2, 0, 3]);
  });
});

describe('a batch', () => {
  it('answers each item for itself', async () => {
    const folder = await imported([RELATION, CONSENT, { ...CONSENT, data_subject: 'inwoner-2', id: 't2' }]);
    const found = await lookUp(folder, {}, { dataSubject: ['inwoner-2'] }, { professional: ['mw-2'] }, {});
    expect(found).toMatchObject([
      { case_relation: {}, consents: [{ id: 'toestemming-1' }] },
      { case_relation: null, consents: [{ id: 't2' }] },
      { case_relation: null, consents: [{ id: 'toestemming-1' }] },
      { case_relation: {}, consents: [{ id: 'toestemming-1' }] },
    ]);
  });
});

describe('the age of a feed', () => {
  const at = (time: string) => ({ now: { time, date: time.slice(0, 10) } });

  it('makes it stale when it is older than its kind may be, to the millisecond', async () => {
    const folder = await imported([RELATION, CONSENT], '2026-09-14T09:00:00Z');
    const [just, late, later] = await lookUp(
      folder,
      at('2026-09-15T09:00:00.000Z'),
      at('2026-09-15T09:00:00.001Z'),
      at('2026-09-17T09:00:00.001Z'),
    );
    expect(just?.feeds).toMatchObject({ case_relation: { stale: false }, consents: { stale: false } });
    expect(late?.feeds).toMatchObject({ case_relation: { stale: true }, consents: { stale: false } });
    expect(later?.feeds).toMatchObject({ case_relation: { stale: true }, consents: { stale: true } });
  });

  it('of a kind that was never fed is stale in production only, and only about a person', async () => {
    const folder = await imported([RELATION]);
    const stale = async (mode: 'development' | 'production', dataSubject: string[]) => {
      const facts = openFacts(folder, { mode });
      const [found] = await facts.lookup([question({ dataSubject })]);
      facts.close();
      return found?.facts.feeds;
    };
    expect(await stale('production', ['inwoner-1'])).toMatchObject({
      consents: { stale: true },
      staff: { stale: true },
    });
    expect(await stale('production', [])).toMatchObject({ consents: { stale: false }, staff: { stale: false } });
    expect(await stale('development', ['inwoner-1'])).toMatchObject({ consents: { stale: false } });
  });
});

describe('after a key rotation', () => {
  const NUMBER = '999990019';
  const aliases = createPseudonymsOf(ROTATED_RING)(NUMBER);
  const [fresh, old = ''] = aliases;
  const rows = [
    { ...RELATION, data_subject: NUMBER, subject: NUMBER },
    { ...CONSENT, data_subject: NUMBER, given_by: NUMBER },
  ];

  it('a row under the old key is found, and speaks of the person by the new pseudonym', async () => {
    const folder = await imported(rows);
    const [facts] = await lookUp(folder, { dataSubject: aliases, professional: aliases });
    expect(facts).toMatchObject({ case_relation: { casus_id: 'casus-1' }, consents: [{ given_by: fresh }] });
    expect(JSON.stringify(facts)).not.toContain(old);
  });

  it('a change under the new key takes the place of the row under the old one', async () => {
    const folder = await imported(rows);
    const withdrawn = { ...CONSENT, data_subject: NUMBER, withdrawn_at: '2026-09-14' };
    const pseudonymiser = createPseudonymiser(ROTATED_RING);
    await importFiles(folder, { 'c.ndjson': [withdrawn] }, { changes: true, pseudonymiser });
    const [facts, underOld] = await lookUp(folder, { dataSubject: aliases }, { dataSubject: [old] });
    expect(facts).toMatchObject({ consents: [{ withdrawn_at: '2026-09-13T22:00:00.000Z' }] });
    expect(underOld).toMatchObject({ consents: [] });
  });

  it('of a row under both keys the one under the writing key counts', async () => {
    const folder = await imported(rows);
    // As an application does that knows the pseudonym and not the number.
    await importFiles(
      folder,
      { 'c.ndjson': [{ ...CONSENT, data_subject: fresh, valid_until: '2026-01-01' }] },
      { changes: true },
    );
    const [facts] = await lookUp(folder, { dataSubject: aliases });
    expect(facts).toMatchObject({ consents: [{ valid_until: '2026-01-01' }] });
  });

  it('an import says so as long as people stand under more than one key', async () => {
    const folder = await imported([...rows, RELATION]);
    const pseudonymiser = createPseudonymiser(ROTATED_RING);
    const first = await importFiles(folder, { 'a.ndjson': [{ ...CONSENT, data_subject: NUMBER }] }, { pseudonymiser });
    expect(first.err.join()).toContain('under the pseudonym keys k1, k2;');
    const second = await importFiles(
      folder,
      { 'b.ndjson': [{ ...RELATION, data_subject: NUMBER }] },
      { pseudonymiser },
    );
    expect(second.err).toEqual([]);
  });

  it('two rings make different pseudonyms', () => {
    expect(createPseudonymsOf(OLD_RING)(NUMBER)).toEqual([old]);
    expect(fresh).not.toBe(old);
  });
});

describe('of several case relations', () => {
  const row = (about: JsonObject) => ({ ...rowOf(RELATION), ...about });
  const best = row({ kind: 'eigen_caseload' });
  const standIn = row({ kind: 'waarneming', until: '2026-12-31' });

  it.each<[string, JsonObject, JsonObject, Parameters<typeof question>[0]]>([
    ['one in its period', row({ kind: 'team_caseload' }), row({ until: '2026-09-14' }), {}],
    ['one that has begun', row({ kind: 'team_caseload' }), row({ since: '2026-09-16' }), {}],
    ['one on its last day', row({ until: '2026-09-15' }), standIn, {}],
    ['the team', row({ kind: 'team_caseload' }), row({ kind: 'waarneming' }), {}],
    ['the own caseload', best, standIn, {}],
    ['standing in', standIn, row({ kind: 'meelezer_overleg', overleg_id: 'o' }), { overlegId: 'o' }],
    [
      'the meeting that was asked',
      row({ kind: 'meelezer_overleg', overleg_id: 'o' }),
      row({ kind: 'team_caseload' }),
      { overlegId: 'o' },
    ],
    [
      'the team in its own domain',
      row({ kind: 'team_caseload' }),
      row({ kind: 'meelezer_overleg', overleg_id: 'o' }),
      { overlegId: 'p' },
    ],
    [
      'the team in its own domain, for what lies in it,',
      row({ kind: 'team_caseload', domain: 'a' }),
      row({ kind: 'meelezer_overleg' }),
      { domain: 'a.b' },
    ],
    [
      'a meeting that was asked',
      row({ kind: 'meelezer_overleg', overleg_id: 'o' }),
      row({ kind: 'team_caseload', domain: 'jeugd' }),
      { overlegId: 'o' },
    ],
    ['a meeting of those that cannot suffice', row({ kind: 'meelezer_overleg' }), row({ kind: 'voormalig' }), {}],
    ['a former one', row({ kind: 'voormalig' }), row({ kind: 'geen' }), {}],
    ['a stored one', row({ domain: 'jeugd' }), row({ domain: 'wmo', source: 'asserted:x' }), { domain: 'wmo' }],
    ['the domain that was asked', row({ domain: 'wmo' }), row({ domain: 'jeugd' }), { domain: 'wmo' }],
    [
      'the domain itself',
      row({ domain: 'participatie.werk' }),
      row({ domain: 'participatie' }),
      { domain: 'participatie.werk' },
    ],
    ['what covers it', row({ domain: 'participatie' }), row({ domain: 'jeugd' }), { domain: 'participatie.werk' }],
    ['what lies in it', row({ domain: 'participatie.werk' }), row({ domain: 'jeugd' }), { domain: 'participatie' }],
    ['the casus that was asked', row({ casus_id: 'z' }), row({ casus_id: 'a' }), { casusId: 'z' }],
  ])('%s comes first', (_, first, second, about) => {
    expect(chooseCaseRelation([first, second], question(about))).toBe(first);
    expect(chooseCaseRelation([second, first], question(about))).toBe(first);
  });

  it('of equal ones the first in the list', () => {
    const twin = { ...best };
    expect(chooseCaseRelation([twin, best], question())).toBe(twin);
    expect(chooseCaseRelation([], question())).toBeNull();
  });

  it('all stored ones are looked at', async () => {
    const folder = await imported([
      { ...RELATION, until: '2026-03-01' },
      { ...RELATION, kind: 'waarneming', since: NOW.date, until: NOW.date },
    ]);
    const [facts] = await lookUp(folder, {});
    expect(facts).toMatchObject({ case_relation: { kind: 'waarneming' } });
  });
});
