/** The thread on which a bundle is checked and made ready, so that answers on the main thread do not wait for it. */
import { parentPort, workerData } from 'node:worker_threads';
import { BundleRefused } from '../bundle-refused.ts';
import type { ApartQuestion, ApartReply } from './prepare-apart.ts';
import { checkOffer, prepareRelease } from './prepare-release.ts';

const { question, wanted }: ApartQuestion = workerData;
const answers = { prepared: prepareRelease, checked: checkOffer };
let reply: ApartReply<unknown>;
try {
  reply = { answer: await answers[wanted](question) };
} catch (failure) {
  if (!(failure instanceof BundleRefused)) throw failure;
  reply = { refused: { step: failure.step, reason: failure.reason } };
}
parentPort?.postMessage(reply);
