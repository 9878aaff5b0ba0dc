import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runRegoChecks } from '../../src/cli/check/run-rego-checks.ts';

/** More than a pipe holds, so that a compiler that does not read it breaks it. */
const LARGE = 1024 * 1024;

let above: string;

beforeEach(async () => {
  above = await mkdtemp(join(tmpdir(), 'datwat-rego-checks-'));
  await mkdir(join(above, 'policies/authz'), { recursive: true });
  await writeFile(join(above, 'policies/authz/decision.rego'), 'package authz\n');
});

afterEach(() => rm(above, { recursive: true, force: true }));

/** A stand-in for the compiler: a large syntax tree, and then `script` for the checks themselves. */
async function checkedWith(script: string): Promise<unknown> {
  const command = join(above, 'opa');
  const parse = `head -c ${LARGE} /dev/zero | tr '\\0' a | sed 's/^/"/; s/$/"/'`;
  await writeFile(command, `#!/bin/sh\nif [ "$1" = parse ]; then ${parse}; else ${script}; fi\n`, { mode: 0o700 });
  const opa = { command, version: 'stand-in' };
  return runRegoChecks(join(above, 'policies'), opa, '2026-09-15', (pointer) => pointer);
}

test('a compiler that stops before it has read what it is asked is a finding, in its own words', async () => {
  expect(await checkedWith('echo "no memory left" >&2; exit 1')).toEqual([
    { severity: 'error', check: 'checks', where: join(above, 'policies/checks'), message: 'no memory left' },
  ]);
});

test('a compiler that answers without reading is believed', async () => {
  expect(await checkedWith(`echo '{"result":[{"expressions":[{"value":[]}]}]}'`)).toEqual([]);
});
