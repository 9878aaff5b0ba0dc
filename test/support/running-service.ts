/** The whole service on a free port of this machine, with a ledger and facts of its own: nothing in it is a stand-in. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config/read-config.ts';
import type { ConfigSources } from '../../src/config/sources.ts';
import { openBundle } from '../../src/engine/open-bundle.ts';
import { makeFactsFile } from '../../src/facts/facts-file.ts';
import { type Service, startService } from '../../src/main.ts';
import { noLog } from '../../src/observability/unwatched.ts';

export interface RunningService extends Service {
  readonly ledgerFolder: string;
  /** Stops it and takes its files away. */
  end(): Promise<void>;
}

/** `bundle` is a file in `test/support/bundles`. `file` is laid under what a test needs. */
export async function runningService(bundle: string, file?: ConfigSources['file']): Promise<RunningService> {
  const folder = mkdtempSync(join(tmpdir(), 'datwat-service-'));
  const facts = join(folder, 'facts.sqlite');
  const ledgerFolder = join(folder, 'ledger');
  makeFactsFile({ file: facts, people: 'invented' });
  const config = readConfig({ ...(file && { file }), env: {}, flags: { facts, ledger: ledgerFolder, port: '0' } });
  const opened = await openBundle(join(import.meta.dirname, 'bundles', bundle), { mode: config.mode });
  const service = await startService(config, opened, noLog);
  return {
    ...service,
    ledgerFolder,
    async end() {
      await service.stop();
      await rm(folder, { recursive: true });
    },
  };
}
