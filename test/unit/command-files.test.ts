/** Commands that are given a file that cannot be read say which, and what to do: never a bare word of the system. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ask } from '../../src/cli/ask.ts';
import { policyInspect } from '../../src/cli/policy-inspect.ts';
import { policyShadowReport } from '../../src/cli/policy-shadow-report.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { rememberingTerminal } from '../support/two-cells.ts';

const FLAGS = { level: 'dat', action: 'read', relation: 'client', organisation: 'gemeente_college' };
const COMMANDS: Readonly<Record<string, (file: string, terminal: Terminal) => Promise<number>>> = {
  ask: (file, terminal) => ask({ ...FLAGS, file, explain: false, json: false }, terminal),
  'policy inspect': (bundle, terminal) => policyInspect({ bundle, json: false }, terminal),
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
