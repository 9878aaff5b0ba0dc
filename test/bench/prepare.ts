/** What the bench needs before it measures: the tools, the facts of the demo and the policy in the form of each contender. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { factsImport } from '../../src/cli/facts-import.ts';
import { committedBundle } from '../../src/engine/open-bundle.ts';
import { findOpa, OpaMissing } from '../../src/engine/toolchain.ts';
import { developmentKeyRing } from '../../src/pseudonyms/key-ring.ts';
import { createPseudonymiser } from '../../src/pseudonyms/pseudonymiser.ts';
import type { Places, ServedPlaces } from './contenders.ts';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '../..');
const POLICIES = join(ROOT, 'policies');

/** The command of the pinned OPA. Throws Error, in words for who runs the bench, with all that is missing. */
export async function tools(): Promise<string> {
  const missing: string[] = [];
  if (spawnSync('wrk', ['-v']).error) missing.push('wrk (Debian package wrk)');
  if (!existsSync(join(HERE, 'node_modules/@cerbos'))) missing.push('Cerbos (npm ci --prefix test/bench)');
  const opa = await findOpa(POLICIES).catch((error: unknown) => {
    if (!(error instanceof OpaMissing)) throw error;
    missing.push(error.message);
    return undefined;
  });
  if (opa === undefined || missing.length > 0) throw new Error(`The bench needs:\n- ${missing.join('\n- ')}`);
  return opa.command;
}

/** What a service of ours needs to answer the questions. */
export async function prepareServed(folder: string): Promise<ServedPlaces> {
  const facts = join(folder, 'facts.sqlite');
  const code = await factsImport(
    {
      files: [join(ROOT, 'src/cli/demo/facts.ndjson')],
      facts: { file: facts, people: 'invented' },
      pseudonymiser: createPseudonymiser(developmentKeyRing()),
    },
    { out() {}, err: (line) => process.stderr.write(`${line}\n`) },
  );
  if (code !== 0) throw new Error(`the facts of the demo could not be imported (${code})`);
  return { folder, wasmBundle: committedBundle(POLICIES), facts };
}

/** And what the others need. */
export async function prepare(folder: string, opa: string): Promise<Places> {
  const regoBundle = join(folder, 'rego.tar.gz');
  const ignored = ['cases', 'checks', 'toolchain', '*_test.rego', 'schema.json'].flatMap((name) => ['--ignore', name]);
  const built = spawnSync(opa, ['build', '-b', 'policies', '-t', 'rego', ...ignored, '-o', regoBundle], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(built.stderr || built.stdout);
  return { ...(await prepareServed(folder)), opa, regoBundle };
}
