import { Worker } from 'node:worker_threads';
import { type ActivationStep, BundleRefused } from '../bundle-refused.ts';
import type { Release } from '../trust/trust.ts';
import type { PreparedRelease, ReleaseQuestion } from './prepare-release.ts';

/** What the other thread is asked. */
export interface ApartQuestion {
  readonly question: ReleaseQuestion;
  readonly wanted: 'prepared' | 'checked';
}

/** What it says, once. */
export type ApartReply<Answer> =
  | { readonly answer: Answer }
  | { readonly refused: { readonly step: ActivationStep; readonly reason: string } };

/** `prepareRelease` on a thread of its own. Throws what it throws; a thread that dies refuses the bundle at step `load`. */
export function prepareApart(question: ReleaseQuestion): Promise<PreparedRelease> {
  return askApart({ question, wanted: 'prepared' });
}

/** `checkOffer` on a thread of its own, in the same way. */
export function checkApart(question: ReleaseQuestion): Promise<Release> {
  return askApart({ question, wanted: 'checked' });
}

async function askApart<Answer>(asked: ApartQuestion): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<ApartReply<Answer>>();
  const worker = new Worker(new URL('./prepare-worker.ts', import.meta.url), { workerData: asked });
  worker.once('message', resolve);
  worker.once('error', (cause) => {
    const full = 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
    const why = full ? 'its data are too large for the memory of a thread' : 'the thread that made it ready failed';
    reject(new BundleRefused('load', `it cannot be made ready: ${why}`, { cause }));
  });
  worker.once('exit', () => reject(new BundleRefused('load', 'the thread that made it ready stopped')));
  try {
    const reply = await promise;
    if ('refused' in reply) throw new BundleRefused(reply.refused.step, reply.refused.reason);
    return reply.answer;
  } finally {
    await worker.terminate();
  }
}
