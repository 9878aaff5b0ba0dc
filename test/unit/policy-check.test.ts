import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { policyBuild } from '../../src/cli/policy-build.ts';
import { policyCheck } from '../../src/cli/policy-check.ts';
import { findOpa } from '../../src/engine/toolchain.ts';

const SHIPPED = join(import.meta.dirname, '../../policies');
const opa = await findOpa(SHIPPED).catch(() => undefined);

/** A pack of one cell, in the shape of the shipped one. */
const PACK: Readonly<Record<string, string>> = {
  'settings/data.yaml': 'profile: PF-STRIKT\n',
  'pets/data.yaml': 'consulent: {}\n',
  'organisation_types/data.yaml': 'gemeente_college: {}\n',
  'profiles/data.yaml': 'PF-STRIKT: {local_decisions: false}\n',
  'roles/data.yaml': 'wmo_consulent: {pets: [consulent], domains: [wmo], level_cap: wat}\n',
  'domains/data.yaml':
    'wmo: {holder: gemeente_college, dat: [actief], categories: {hulpvraag: {fields: [hulpvraag]}}}\n',
  'legal_bases/data.yaml': 'WMO.5.1.1.1: {in_force: true}\n',
  'reasons/data.yaml': 'NO_LEGAL_BASIS: {outward: false, depends_on: request, alternatives: []}\n',
  'purposes/data.yaml': `WMO.ONDERZOEK.BEHOEFTE:
  status: vastgesteld
  level_cap: wat
  roles: [wmo_consulent]
  pets: [consulent]
  fields: {wmo: {dat: [actief], wat: {hulpvraag: [hulpvraag]}}}
`,
  'authorisation_matrix/wmo/data.yaml': `WMO.ONDERZOEK.BEHOEFTE:
  wmo_consulent:
    id: C1
    level: wat
    out_basis: [WMO.5.1.1.1]
    in_basis: [WMO.5.1.1.1]
    review_date: '2027-01-01'
`,
  'authz/decision.rego': `package authz

# METADATA
# title: Closed
# description: A cell that is not there is closed.
# custom:
#   rule_id: R1
#   reason_code: NO_LEGAL_BASIS
#   legal_basis: []
#   owner: fg
#   review_date: "2027-01-01"
decision := {"decision": false, "context": {"reason_code": rego.metadata.rule().custom.reason_code}}
`,
};
const FOLDERS = [...new Set(Object.keys(PACK).map((name) => name.split('/')[0] ?? ''))].filter(
  (name) => name !== 'authz',
);

let policies: string;
let said: string[];

const output = {
  out: (line: string) => said.push(line.replaceAll(`${policies}/`, '')),
  err: (line: string) => said.push(line.replaceAll(`${policies}/`, '')),
};

const check = () => policyCheck({ policies, json: false, today: '2026-09-15' }, output);

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(policies, name)), { recursive: true });
    await writeFile(join(policies, name), text);
  }
}

async function change(name: string, from: string, to: string): Promise<void> {
  const text = await readFile(join(policies, name), 'utf8');
  expect(text).toContain(from);
  await writeFile(join(policies, name), text.replace(from, to));
}

beforeEach(async () => {
  policies = join(await mkdtemp(join(tmpdir(), 'datwat-check-')), 'policies');
  said = [];
  await mkdir(policies);
  await cp(join(SHIPPED, 'checks'), join(policies, 'checks'), { recursive: true });
  await write({ ...PACK, ...Object.fromEntries(FOLDERS.map((name) => [`${name}/schema.json`, '{"type": "object"}'])) });
});

afterEach(async () => {
  await rm(dirname(policies), { recursive: true });
});

