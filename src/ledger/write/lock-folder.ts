import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import type { LedgerFolder } from '../folder.ts';

/**
 * One writer per folder. The lock is the operating system's own, taken by way of SQLite on an empty file: it is gone with
 * the process that held it, however that ended, so there is no stale lock to judge, and it holds between containers
 * that share a folder, where process ids say nothing. `lock.holder` is for people only.
 *
 * Throws Error where another process writes here. Returns the release.
 */
export function lockFolder(folder: LedgerFolder): () => void {
  const database = new DatabaseSync(folder.lock, { timeout: 0 });
  const holder = `${folder.lock}.holder`;
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if (isBusy(cause)) {
      throw new Error(`another process writes in the ledger folder ${folder.root} (${whoHolds(holder)})`, { cause });
    }
    throw new Error(`the ledger folder ${folder.root} cannot be locked`, { cause });
  }
  writeFileSync(holder, `process ${process.pid} on ${hostname()}\n`);
  return () => database.close();
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

function whoHolds(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
