/** Commands that are given a file that cannot be read say which, and what to do: never a bare word of the system. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ask } from '../../src/cli/ask.ts';
import { policyBuild } from '../../src/cli/policy-build.ts';
import { policyDiff } from '../../src/cli/policy-diff.ts';
import { policyInspect } from '../../src/cli/policy-inspect.ts';
import { policyShadowReport } from '../../src/cli/policy-shadow-report.ts';
import { policyTest } from '../../src/cli/policy-test.ts';
import { serve } from '../../src/cli/serve.ts';
import { saying, type Terminal } from '../../src/cli/terminal.ts';
import { rememberingTerminal, TWO_CELLS_BUNDLE } from '../support/two-cells.ts';

const FLAGS = { level: 'dat', action: 'read', relation: 'client', organisation: 'gemeente_college' };
const COMMANDS: Readonly<Record<string, (file: string, terminal: Terminal) => Promise<number>>> = {
  ask: (file, terminal) => ask({ ...FLAGS, file, explain: false, json: false }, terminal),
  'policy inspect': (bundle, terminal) => policyInspect({ bundle, json: false }, terminal),
  'policy diff': (file, terminal) => policyDiff({ before: TWO_CELLS_BUNDLE, after: file, json: false }, terminal),
  'serve --config': (config, terminal) => serve({ config }, terminal),
  'policy shadow report': (file, terminal) => policyShadowReport({ file, json: false }, terminal),
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datwat-files-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function said(command: string, file: string): Promise<string> {
  const { terminal, said: out, told: err } = rememberingTerminal();
  expect(await COMMANDS[command]?.(file, terminal)).toBe(2);
  expect(out).toEqual([]);
  const text = err.join('\n');
  expect(text).toContain(file);
  expect(text).not.toMatch(/ENOENT|EISDIR|syscall/);
  return text;
}

it.each([
  ['ask', 'no such file or folder; mend the path'],
  ['policy inspect', 'no such file or folder; mend the path'],
  ['policy diff', 'no such file or folder; mend the path'],
  ['serve --config', 'no such file or folder; mend the path'],
  ['policy shadow report', 'a service with shadow in its configuration keeps one'],
])('%s of a file that is not there', async (command, advice) => {
  expect(await said(command, join(folder, 'absent'))).toContain(advice);
});

it.each(Object.keys(COMMANDS))('%s of a folder', async (command) => {
  expect(await said(command, folder)).toContain('this is a folder; name a file');
});

it('policy shadow report of something else', async () => {
  const file = join(folder, 'report.json');
  for (const content of ['a: b', '{}']) {
    await writeFile(file, content);
    expect(await said('policy shadow report', file)).toContain('no report of a shadow');
  }
});

it('policy build of a folder that is not there', async () => {
  const policies = join(folder, 'absent');
  const built = policyBuild({ policies, json: false }, rememberingTerminal().terminal);
  expect(await built.catch(saying)).toBe(`${policies}: there is no such file or folder; mend the path`);
});

it('policy test of policies that are not there', async () => {
  const { terminal, told } = rememberingTerminal();
  const options = { policies: join(folder, 'absent'), cases: [], threshold: [], json: false };
  expect(await policyTest(options, terminal)).toBe(2);
  expect(told.join()).toContain('there is no such file or folder; mend the path');
});

it('a place to listen that is taken, a port and a socket', async () => {
  for (const place of [{ host: '127.0.0.1', port: 0 }, { path: join(folder, 'taken.sock') }]) {
    const first = createServer();
    const second = createServer();
    await once(first.listen(place), 'listening');
    const address = first.address();
    const same = typeof address === 'string' ? { path: address } : { host: '127.0.0.1', port: address?.port };
    const [error] = await once(second.listen(same), 'error').catch((thrown) => [thrown]);
    first.close();
    const named = 'path' in same ? `the socket ${same.path}` : `port ${same.port} of 127.0.0.1`;
    expect(saying(error)).toContain(`${named} is taken by another process; name another place to listen`);
  }
});
