/** The recipes of policies/README.md, done as they stand there: an author copies them. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { policyCheck } from '../../src/cli/policy-check.ts';
import { findOpa } from '../../src/engine/toolchain.ts';
import { POLICIES } from '../support/policy-pack.ts';

const page = await readFile(join(POLICIES, 'README.md'), 'utf8');
const opa = await findOpa(POLICIES).catch(() => undefined);

let policies: string;
let said: string[];

beforeEach(async () => {
  policies = await mkdtemp(join(tmpdir(), 'datwat-readme-'));
  said = [];
  await cp(POLICIES, policies, { recursive: true });
});

afterEach(() => rm(policies, { recursive: true }));

/** The one block of the page in `language` that holds `word`, without its indentation. */
function block(language: string, word: string): string {
  const [found, ...others] = [...page.matchAll(/^( *)```(\w*)\n(.*?)^ *```$/gms)].filter(
    ([, , named, text]) => named === language && text?.includes(word),
  );
  expect(others, `blocks that also hold ${word}`).toEqual([]);
  const [, indentation = '', , text = ''] = found ?? expect.fail(`the page has no block with ${word}`);
  return text.replaceAll(new RegExp(`^${indentation}`, 'gm'), '');
}

async function change(name: string, mend: (text: string) => string): Promise<void> {
  const file = join(policies, name);
  await writeFile(file, mend(await readFile(file, 'utf8')));
}

const check = () =>
  policyCheck(
    { policies, json: false, today: '2026-09-15' },
    { out: (line) => said.push(line), err: (line) => said.push(line) },
  );

describe.skipIf(opa === undefined)('the recipes for authors', () => {
  it('change a cell: policy check ends with the lines that the page shows', async () => {
    await change('authorisation_matrix/wmo/data.yaml', (text) => {
      const matrix = parseDocument(text);
      const { klantmanager } = parse(block('yaml', 'klantmanager'))['AFSTEMMING.HULP'];
      for (const [key, value] of Object.entries(klantmanager)) {
        matrix.setIn(['AFSTEMMING.HULP', 'klantmanager', key], value);
      }
      return matrix.toString();
    });
    expect(await check()).toBe(0);
    expect(`${said.join('\n')}\n`).toContain(block('', 'narrowed'));
  });

  it('add a condition: with the rule of the page the policies are sound', async () => {
    await change('authorisation_matrix/schema.json', (text) =>
      text.replace(
        '"order": {',
        '"team": { "description": "The professional names a team.", "const": true }, "order": {',
      ),
    );
    await change(
      'authz/step/11_basis.rego',
      (text) =>
        `${text.replace('\torder_where_needed(part)\n', '\torder_where_needed(part)\n\tteam_where_needed(part)\n')}\n${block('rego', 'team_where_needed')}`,
    );
    await change('authorisation_matrix/wmo/data.yaml', (text) => {
      const matrix = parseDocument(text);
      matrix.setIn(['AFSTEMMING.HULP', 'klantmanager', 'conditions', 'team'], true);
      return matrix.toString();
    });
    expect(await check(), said.join('\n')).toBe(0);
    expect(said.join('\n')).toContain('narrowed  wmo / AFSTEMMING.HULP: conditions.team (not set) becomes true');
  });
});
