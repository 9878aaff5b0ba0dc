/** One thread of `verify`: takes a range, answers with its report, until it is told to end. */
import { parentPort, workerData } from 'node:worker_threads';
import { checkRange, type Range } from './check-range.ts';
import type { ErasedMark } from './pieces.ts';

/** Maps and sets cross to another thread as they are. */
export interface RangeWorkerData {
  /** By `<seq>:<piece>`. */
  readonly orders: ReadonlyMap<string, ErasedMark>;
  readonly wanted: ReadonlySet<number>;
}

const { orders, wanted } = workerData as RangeWorkerData;

parentPort?.on('message', (range: Range) => {
  parentPort?.postMessage(checkRange(range, (seq, piece) => orders.get(`${seq}:${piece}`), wanted));
});
