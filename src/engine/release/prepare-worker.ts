/** The thread on which a bundle is made ready, so that answers on the main thread do not wait for it. */
import { parentPort, workerData } from 'node:worker_threads';
import { BundleRefused } from '../bundle-refused.ts';
import type { PreparedReply } from './prepare-apart.ts';
import { prepareRelease } from './prepare-release.ts';

try {
  const prepared = await prepareRelease(workerData);
  const reply: PreparedReply = { prepared };
  parentPort?.postMessage(reply, [prepared.loaded.wasm.image]);
} catch (failure) {
  if (!(failure instanceof BundleRefused)) throw failure;
  const reply: PreparedReply = { refused: { step: failure.step, reason: failure.reason } };
  parentPort?.postMessage(reply);
}
