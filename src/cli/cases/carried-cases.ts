import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { shorthandsOf } from '../../engine/data-overlay.ts';
import { readBundle } from '../../engine/read-bundle.ts';
import { saying } from '../terminal.ts';
import { differences } from './compare.ts';
import { readCases } from './read-cases.ts';
import { runCases } from './run-cases.ts';

const MOST_TOLD = 10;

/** The cases that a bundle carries, by the same way as a request; failures in words. */
export async function carriedCaseFailures(bytes: Uint8Array): Promise<readonly string[]> {
  const bundle = await readBundle(bytes);
  const carried = [...bundle.files].filter(([name]) => name.startsWith('cases/'));
  if (carried.length === 0) return [];
  const folder = mkdtempSync(join(tmpdir(), 'datwat-carried-'));
  try {
    for (const [name, content] of carried) writeFileSync(join(folder, basename(name)), content);
    const runs = await runCases(bundle, readCases([folder], shorthandsOf(bundle)));
    const failed = runs.flatMap(({ given, answer }) => {
      const wrong = 'failure' in answer ? [answer.failure] : differences(given, answer);
      return wrong.length === 0 ? [] : [`${given.id}: ${wrong.join('; ')}`];
    });
    return failed.length <= MOST_TOLD
      ? failed
      : [...failed.slice(0, MOST_TOLD), `and ${failed.length - MOST_TOLD} more`];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same on a thread of its own, so that answers do not wait for it. */
export async function carriedCaseFailuresApart(bytes: Uint8Array): Promise<readonly string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
  const worker = new Worker(new URL('./carried-cases-worker.ts', import.meta.url), { workerData: bytes });
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', () => reject(new Error('the thread that ran the cases stopped')));
  try {
    return await promise;
  } catch (failure) {
    return [saying(failure)];
  } finally {
    await worker.terminate();
  }
}
