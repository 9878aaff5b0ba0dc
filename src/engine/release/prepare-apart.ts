import { Worker } from 'node:worker_threads';
import { type ActivationStep, BundleRefused } from '../bundle-refused.ts';
import type { PreparedRelease, ReleaseQuestion } from './prepare-release.ts';

/** What the other thread says, once. */
export type PreparedReply =
  | { readonly prepared: PreparedRelease }
  | { readonly refused: { readonly step: ActivationStep; readonly reason: string } };

/** `prepareRelease` on a thread of its own. Throws what it throws; a thread that dies refuses the bundle at step `load`. */
export async function prepareApart(question: ReleaseQuestion): Promise<PreparedRelease> {
  const { promise, resolve, reject } = Promise.withResolvers<PreparedReply>();
  const worker = new Worker(new URL('./prepare-worker.ts', import.meta.url), { workerData: question });
  worker.once('message', resolve);
  worker.once('error', (cause) =>
    reject(new BundleRefused('load', 'it cannot be made ready: its data may be too large', { cause })),
  );
  worker.once('exit', () => reject(new BundleRefused('load', 'the thread that made it ready stopped')));
  try {
    const reply = await promise;
    if ('refused' in reply) throw new BundleRefused(reply.refused.step, reply.refused.reason);
    return reply.prepared;
  } finally {
    await worker.terminate();
  }
}
