import { expect, test } from 'vitest';
import { matrixDiff, matrixDiffLines } from '../../src/cli/check/matrix-diff.ts';
import type { JsonObject } from '../../src/decision/model.ts';

const cell: JsonObject = {
  id: 'C1',
  level: 'dat',
  fields: ['actief'],
  out_basis: ['PW.65'],
  in_basis: ['WMO.5.1.1.4'],
  conditions: { consent: true },
  owner: 'proceseigenaar',
  review_date: '2027-01-01',
};

function matrix(value: JsonObject | undefined): JsonObject {
  const roles = value === undefined ? {} : { wmo_consulent: value };
  return { authorisation_matrix: { participatie: { 'WMO.ONDERZOEK.BEHOEFTE': roles } } };
}

function effectOf(now: JsonObject | undefined, old: JsonObject | undefined = cell): string | undefined {
  return matrixDiff(matrix(old), matrix(now))[0]?.effect;
}

test('data that are the same differ in nothing', () => {
  expect(matrixDiff(matrix(cell), matrix({ ...cell }))).toEqual([]);
});

test('a new cell opens and a removed cell closes, for its role', () => {
  expect(matrixDiff(matrix(undefined), matrix(cell))).toEqual([
    {
      effect: 'opened',
      role: 'wmo_consulent',
      where: 'participatie / WMO.ONDERZOEK.BEHOEFTE',
      what: ['dat [actief], asks consent'],
    },
  ]);
  expect(effectOf(undefined)).toBe('closed');
});

test.each<[string, JsonObject, string]>([
  ['a higher level', { level: 'wat' }, 'widened'],
  ['a lower level', { level: 'none' }, 'narrowed'],
  ['a field more', { fields: ['actief', 'contactpersoon_team'] }, 'widened'],
  ['a field less', { fields: [] }, 'narrowed'],
  ['another field', { fields: ['contactpersoon_team'] }, 'changed'],
  ['a condition more', { conditions: { consent: true, agreement: true } }, 'narrowed'],
  ['a condition less', { conditions: {} }, 'widened'],
  ['a condition switched off', { conditions: { consent: false } }, 'widened'],
  ['a condition that asks something else', { conditions: { consent: 'wat' } }, 'changed'],
  ['another basis', { in_basis: ['WMO.5.1.1.5'] }, 'changed'],
  ['a level up with a field less', { level: 'wat', fields: [] }, 'changed'],
  ['only another review date', { review_date: '2028-01-01' }, 'changed'],
  ['a level up and another owner', { level: 'wat', owner: 'fg' }, 'widened'],
])('%s is told as such', (_name, change, effect) => {
  expect(effectOf({ ...cell, ...change })).toBe(effect);
});

test('a purpose that becomes adopted opens, and one that is withdrawn closes', () => {
  const purpose = (status: string): JsonObject => ({ purposes: { 'WMO.TOEZICHT': { status, level_cap: 'wat' } } });
  expect(matrixDiff(purpose('concept'), purpose('vastgesteld'))).toEqual([
    { effect: 'opened', where: 'purpose WMO.TOEZICHT', what: ['status concept becomes vastgesteld'] },
  ]);
  expect(matrixDiff(purpose('vastgesteld'), purpose('ingetrokken'))[0]?.effect).toBe('closed');
});

test.each<[string, boolean, string]>([
  ['case_relation_required', true, 'narrowed'],
  ['objection_blocks', false, 'widened'],
  ['breaks_secrecy', true, 'widened'],
])('a purpose whose %s becomes %s is %s', (flag, now, effect) => {
  const purpose = (value: boolean): JsonObject => ({ purposes: { P: { status: 'vastgesteld', [flag]: value } } });
  expect(matrixDiff(purpose(!now), purpose(now))[0]?.effect).toBe(effect);
});

test('a local decision names its profile', () => {
  const local: JsonObject = { local_decisions: { 'PF-PRAKTIJK': { wmo: { P: { klantmanager: cell } } } } };
  expect(matrixDiffLines(matrixDiff({}, local))).toEqual([
    'klantmanager:',
    '  opened  wmo / P (only in PF-PRAKTIJK): dat [actief], asks consent',
  ]);
});

test('fields of a purpose are told by domain', () => {
  const purpose = (wat: JsonObject): JsonObject => ({
    purposes: { P: { status: 'vastgesteld', fields: { wmo: { dat: ['actief'], wat } } } },
  });
  expect(matrixDiff(purpose({ pgb: ['pgb'] }), purpose({ pgb: ['pgb', 'bedrag'] }))).toEqual([
    { effect: 'widened', where: 'purpose P', what: ['fields.wmo.wat.pgb +bedrag'] },
  ]);
});

test('another profile is told for everyone', () => {
  expect(
    matrixDiffLines(matrixDiff({ settings: { profile: 'PF-STRIKT' } }, { settings: { profile: 'PF-PRAKTIJK' } })),
  ).toEqual(['for everyone:', '  changed  setting profile: PF-STRIKT becomes PF-PRAKTIJK']);
});

test('lines stand together by role', () => {
  const data = (roles: JsonObject): JsonObject => ({ authorisation_matrix: { wmo: { P: roles, Q: roles } } });
  const lines = matrixDiffLines(matrixDiff(data({}), data({ b_rol: cell, a_rol: cell })));
  expect(lines.filter((line) => line.endsWith('rol:'))).toEqual(['a_rol:', 'b_rol:']);
  expect(lines).toHaveLength(6);
});
