/** A case that says something which would be passed over proves less than it says: it is an error with file, line and shape. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCases } from '../../src/cli/cases/read-cases.ts';
import { policyTest } from '../../src/cli/policy-test.ts';
import { rememberingTerminal, TWO_CELLS, TWO_CELLS_BUNDLE } from '../support/two-cells.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'datwat-cases-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const SOUND = {
  id: 'id: X',
  request: 'request: { subject: { type: a, id: b } }',
  expect: 'expect: { decision: false }',
};

/** A sound case with one line of it replaced or added; that line is the fourth, after the other three. */
function written(line: string): string {
  const replaced = line.split('\n').map((one) => one.split(':')[0]);
  const others = Object.entries({ ...SOUND, title: 'title: Een zin' }).filter(([name]) => !replaced.includes(name));
  const file = join(folder, 'case.yaml');
  writeFileSync(
    file,
    `${others
      .slice(0, 3)
      .map(([, text]) => text)
      .join('\n')}\n${line}\n`,
  );
  return file;
}

function problemsOf(line: string): readonly string[] {
  const file = written(line);
  try {
    readCases([file], ['profile']);
    return [];
  } catch (error) {
    return String(error).replace('Error: ', '').replaceAll(`${file}:4: `, '').split('\n');
  }
}

describe('a case that is sound', () => {
  it.each([
    'profile: PF-STRIKT',
    'facts: { case_relation: null, consents: [], mandates: [{ organisation: "1", municipality: "2", laws: [wmo] }] }',
    'facts: { consents: }',
    'facts: { case_relation: { kind: team_caseload, as_of: 2026-09-12T00:00:00Z, source: registratie } }',
    'caller: { organisation: "1", may_assert: [case_relation] }',
    'expect: { status: 400 }',
    'expect: { status: 200, decision: true, level: dat, fields: [], obligations: [a], record: { rule_id: x } }',
    'request: { evaluations: [{}, {}] }\nexpect: [{ decision: true }, { decision: false }]',
  ])('%s', (line) => {
    expect(problemsOf(line)).toEqual([]);
  });
});

const MADE_AT = 'made_at must be a time with its offset, such as 2026-12-31T09:00:00Z, or a date that exists';
const KINDS = 'case_relation, consents, objections, agreements, mandates, guardianship, notices, staff';

describe('a case that is not', () => {
  it.each([
    [
      'profil: PF-STRIKT',
      '"profil" is not a key of a case; this bundle knows id, title, request, facts, expect, caller, data, profile',
    ],
    ['id: 12', 'id must be a text'],
    ['title: [a]', 'title must be a text'],
    ['request: text', 'request must be what the application sends, as a map'],
    ['data: []', 'data must be a map, laid over the data of the bundle'],
    ['facts: []', `facts must be a map of ${KINDS}`],
    ['facts: { consents: tekst }', 'facts.consents must be a list of maps with at least id, kind, or nothing'],
    [
      'facts: { consents: { id: a, kind: explicit } }',
      'facts.consents must be a list of maps with at least id, kind, or nothing',
    ],
    ['facts: { consents: [tekst] }', 'facts.consents: each must be a map with at least id, kind'],
    ['facts: { case_relation: [] }', 'facts.case_relation must be one map with at least kind, or nothing'],
    ['facts: { case_relation: true }', 'facts.case_relation must be one map with at least kind, or nothing'],
    ['facts: { consent: [] }', `facts: consent is no kind of fact; there are ${KINDS}`],
    [
      'facts: { feeds: {} }',
      `facts: feeds is no kind of fact; there are ${KINDS} (the as_of of a row is that of its feed)`,
    ],
    [
      'facts: { consents: [{ id: a, kind: explicit, purposes: b }] }',
      'facts.consents: purposes is no column of consents; did you mean purpose?',
    ],
    ['facts: { objections: [{ made_at: gisteren }] }', `facts.objections: ${MADE_AT}`],
    ['facts: { staff: [{ id: a }] }', 'facts.staff: role is required for staff'],
    [
      'facts: { staff: [{ id: a, role: b, as_of: 2026-01-01 }, { id: b, role: b, as_of: 2026-01-02 }] }',
      'facts.staff: its rows have one as_of, which is that of their feed',
    ],
    ['caller: text', 'caller must be a map of organisation and may_assert'],
    ['caller: { organisation: 1 }', 'caller.organisation must be a text'],
    ['caller: { may_assert: [consent] }', `caller.may_assert must be a list of ${KINDS}`],
    ['caller: { may_simulate: true }', 'caller knows organisation, may_assert; not "may_simulate"'],
    ['expect: text', 'expect must be a map, or a list of maps for a batch'],
    ['expect: {}', 'expect is empty, so this case proves nothing'],
    [
      'expect: { decison: true }',
      'expect knows status, decision, level, fields, reason_code, obligations, alternatives, record; not "decison"',
    ],
    ['expect: { decision: "true" }', 'expect.decision must be true or false'],
    ['expect: { fields: adres }', 'expect.fields must be a list of texts'],
    ['expect: { record: text }', 'expect.record must be a map'],
    ['expect: [{ decision: true }]', 'expect is a list only where the request has evaluations; write one map'],
    [
      'expect: { status: 400, decision: false }',
      'what the door refuses has a status and nothing else: write expect: { status: … } alone',
    ],
  ])('%s', (line, problem) => {
    expect(problemsOf(line)).toEqual([problem]);
  });
});

it('the command names file and line of everything that is wrong, says no, and asks the other cases all the same', async () => {
  const other = join(folder, 'other.yaml');
  writeFileSync(other, Object.values(SOUND).join('\n').replace('id: X', 'id: Y').replace('false', 'true'));
  const file = written('facts: { consents: tekst, staf: [] }');
  const { terminal, said, told } = rememberingTerminal();
  const options = { policies: TWO_CELLS, bundle: TWO_CELLS_BUNDLE, cases: [folder], threshold: [], json: false };
  expect(await policyTest(options, terminal)).toBe(2);
  expect(told.join('\n')).toContain(`${file}:4: facts.consents must be a list of maps`);
  expect(told.join('\n')).toContain(`${file}:4: facts: staf is no kind of fact`);
  expect(said.join('\n')).toContain('Y differs: other.yaml');
  expect(said.at(-1)).toBe('1 case, 0 as expected, 1 differ');
});
