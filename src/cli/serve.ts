/** `datwat serve`: answers until it is told to stop. */

import { existsSync } from 'node:fs';
import { makeFactsFile } from '../facts/facts-file.ts';
import { type Service, startService } from '../main.ts';
import { createLog } from '../observability/log.ts';
import { type ConfigFlags, loadConfig } from './load-config.ts';
import { toldToStop } from './stop-signal.ts';
import { saying, type Terminal, WRONG_USE, YES } from './terminal.ts';

/** Resolves with the exit code once it has stopped; logs go to standard error. */
export async function serve(flags: ConfigFlags, { out, err }: Terminal): Promise<number> {
  const log = createLog();
  let service: Service;
  let mode: string;
  try {
    const config = loadConfig(flags);
    mode = config.mode;
    if (mode === 'development') {
      log.warn('development_mode', { means: 'unsigned bundles, callers without credentials and a development key' });
      if (!existsSync(config.facts.file)) makeFactsFile(config.facts.file);
    }
    service = await startService(config, log);
  } catch (error) {
    err(`Datwat does not start:\n${saying(error)}`);
    return WRONG_USE;
  }
  out(JSON.stringify({ msg: 'listening', url: service.url, revision: service.revision, mode }));
  await toldToStop(log);
  await service.stop();
  return YES;
}
