/**
 * `npm run mutate [-- --mutate src/engine/plan/values.ts]`: changes the plan engine's code generator and values in hundreds of small ways and looks
 * whether a test notices. Writes test/conformance/mutation-report.md. Needs Go and `npm ci --prefix test/mutation`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findOpa } from '../../src/engine/toolchain.ts';
import { findCorpus } from '../conformance/rego-corpus.ts';
import { writeExamples } from './examples.ts';
import { reportText } from './report.ts';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '..', '..');
const REPORT = join(HERE, '..', 'conformance', 'mutation-report.md');
const STRYKER = join(HERE, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');

/** All that makes the code and what the code runs on. */
const MUTATED = ['generate-code', 'write-body', 'plain-records', 'values', 'base-data', 'positions'].map(
  (name) => `src/engine/plan/${name}.ts`,
);

const { values } = parseArgs({ options: { mutate: { type: 'string' } } });
const mutated = values.mutate ?? MUTATED.join();
const corpus = findCorpus();
if (corpus === undefined || !existsSync(STRYKER)) {
  console.error('mutate: needs Go with the module of policies/toolchain, and: npm ci --prefix test/mutation');
  process.exit(2);
}
const opa = await findOpa(join(ROOT, 'policies'));
const folder = mkdtempSync(join(tmpdir(), 'datwat-mutation-'));
try {
  console.log('Making the examples …');
  await writeExamples(folder, opa.command, corpus);
  const done = spawnSync(process.execPath, [STRYKER, 'run', join(HERE, 'stryker.config.mjs'), '--mutate', mutated], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, DATWAT_MUTATION_FOLDER: folder },
  });
  if (done.status !== 0) process.exit(1);
  writeFileSync(REPORT, reportText(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))));
  console.log(`Written: ${REPORT}`);
} finally {
  rmSync(folder, { recursive: true });
}
