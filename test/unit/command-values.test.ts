/** What makes no sense as a value is wrong use (exit code 2) and named, by every command: the program itself is run. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ask } from '../../src/cli/ask.ts';
import { policyCheck } from '../../src/cli/policy-check.ts';
import { saying } from '../../src/cli/terminal.ts';
import { rememberingTerminal, TWO_CELLS, TWO_CELLS_BUNDLE } from '../support/two-cells.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/datwat.mjs');

it.each([
  { command: ['policy', 'check', '--bundle', ''], named: ['--bundle <file>'] },
  { command: ['policy', 'test', '--cases', TWO_CELLS, '--cases', ' '], named: ['--cases <folder>'] },
  {
    command: ['policy', 'test', '--coverage=', '--policies', ''],
    named: ['--policies <folder>', '--coverage [folder]'],
  },
  { command: ['policy', 'build', '-o', ''], named: ['-o, --output <file>'] },
  { command: ['policy', 'diff', TWO_CELLS_BUNDLE, ''], named: ['<new>'] },
  { command: ['facts', 'import', 'feed.csv', ''], named: ['<files>'] },
  { command: ['ask', '--role', '', '--person', ''], named: ['--role <role>', '--person <id>'] },
])('$command: each empty value is named', ({ command, named }) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...command], { encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(stderr.trim().split('\n')).toEqual(named.map((name) => `${name} is empty; give a value, or leave it out`));
  expect(status).toBe(2);
});

it('policy check compares with no bundle that is not there, is a folder or is no bundle', async () => {
  const check = (bundle: string) =>
    policyCheck({ policies: TWO_CELLS, bundle, json: false }, rememberingTerminal().terminal).catch(saying);
  expect(await check('nope')).toBe('nope: there is no such file or folder; mend the path');
  expect(await check(TWO_CELLS)).toBe(`${TWO_CELLS}: this is a folder; name a file`);
  expect(await check(MAIN)).toBe(`${MAIN} is no bundle: it is not a complete gzip file`);
});

it('ask says what is wrong with an address, and never by a bare word of the system', async () => {
  const asked = async (url: string) => {
    const { terminal, told } = rememberingTerminal();
    const file = join(TWO_CELLS, 'cases/C1-consulent.yaml');
    const flags = { level: 'dat', action: 'read', relation: 'client', organisation: 'gemeente_college' };
    expect(await ask({ ...flags, url, file, explain: false, json: false }, terminal)).toBe(2);
    return told.join('\n');
  };
  expect(await asked('nope')).toBe('No answer: --url nope is no address; such as http://127.0.0.1:8181');
  expect(await asked('localhost:8181')).toContain('is no address');
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  await once(server.close(), 'close');
  expect(await asked(`http://127.0.0.1:${port}`)).toBe(
    `No answer: http://127.0.0.1:${port} cannot be reached (nothing listens there); mend --url, or start one with: datwat serve`,
  );
});
