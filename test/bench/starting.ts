/** How long a start takes, to the first decision, and what an idle process holds. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { DATWAT, type Places, post } from './contenders.ts';
import { residentMegabytes } from './load.ts';
import { QUESTIONS } from './questions.ts';

/** Milliseconds from the command to the first answer, and megabytes a second after it. */
export async function start(places: Places, round: number): Promise<{ millis: number; megabytes: number }> {
  const from = performance.now();
  const ledger = join(places.folder, `ledger-start-${round}`);
  const args = ['serve', '--port', '18620', '--bundle', places.wasmBundle, '--facts', places.facts, '--ledger', ledger];
  const child = spawn(process.execPath, [...DATWAT, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    await new Promise((resolve, reject) => {
      child.stdout.once('data', resolve);
      child.once('exit', (code) => reject(new Error(`serve ended with ${code}`)));
    });
    const [question] = QUESTIONS;
    await post('http://127.0.0.1:18620/access/v1/evaluation', JSON.stringify(question?.authzen));
    const millis = performance.now() - from;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return { millis, megabytes: residentMegabytes(child.pid ?? 0) };
  } finally {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  }
}
