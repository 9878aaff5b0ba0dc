/**
 * What a saved change of the policies does (development): which cases and which other questions now get another answer.
 * The policies themselves are followed by the engine; this tells people about it.
 */
import { join } from 'node:path';
import type { Log } from '../decision/ports.ts';
import type { Bundle } from '../engine/bundle.ts';
import { shorthandsOf } from '../engine/data-overlay.ts';
import type { SwappingEngine } from '../engine/policy-engine.ts';
import { type PolicyChange, type PolicyWatch, watchPolicies } from '../engine/watch-policies.ts';
import type { CaseAnswer } from './cases/compare.ts';
import { differences } from './cases/compare.ts';
import { readCases } from './cases/read-cases.ts';
import { type CaseRun, runCases } from './cases/run-cases.ts';
import { readCheckedData } from './checked-data.ts';
import { saying } from './terminal.ts';

export interface FollowParts {
  readonly policies: string;
  readonly engine: SwappingEngine;
  readonly bundle: Bundle;
  readonly log: Log;
  tell(line: string): void;
  /** Runs after the cases, for what else the caller wants to compare. */
  also?(): Promise<void>;
}

export async function followPolicies(parts: FollowParts): Promise<PolicyWatch> {
  const { policies, engine, log, tell } = parts;
  let before = parts.bundle;
  let telling: Promise<void> = Promise.resolve();
  const report = (change: PolicyChange, now: Bundle) => {
    const old = before;
    before = now;
    telling = telling
      .then(() => tellChange(parts, change, old, now))
      .catch((error: unknown) => tell(`Wat er veranderde, is niet te zeggen: ${saying(error)}`));
  };
  const watch = await watchPolicies({
    policies,
    engine,
    bundle: parts.bundle,
    readData: () => readCheckedData(policies),
    log,
    report,
  });
  return {
    async close() {
      await watch.close();
      await telling;
    },
  };
}

async function tellChange(parts: FollowParts, change: PolicyChange, old: Bundle, now: Bundle): Promise<void> {
  const { policies, tell } = parts;
  const what = change.files.join(', ');
  if (change.outcome === 'refused') {
    tell(`\n${what}: niet in gebruik genomen. De vorige regels gelden nog.\n${change.reason ?? ''}`);
    return;
  }
  tell(`\n${what}: ${change.outcome === 'activated' ? 'nu van kracht' : 'gezien'}.`);
  const cases = readCases([join(policies, 'cases')], shorthandsOf(now));
  const after = await runCases(now, cases);
  const answersBefore = change.outcome === 'activated' ? await runCases(old, cases) : after;
  const changed = after.filter((run, index) => answerOf(run) !== answerOf(answersBefore[index]));
  for (const run of changed) tell(`  anders: ${run.given.id} ${run.given.title}`);
  const wrong = after.filter(({ given, answer }) => 'failure' in answer || differences(given, answer).length > 0);
  tell(
    `  ${cases.length} voorbeeldgevallen: ${changed.length} geven een ander antwoord, ${wrong.length} wijken af van wat erin staat.`,
  );
  await parts.also?.();
}

/** What goes to the application; the record may differ without anyone noticing. */
function answerOf(run: CaseRun | undefined): string {
  if (run === undefined) return '';
  const answer: CaseRun['answer'] = run.answer;
  return 'failure' in answer ? answer.failure : outwardOf(answer);
}

function outwardOf({ status, body }: CaseAnswer): string {
  return JSON.stringify([status, body]);
}
