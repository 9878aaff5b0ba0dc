/** `datwat policy test`: every case through the built bundle, which of them differ and how, and what they exercise. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtFromTheseRules } from '../engine/build-bundle.ts';
import type { Bundle } from '../engine/bundle.ts';
import { BundleRefused } from '../engine/bundle-refused.ts';
import { shorthandsOf } from '../engine/data-overlay.ts';
import { committedBundle, openBundle } from '../engine/open-bundle.ts';
import { differences } from './cases/compare.ts';
import { CaseError, readSoundCases } from './cases/read-cases.ts';
import { type CaseRun, runCases } from './cases/run-cases.ts';
import { holdsThisData, readCheckedData } from './checked-data.ts';
import { counted } from './counted.ts';
import {
  belowThreshold,
  type Coverage,
  coverCases,
  measuresOf,
  readThresholds,
  ThresholdError,
} from './coverage/coverage.ts';
import { coveragePage } from './coverage/coverage-page.ts';
import { coverageJson, coverageLines } from './coverage/coverage-text.ts';
import { readRuleSource } from './rule-source.ts';
import { NO, saying, type Terminal, WRONG_USE, YES } from './terminal.ts';

export interface PolicyTestOptions {
  readonly policies: string;
  /** File or folder; by default the bundle that is committed beside the policies. */
  readonly bundle?: string;
  /** Folders or files; by default the cases of the policies. */
  readonly cases: readonly string[];
  /** Say also what the cases exercise; a text is the folder where the page goes. */
  readonly coverage?: string | true;
  /** `lines=95`: below it the command says no. */
  readonly threshold: readonly string[];
  readonly json: boolean;
}

interface Verdict {
  readonly id: string;
  readonly file: string;
  readonly title: string;
  readonly differs: readonly string[];
}

/** Exit code: 0 none differs, 1 one does or too little is exercised, 2 a case or the bundle cannot be read; the other cases are asked all the same. */
export async function policyTest(options: PolicyTestOptions, { out, err }: Terminal): Promise<number> {
  let asked: Asked;
  let below: readonly string[];
  try {
    const thresholds = readThresholds(options.threshold);
    const tested = options.bundle ?? committedBundle(options.policies);
    const bundle = await openBundle(tested, { mode: 'development' });
    for (const other of await otherThanSaved(bundle, options.policies)) {
      err(
        `${tested} was not built from the ${other} in ${options.policies}: this tests what was built (datwat policy build)`,
      );
    }
    asked = await ask(bundle, options, err);
    below = asked.coverage === undefined ? [] : belowThreshold(measuresOf(asked.coverage), thresholds);
    if (asked.coverage !== undefined && typeof options.coverage === 'string') {
      await writePage(options.coverage, bundle, { ...asked, coverage: asked.coverage }, options.policies);
    }
  } catch (error) {
    if (!(error instanceof CaseError) && !(error instanceof BundleRefused) && !(error instanceof ThresholdError))
      throw error;
    err(saying(error));
    return WRONG_USE;
  }
  const { runs, coverage, problems } = asked;
  const verdicts = runs.map(verdictOf);
  const wrong = verdicts.filter(({ differs }) => differs.length > 0);
  if (options.json) {
    const covered = coverage && { coverage: coverageJson(coverage) };
    out(JSON.stringify({ cases: verdicts.length, differ: wrong, problems, ...covered }));
  } else {
    for (const { id, file, title, differs } of wrong) {
      out(`${id} differs: ${title}\n  ${file}`);
      for (const text of differs) out(`  - ${text}`);
    }
    out(`${counted(verdicts.length, 'case')}, ${verdicts.length - wrong.length} as expected, ${wrong.length} differ`);
    for (const line of coverage === undefined ? [] : coverageLines(coverage)) out(line);
  }
  for (const text of below) err(text);
  if (problems.length > 0) {
    err(`not every case could be read, see above: ${counted(problems.length, 'problem')}`);
    return WRONG_USE;
  }
  return wrong.length === 0 && below.length === 0 ? YES : NO;
}

/** What a bundle has otherwise than the folder, by its name for the reader: its cases would vouch for what nobody saved. */
async function otherThanSaved(bundle: Bundle, policies: string): Promise<readonly string[]> {
  const { document } = await readCheckedData(policies);
  return [
    ...((await builtFromTheseRules(bundle, policies)) ? [] : ['rules']),
    ...(holdsThisData(bundle, document) ? [] : ['data']),
  ];
}

interface Asked {
  readonly runs: readonly CaseRun[];
  readonly coverage?: Coverage;
  /** Of the cases that could not be asked. */
  readonly problems: readonly string[];
}

async function ask(bundle: Bundle, options: PolicyTestOptions, err: Terminal['err']): Promise<Asked> {
  const folders = options.cases.length > 0 ? options.cases : [join(options.policies, 'cases')];
  const { cases, problems } = readSoundCases(folders, shorthandsOf(bundle));
  for (const problem of problems) err(problem);
  if (cases.length === 0 && problems.length === 0)
    throw new CaseError(`${folders.join(', ')}: there are no cases here (files that end in .yaml)`);
  const step = Math.max(50, Math.ceil(cases.length / 10));
  const progress = (done: number) => {
    if (cases.length > step && done % step === 0) err(`${done} of ${cases.length} cases`);
  };
  const covers = options.coverage !== undefined || options.threshold.length > 0;
  const asked = covers
    ? await coverCases(bundle, cases, progress)
    : { runs: await runCases(bundle, cases, { progress }) };
  return { ...asked, problems };
}

async function writePage(
  folder: string,
  bundle: Bundle,
  { runs, coverage }: Required<Omit<Asked, 'problems'>>,
  policies: string,
): Promise<void> {
  const source = await readRuleSource(
    bundle,
    policies,
    coverage.files.map(({ file }) => file),
  );
  await mkdir(folder, { recursive: true });
  const cases = runs.map(({ given }) => given);
  await writeFile(join(folder, 'index.html'), coveragePage(coverage, cases, source, bundle.revision));
}

function verdictOf({ given, answer }: CaseRun): Verdict {
  const { id, file, title } = given;
  return { id, file, title, differs: 'failure' in answer ? [answer.failure] : differences(given, answer) };
}
