import type { Log } from '../decision/ports.ts';
import { WRONG_USE } from './terminal.ts';

/** Resolves at SIGTERM or SIGINT; a second one ends the process at once. */
export function toldToStop(log: Log): Promise<void> {
  return new Promise((resolve) => {
    let told = false;
    const stop = (signal: NodeJS.Signals) => {
      if (told) process.exit(WRONG_USE);
      told = true;
      log.info('stopping', { signal });
      resolve();
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
}
