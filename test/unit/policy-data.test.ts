import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkSchemas, readSchemas } from '../../src/cli/check/check-schemas.ts';
import { readPolicyData } from '../../src/cli/check/read-policy-data.ts';

let policies: string;

beforeEach(async () => {
  policies = await mkdtemp(join(tmpdir(), 'datwat-data-'));
});

afterEach(async () => {
  await rm(policies, { recursive: true });
});

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(policies, name)), { recursive: true });
    await writeFile(join(policies, name), text);
  }
}

/** What is found, with the temporary folder taken out. */
async function found(): Promise<string[]> {
  const data = await readPolicyData(policies);
  const findings = [...data.findings, ...checkSchemas(data.document, await readSchemas(policies), data.placeOf)];
  return findings.map(({ where, message }) => `${where}: ${message}`.replaceAll(`${policies}/`, ''));
}

const schema = JSON.stringify({
  type: 'object',
  additionalProperties: {
    type: 'object',
    required: ['title'],
    additionalProperties: false,
    properties: { title: { type: 'string' }, level: { enum: ['dat', 'wat'] } },
  },
});

test('a folder is a key, also below a folder, and the cases are no data', async () => {
  await write({
    'roles/data.yaml': 'fg: {title: FG}\n',
    'matrix/participatie.inkomen/data.yaml': 'P: {title: p}\n',
    'cases/A01.yaml': 'id: A01\n',
    'toolchain/data.yaml': 'x: 1\n',
  });
  expect((await readPolicyData(policies)).document).toEqual({
    roles: { fg: { title: 'FG' } },
    matrix: { 'participatie.inkomen': { P: { title: 'p' } } },
  });
});

test('data that keep their schema give no finding', async () => {
  await write({ 'roles/data.yaml': 'fg: {title: FG, level: dat}\n', 'roles/schema.json': schema });
  expect(await found()).toEqual([]);
});

test('every breach of a schema is told at once, with file and line', async () => {
  await write({
    'roles/data.yaml': 'fg:\n  title: FG\n  tilte: FG\nciso:\n  level: alles\n',
    'roles/schema.json': schema,
  });
  expect(await found()).toEqual([
    'roles/data.yaml:3: /roles/fg/tilte: this name is not known here',
    'roles/data.yaml:4: /roles/ciso: "title" is missing',
    'roles/data.yaml:5: /roles/ciso/level: must be one of: dat, wat',
  ]);
});

test('a schema rules the folders below it, and names the file that breaks it', async () => {
  await write({
    'matrix/schema.json': JSON.stringify({ type: 'object', additionalProperties: JSON.parse(schema) }),
    'matrix/wmo/data.yaml': 'P: {title: p}\n',
    'matrix/jeugd/data.yaml': '# first\nP: {level: dat}\n',
  });
  expect(await found()).toEqual(['matrix/jeugd/data.yaml:2: /matrix/jeugd/P: "title" is missing']);
});

test('data without a schema, and a schema without data, are findings', async () => {
  await write({ 'roles/data.yaml': 'fg: {title: FG}\n', 'pets/schema.json': schema });
  expect(await found()).toEqual([
    'pets/schema.json: this schema has no data',
    'roles/data.yaml:1: these data have no schema.json',
  ]);
});

test('a key that two files give is a finding, and so is a file that OPA would pass over', async () => {
  await write({
    'matrix/data.yaml': 'wmo: {P: {title: p}}\n',
    'matrix/wmo/data.yaml': 'P: {title: q}\n',
    'matrix/extra.yaml': 'P: {}\n',
    'matrix/schema.json': '{}',
  });
  expect(await found()).toEqual([
    'matrix/extra.yaml: OPA does not read this file',
    'matrix/wmo/data.yaml:1: another file already gives this',
  ]);
});

test('what cannot be read is a finding with its place, and the other files are still read', async () => {
  await write({
    'roles/data.yaml': 'fg: {title: FG}\nfg: {title: FG}\n',
    'roles/schema.json': '{}',
    'codes/data.yaml': 'municipality: no\n',
    'codes/schema.json': '{}',
  });
  const findings = await found();
  expect(findings[0]).toBe('codes/data.yaml:1:15: OPA reads no as something else than text; put quotes around it');
  expect(findings[1]).toMatch(/^roles\/data\.yaml:2:1: this key stands twice/);
});

test('a schema with a typo in it is refused by name', async () => {
  await write({ 'roles/schema.json': '{"type": "object", "propertys": {}}' });
  await expect(readSchemas(policies)).rejects.toThrow(/roles\/schema\.json is not a JSON Schema.*propertys/);
});