describe.skipIf(opa === undefined)('with the compiler of policies', () => {
  test('a sound pack is a yes, and there is nothing to compare with yet', async () => {
    expect(await check()).toBe(0);
    expect(said).toEqual(['0 wrong, 0 to look at', 'There is no bundle.tar.gz to compare with.']);
  });

  test('a sound change ends with what it opens, against the bundle that was built before it', async () => {
    expect(await policyBuild({ policies, json: false }, output)).toBe(0);
    said = [];
    await change('authorisation_matrix/wmo/data.yaml', 'level: wat', 'level: dat');
    expect(await check()).toBe(0);
    expect(said).toEqual([
      '0 wrong, 0 to look at',
      'Compared with bundle.tar.gz:',
      '  wmo_consulent:',
      '    narrowed  wmo / WMO.ONDERZOEK.BEHOEFTE: level wat becomes dat',
    ]);
  });

  test('a change of rules is told too', async () => {
    expect(await policyBuild({ policies, json: false }, output)).toBe(0);
    said = [];
    await change('authz/decision.rego', '"decision": false', '"decision": true');
    expect(await check()).toBe(0);
    expect(said.at(-1)).toBe('  the compiled rules differ');
  });

  test('a basis that is not registered is a no, with its file and line', async () => {
    await change('authorisation_matrix/wmo/data.yaml', 'in_basis: [WMO.5.1.1.1]', 'in_basis: [WMO.5.1.1.9]');
    expect(await check()).toBe(1);
    expect(said.slice(0, 2)).toEqual([
      'error: authorisation_matrix/wmo/data.yaml:6: there is no legal basis WMO.5.1.1.9 (unknown)',
      '  → mend the spelling, or add it to its registry first',
    ]);
  });

  test('a rule without an owner is a no, with its file and line', async () => {
    await change('authz/decision.rego', '#   owner: fg\n', '');
    expect(await check()).toBe(1);
    expect(said[0]).toBe('error: authz/decision.rego:11: decision has no custom.owner in its METADATA (rule-metadata)');
  });

  test('a review date that is past is a yes with a warning', async () => {
    await change('authorisation_matrix/wmo/data.yaml', '2027-01-01', '2026-09-14');
    expect(await check()).toBe(0);
    expect(said[0]).toMatch(/^warning: authorisation_matrix\/wmo\/data\.yaml:2: was to be reviewed on 2026-09-14/);
  });

  test('rules that do not compile are a no, in the words of the compiler', async () => {
    await change('authz/decision.rego', 'decision :=', 'decision := nowhere :=');
    expect(await check()).toBe(1);
    expect(said[0]).toMatch(/^error: .*decision\.rego:12: rego_parse_error/s);
  });

  test('checks that do not compile, or that check nothing, are a no', async () => {
    await rm(join(policies, 'checks'), { recursive: true });
    expect(await check()).toBe(1);
    expect(said[0]).toContain('nothing was checked');
  });

  test('as JSON the same stands in one object', async () => {
    await change('authorisation_matrix/wmo/data.yaml', 'in_basis: [WMO.5.1.1.1]', 'in_basis: []');
    expect(await policyCheck({ policies, json: true, today: '2026-09-15' }, output)).toBe(1);
    expect(JSON.parse(said.join(''))).toMatchObject({
      findings: [{ severity: 'error', check: 'cell-basis', where: 'authorisation_matrix/wmo/data.yaml:2' }],
      differences: { lines: null },
      incomplete: null,
    });
  });
});

test('a typo is a no, also without the compiler', async () => {
  await write({ 'roles/data.yaml': 'a: 1\na: 2\n' });
  expect(await check()).toBe(1);
  expect(said[0]).toBe('error: roles/data.yaml:2:1: this key stands twice in the same map; keep one of the two (yaml)');
});

test('without the compiler a sound pack is not a yes: it says what was not checked', async () => {
  const { PATH, OPA } = process.env;
  process.env.PATH = '';
  process.env.OPA = '';
  try {
    expect(await check()).toBe(2);
  } finally {
    process.env.PATH = PATH;
    if (OPA === undefined) delete process.env.OPA;
    else process.env.OPA = OPA;
  }
  expect(said.at(-1)).toMatch(/^Not checked: the rules/);
});
