import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/decision/model.ts';
import { addAsserted } from '../../src/facts/asserted.ts';
import { FACT_KINDS, type RowsByKind } from '../../src/facts/kinds.ts';
import { CONSENT, question, RELATION, rowOf } from '../support/facts.ts';

const NOTHING: RowsByKind = {
  case_relation: [],
  consents: [],
  objections: [],
  agreements: [],
  mandates: [],
  guardianship: [],
  notices: [],
  staff: [],
};
const consent: JsonObject = { ...rowOf(CONSENT), given_at: '2026-08-31T22:00:00.000Z', given_on: '2026-09-01' };
const relation: JsonObject = rowOf(RELATION);

function assert(asserted: Json, stored: Partial<RowsByKind> = {}, mayAssert: readonly string[] = FACT_KINDS) {
  return addAsserted({ ...NOTHING, ...stored }, question({ asserted, mayAssert }));
}

describe('what an entitled caller asserts', () => {
  it('is added, in normal form, with the caller as its source', () => {
    const { rows, asserted, ignored } = assert({
      case_relation: { kind: 'eigen_caseload', domain: 'wmo', since: '2026-09-15T23:30:00Z' },
      consents: [{ ...consent, given_at: '2026-09-01', source: 'de inwoner zelf' }],
      notices: [{ kind: 'pet_notice', at: '2026-09-15T10:00+02:00' }],
    });
    const source = 'asserted:backoffice';
    expect(rows).toEqual({
      ...NOTHING,
      case_relation: [{ kind: 'eigen_caseload', domain: 'wmo', since: '2026-09-16', source }],
      consents: [{ ...consent, source }],
      notices: [{ kind: 'pet_notice', at: '2026-09-15T08:00:00.000Z', source }],
    });
    expect([asserted, ignored]).toEqual([['case_relation', 'consents', 'notices'], []]);
  });

  it('is ignored for kinds that the caller is no source of, and for kinds that do not exist', () => {
    const { rows, asserted, ignored } = assert({ staff: [], consents: [consent], zzz: [1], objections: null }, {}, [
      'notices',
    ]);
    expect(rows).toEqual(NOTHING);
    expect([asserted, ignored]).toEqual([[], ['consents', 'staff', 'zzz']]);
  });

  it.each<[string, Json]>([
    ['a text', 'consents'],
    ['a list', [consent]],
    ['rows that are no list', { consents: consent }],
    ['rows that are no objects', { consents: [1, null, 'x'] }],
    ['a row without what it needs', { consents: [{ kind: 'explicit' }] }],
    ['an end that cannot be read', { consents: [{ ...consent, valid_until: 'volgend jaar' }] }],
    ['a withdrawal that cannot be read', { consents: [{ ...consent, withdrawn_at: 'gisteren' }] }],
    ['a period that cannot be read', { case_relation: { ...relation, until: '31-12-2026' } }],
    ['a row about somebody else', { consents: [{ ...consent, data_subject: 'inwoner-2' }] }],
    ['a relation of somebody else', { case_relation: { ...relation, subject: 'mw-2' } }],
  ])('is ignored where it is %s', (_, asserted) => {
    const result = assert(asserted);
    expect(result.rows).toEqual(NOTHING);
    expect(result.asserted).toEqual([]);
    expect(result.ignored).toHaveLength(1);
  });

  it('counts in part: the kind is then both asserted and ignored', () => {
    const { rows, asserted, ignored } = assert({ consents: [consent, { id: 'x' }] });
    expect([rows.consents.length, asserted, ignored]).toEqual([1, ['consents'], ['consents']]);
  });

  it('closes by being there, also where a part cannot be read', () => {
    const { rows } = assert({
      objections: [{ domain: 7, made_at: 'gisteren' }],
      guardianship: [{ person: 'p', relation: 'curator', kind: 'curator', gezag: true, until: 'ooit' }],
    });
    expect(rows.objections).toEqual([{ source: 'asserted:backoffice' }]);
    expect(rows.guardianship).toEqual([{ kind: 'curator', source: 'asserted:backoffice' }]);
  });

  it('is ignored about nobody', () => {
    const { ignored } = addAsserted(
      NOTHING,
      question({ dataSubject: [], asserted: { consents: [consent] }, mayAssert: ['consents'] }),
    );
    expect(ignored).toEqual(['consents']);
  });
});

