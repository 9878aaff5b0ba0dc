/**
 * `npm test`: everything that proves a promise, one step after another, with the counts at the end.
 * Steps that need the policy compiler are left out where there is none, and said so; CI leaves nothing out.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findOpa, OpaMissing } from '../src/engine/toolchain.ts';

const ROOT = join(import.meta.dirname, '..');
const COVERAGE_OF_RULES = 90;
/** What the cases of the policy pack reach, and may not fall below. */
const COVERAGE_OF_CASES = ['lines=94', 'outcomes=76', 'cells=100', 'reasons=100'];
const scratch = mkdtempSync(join(tmpdir(), 'datwat-test-'));
const tally = { passed: 0, failed: 0, skipped: 0 };
const leftOut: string[] = [];

/** Runs a command in the root and shows what it says; a step that fails counts as one failure and does not stop the rest. */
function step(title: string, command: string, args: readonly string[], options: { quiet?: boolean } = {}): string {
  console.log(`\n== ${title}`);
  const done = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: process.env,
    stdio: ['ignore', options.quiet ? 'pipe' : 'inherit', 'inherit'],
  });
  if (done.status !== 0) {
    console.log(`${title}: failed${done.error ? ` (${done.error.message})` : ''}`);
    if (options.quiet) console.log(done.stdout);
  }
  if (done.status === 0) tally.passed += 1;
  else tally.failed += 1;
  return done.stdout ?? '';
}

async function compiler(): Promise<string | undefined> {
  try {
    const { command } = await findOpa(join(ROOT, 'policies'));
    process.env.OPA = command;
    return command;
  } catch (error) {
    if (!(error instanceof OpaMissing)) throw error;
    leftOut.push(
      `the tests of the rules themselves, and that the committed bundle is what the rules build:\n${error.message}`,
    );
    if (process.env.CI) tally.failed += 1;
    return undefined;
  }
}

function countVitest(file: string): void {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  // The step itself was counted as one; its tests are what counts.
  if (report.success) tally.passed -= 1;
  else tally.failed -= report.numFailedTests > 0 ? 1 : 0;
  tally.passed += report.numPassedTests;
  tally.failed += report.numFailedTests;
  tally.skipped += report.numPendingTests + report.numTodoTests;
}

try {
  const opa = await compiler();
  step('types', 'tsc', ['--noEmit']);
  step('style', 'biome', ['check', '--error-on-warnings', '.']);
  step('image', 'dockerfile-utils', ['lint', 'Dockerfile']);
  const report = join(scratch, 'vitest.json');
  step('tests', 'vitest', [
    'run',
    '--coverage',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  countVitest(report);
  step(
    'what the cases exercise',
    'node',
    ['src/cli/datwat.mjs', 'policy', 'test', ...COVERAGE_OF_CASES.flatMap((least) => ['--threshold', least])],
    { quiet: true },
  );
  if (opa) {
    step('rules are well formed', opa, [
      'check',
      '--strict',
      '--bundle',
      'policies',
      '--ignore',
      'cases',
      '--ignore',
      'toolchain',
    ]);
    step('rules', opa, ['test', '--bundle', 'policies', '--ignore', 'cases', '--ignore', 'toolchain']);
    step(
      `rules: at least ${COVERAGE_OF_RULES}% of their lines are tested`,
      opa,
      [
        'test',
        '--bundle',
        'policies',
        '--ignore',
        'cases',
        '--ignore',
        'toolchain',
        '--coverage',
        '--threshold',
        String(COVERAGE_OF_RULES),
      ],
      { quiet: true },
    );
    step('policy check', 'node', ['src/cli/datwat.mjs', 'policy', 'check']);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

if (leftOut.length > 0) console.log(`\nLeft out:\n- ${leftOut.join('\n- ')}`);
console.log(`\n${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
process.exitCode = tally.failed > 0 ? 1 : 0;
