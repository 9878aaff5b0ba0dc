import { Worker } from 'node:worker_threads';
import { checkRange, type Range, type RangeReport } from './check-range.ts';
import type { RangeWorkerData } from './range-worker.ts';

/**
 * The reports of all ranges, in their order. With one thread it is this one: to start another takes longer than to check a few
 * thousand records. `onDone` is told the bytes of each range that is ready.
 */
export async function checkRanges(
  ranges: readonly Range[],
  threads: number,
  data: RangeWorkerData,
  onDone: (bytes: number) => void,
): Promise<RangeReport[]> {
  if (threads === 1) {
    return ranges.map((range) => checkRange(range, (seq, piece) => data.orders.get(`${seq}:${piece}`), data.wanted));
  }
  const reports: RangeReport[] = [];
  let next = 0;

  function work(worker: Worker): Promise<void> {
    return new Promise((resolve, reject) => {
      let taken = -1;
      const takeOne = () => {
        const range = ranges[next];
        if (range === undefined) return resolve();
        taken = next++;
        worker.postMessage(range);
      };
      worker.on('error', reject);
      worker.on('message', (report: RangeReport) => {
        const range = ranges[taken];
        reports[taken] = report;
        if (range !== undefined) onDone(range.to - range.from);
        takeOne();
      });
      takeOne();
    });
  }

  const workers = Array.from(
    { length: Math.min(ranges.length, threads) },
    () => new Worker(new URL('./range-worker.ts', import.meta.url), { workerData: data }),
  );
  try {
    await Promise.all(workers.map(work));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return reports;
}
