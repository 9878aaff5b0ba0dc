/** The thread on which a draft answers what was asked of the policy in force. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { Outcome, PolicyInput } from '../../decision/model.ts';
import type { ActivePolicy } from '../../decision/ports.ts';
import { loadPolicy } from '../load-policy.ts';
import { readBundleFile } from '../read-bundle.ts';
import { differenceOf, placeOf } from './difference.ts';
import type { FromShadow, ShadowStart, ToShadow } from './shadow.ts';
import { createTally, readShadowReport, type ShadowReport } from './tally.ts';

const { bundle, file }: ShadowStart = workerData;
const WRITTEN_EACH_MS = 5_000;

const draft = await loadPolicy(await readBundleFile(bundle));
const tally = createTally(new Date().toISOString(), earlier(draft.identity.revision));
let changed = true;

/** What was counted of the same draft before a restart. */
function earlier(revision: string): ShadowReport | undefined {
  try {
    const report = readShadowReport(readFileSync(file, 'utf8'));
    return report.draft === revision ? report : undefined;
  } catch {
    return undefined;
  }
}

function write(): void {
  if (!changed) return;
  changed = false;
  const report = tally.report(draft.identity.revision, new Date().toISOString());
  writeFileSync(`${file}.new`, `${JSON.stringify(report, null, 1)}\n`);
  renameSync(`${file}.new`, file);
}

function answered(policy: ActivePolicy, input: PolicyInput): Outcome | null {
  try {
    return policy.decide(input);
  } catch {
    return null;
  }
}

write();
setInterval(write, WRITTEN_EACH_MS);
say({ ready: draft.identity.revision });

parentPort?.on('message', (message: ToShadow) => {
  if ('close' in message) {
    write();
    say({ closed: true });
    return;
  }
  for (const text of message.asked) {
    const { input, outcome, revision }: { input: PolicyInput; outcome: Outcome; revision: string } = JSON.parse(text);
    tally.count(placeOf(input), differenceOf(outcome, answered(draft, input)), revision);
  }
  tally.skip(message.skipped);
  changed = true;
  say({ done: message.asked.length });
});

function say(message: FromShadow): void {
  parentPort?.postMessage(message);
}
