/** The thread on which a new bundle answers the cases that it carries. */
import { parentPort, workerData } from 'node:worker_threads';
import { carriedCaseFailures } from './carried-cases.ts';

parentPort?.postMessage(await carriedCaseFailures(workerData));
