/** `datwat policy test`: every case through the built bundle, and which of them differ and how. */
import { join } from 'node:path';
import type { Bundle } from '../engine/bundle.ts';
import { BundleRefused } from '../engine/bundle-refused.ts';
import { shorthandsOf } from '../engine/data-overlay.ts';
import { committedBundle, openBundle } from '../engine/open-bundle.ts';
import { differences } from './cases/compare.ts';
import { CaseError, readCases } from './cases/read-cases.ts';
import { type CaseRun, runCases } from './cases/run-cases.ts';
import { NO, saying, type Terminal, WRONG_USE, YES } from './terminal.ts';

export interface PolicyTestOptions {
  readonly policies: string;
  /** File or folder; by default the bundle that is committed beside the policies. */
  readonly bundle?: string;
  /** Folders or files; by default the cases of the policies. */
  readonly cases: readonly string[];
  readonly json: boolean;
}

interface Verdict {
  readonly id: string;
  readonly file: string;
  readonly title: string;
  readonly differs: readonly string[];
}

/** Exit code: 0 none differs, 1 one does, 2 the cases or the bundle cannot be read. */
export async function policyTest(options: PolicyTestOptions, { out, err }: Terminal): Promise<number> {
  let runs: readonly CaseRun[];
  try {
    const bundle = await openBundle(options.bundle ?? committedBundle(options.policies), { mode: 'development' });
    runs = await run(bundle, options, err);
  } catch (error) {
    if (!(error instanceof CaseError) && !(error instanceof BundleRefused)) throw error;
    err(saying(error));
    return WRONG_USE;
  }
  const verdicts = runs.map(verdictOf);
  const wrong = verdicts.filter(({ differs }) => differs.length > 0);
  if (options.json) out(JSON.stringify({ cases: verdicts.length, differ: wrong }));
  else {
    for (const { id, file, title, differs } of wrong) {
      out(`${id} differs: ${title}\n  ${file}`);
      for (const text of differs) out(`  - ${text}`);
    }
    out(`${verdicts.length} cases, ${verdicts.length - wrong.length} as expected, ${wrong.length} differ`);
  }
  return wrong.length === 0 ? YES : NO;
}

async function run(bundle: Bundle, options: PolicyTestOptions, err: Terminal['err']): Promise<readonly CaseRun[]> {
  const folders = options.cases.length > 0 ? options.cases : [join(options.policies, 'cases')];
  const cases = readCases(folders, shorthandsOf(bundle));
  if (cases.length === 0)
    throw new CaseError(`${folders.join(', ')}: there are no cases here (files that end in .yaml)`);
  const step = Math.max(50, Math.ceil(cases.length / 10));
  return runCases(bundle, cases, (done) => {
    if (cases.length > step && done % step === 0) err(`${done} of ${cases.length} cases`);
  });
}

function verdictOf({ given, answer }: CaseRun): Verdict {
  const { id, file, title } = given;
  return { id, file, title, differs: 'failure' in answer ? [answer.failure] : differences(given, answer) };
}
