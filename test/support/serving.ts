/** The built product as a process of its own, as an operator starts it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../src/cli/datwat.mjs');

export interface Serving {
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything that it said on standard error so far. */
  said(): string;
  /** Sends the signal and resolves with the exit code, or null where the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Resolves once it listens. Rejects with what it said where it does not start. */
export function serving(flags: readonly string[]): Promise<Serving> {
  const child = spawn(process.execPath, [MAIN, 'serve', '--port', '0', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  let out = '';
  let err = '';
  child.stderr?.on('data', (chunk) => (err += chunk));
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      out += chunk;
      const [first = '', rest] = out.split('\n');
      if (rest === undefined) return;
      const { url } = JSON.parse(first);
      resolve({
        url,
        child,
        said: () => err,
        end(signal) {
          child.kill(signal);
          return ended;
        },
      });
    });
    void ended.then((code) => reject(new Error(`it ended with ${code}: ${err}`)));
  });
}