describe('what is stored', () => {
  it.each<[string, Partial<RowsByKind>, JsonObject]>([
    [
      'a withdrawn consent',
      { consents: [{ ...consent, withdrawn_at: '2026-09-10T00:00:00.000Z' }] },
      { consents: [consent] },
    ],
    [
      'a withdrawal, by a consent with another id',
      { consents: [{ ...consent, withdrawn_at: '2026-09-10T00:00:00.000Z' }] },
      { consents: [{ ...consent, id: 'nieuw', given_at: '2026-09-14' }] },
    ],
    [
      'a blanket withdrawal',
      { consents: [{ id: 'a', kind: 'explicit', withdrawn_at: '2026-09-10T00:00:00.000Z' }] },
      { consents: [consent] },
    ],
    ['the end of a consent', { consents: [{ ...consent, valid_until: '2026-09-01' }] }, { consents: [consent] }],
    [
      'an objection, by a later consent for the same',
      {
        objections: [
          { purpose: consent.purpose ?? null, domain: 'participatie.inkomen', made_at: '2026-09-01T00:00:00.000Z' },
        ],
      },
      { consents: [{ ...consent, given_at: '2026-09-14' }] },
    ],
    ['the end of a relation', { case_relation: [{ ...relation, until: '2026-09-01' }] }, { case_relation: relation }],
    [
      'an ended relation, by one that began later',
      { case_relation: [{ ...relation, until: '2026-09-01' }] },
      { case_relation: { ...relation, since: '2026-09-14' } },
    ],
    ['a former relation', { case_relation: [{ ...relation, kind: 'voormalig' }] }, { case_relation: relation }],
    [
      'the end of gezag',
      { guardianship: [{ person: 'p', relation: 'ouder_met_gezag', gezag: true, until: '2026-01-01' }] },
      { guardianship: [{ person: 'p', relation: 'ouder_met_gezag', gezag: true }] },
    ],
  ])('%s is not reopened', (_, stored, asserted) => {
    const result = assert(asserted, stored);
    expect(result.rows).toEqual({ ...NOTHING, ...stored });
    expect([result.asserted, result.ignored]).toEqual([[], Object.keys(asserted)]);
  });

  it('can be ended earlier, and not later', () => {
    const withdrawn = assert(
      { consents: [{ ...consent, withdrawn_at: '2026-09-15T08:00:00Z' }] },
      { consents: [consent] },
    );
    expect(withdrawn.rows.consents).toEqual([{ ...consent, withdrawn_at: '2026-09-15T08:00:00.000Z' }]);
    expect(withdrawn.asserted).toEqual(['consents']);
    const longer = assert({ consents: [{ ...consent, valid_until: '2030-01-01' }] }, { consents: [consent] });
    expect(longer.rows.consents).toEqual([consent]);
  });

  it('does not stand in the way of another casus, purpose or domain', () => {
    const stored = {
      case_relation: [{ ...relation, until: '2026-09-01' }],
      consents: [{ ...consent, withdrawn_at: '2026-09-10T00:00:00.000Z' }],
    };
    const asserted = {
      case_relation: { ...relation, casus_id: 'casus-2' },
      consents: [
        { ...consent, id: 'b', purpose: 'JW.TOEGANG.BEPALEN' },
        { ...consent, id: 'c', from_domain: 'jeugd' },
      ],
    };
    const { rows } = assert(asserted, stored);
    expect([rows.case_relation.length, rows.consents.length]).toEqual([2, 3]);
  });

  it('says what a person is in a casus, also for a relation that is asserted', () => {
    const stored = { case_relation: [{ ...relation, kind: 'team_caseload', person_relation: 'partner' }] };
    const asserted = { kind: 'eigen_caseload', domain: 'wmo', person_relation: 'client' };
    expect(assert({ case_relation: asserted }, stored).rows.case_relation[1]).toMatchObject({
      person_relation: 'partner',
    });
    const elsewhere = assert({ case_relation: { ...asserted, casus_id: 'casus-2' } }, stored);
    expect(elsewhere.rows.case_relation[1]).toMatchObject({ person_relation: 'client' });
  });

  it('stays, whatever is asserted: no row disappears and none opens', () => {
    const times = fc.constantFrom(undefined, '2026-01-01', '2027-01-01', '2026-01-01T00:00:00.000Z', 'x');
    const consents = fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      kind: fc.constantFrom('explicit', 'geen_bezwaar_mondeling', 'x'),
      purpose: fc.constantFrom('P', 'Q'),
      from_domain: fc.constantFrom('wmo', 'jeugd'),
      given_at: times,
      valid_until: times,
      withdrawn_at: times,
    });
    const clean = (row: object): JsonObject => JSON.parse(JSON.stringify(row));
    const storedConsents = fc.uniqueArray(consents, { selector: ({ id }) => id });
    fc.assert(
      fc.property(storedConsents, fc.array(consents), (stored, asserted) => {
        const before = stored.map(clean);
        const { rows } = assert({ consents: asserted.map(clean) }, { consents: before });
        for (const row of before) {
          const after = rows.consents.find(({ id }) => id === row.id);
          expect(after).toMatchObject({ kind: row.kind, purpose: row.purpose, from_domain: row.from_domain });
          for (const end of ['valid_until', 'withdrawn_at']) {
            if (row[end] !== undefined) expect(String(after?.[end]) <= String(row[end])).toBe(true);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
