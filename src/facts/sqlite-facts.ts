/** The embedded source of facts: one SQLite file beside the process (design.md §6b). */
import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { DatwatError } from '../decision/errors.ts';
import type { JsonObject } from '../decision/model.ts';
import type { Clock, FactSource, Log } from '../decision/ports.ts';
import { type FactsFile, type FileState, makeFactsFile, openForReading, stateOfFile } from './facts-file.ts';
import { findFacts } from './find-facts.ts';
import type { FactKind } from './kinds.ts';
import { createResidentLookup } from './resident-rows.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';

export interface SqliteFactsSettings extends FactsFile {
  /** Milliseconds that a feed of a kind may be old. */
  readonly maxAges: Readonly<Record<FactKind, number>>;
  readonly mode: 'development' | 'production';
  readonly clock: Clock;
  readonly log: Log;
}

export interface SqliteFacts extends FactSource {
  /** `feeds` as a decision about a resident would see them now. Throws `facts_unavailable`. */
  feeds(): JsonObject;
  close(): void;
}

interface Connection {
  readonly db: DatabaseSync;
  readonly opened: FileState | undefined;
  /** INVARIANT: one call sees one moment of the file, feeds and rows alike. */
  atOneMoment<Result>(read: (snapshot: Snapshot) => Result): Result;
}

const FILE_CHECK_MS = 1000;

/**
 * Throws Error where the file cannot be opened now; later failures are `facts_unavailable`, until the file is well again.
 * A file that is not there is made in development, and refused in production: it would look as if nothing were known.
 */
export function createSqliteFacts(settings: SqliteFactsSettings): SqliteFacts {
  const { file, mode, clock, log } = settings;
  if (!existsSync(file)) {
    if (mode === 'production')
      throw new Error(`there is no facts file ${file}; make one with: datwat facts init --facts ${file}`);
    makeFactsFile(settings);
    log.info('facts_file_made');
  }
  let connection: Connection | undefined = connect(settings);
  let checkedAt = clock.now();
  let closed = false;

  /** INVARIANT: a file that is unlinked, replaced or written over is never read on, although SQLite happily would. */
  function connected(): Connection {
    if (closed) throw new Error('the facts are closed');
    const now = clock.now();
    if (Math.abs(now - checkedAt) >= FILE_CHECK_MS) {
      checkedAt = now;
      lookAgain();
    }
    if (connection === undefined) throw new Error('the facts file is gone');
    return connection;
  }

  function lookAgain(): void {
    const found = stateOfFile(file);
    if (connection !== undefined && found?.identity !== connection.opened?.identity) {
      disconnect(new Error('the facts file was removed, replaced or emptied'));
    } else if (connection !== undefined && found?.written !== connection.opened?.written) {
      // An import, or another file copied over this one: of that SQLite knows nothing and answers from memory.
      connection.db.close();
      connection = undefined;
      connection = connect(settings);
    }
    if (connection === undefined && found !== undefined) {
      connection = connect(settings);
      log.warn('facts_file_reopened');
    }
  }

  function disconnect(reason: unknown): void {
    log.error('facts_file_lost', reason);
    connection?.db.close();
    connection = undefined;
  }

  function read<Result>(from: (snapshot: Snapshot) => Result): Result {
    try {
      return connected().atOneMoment(from);
    } catch (cause) {
      // A file that was written over in place is well again only for a new connection.
      if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_SQLITE_ERROR') disconnect(cause);
      throw new DatwatError('facts_unavailable', { cause });
    }
  }

  return {
    lookup: async (queries) =>
      read((snapshot) => queries.map((query) => findFacts(query, snapshot.residentRows(query), snapshot))),
    feeds: () => read(({ ages }) => ages.at(new Date(clock.now()).toISOString(), false)),
    close() {
      closed = true;
      connection?.db.close();
      connection = undefined;
    },
  };
}

function connect(settings: SqliteFactsSettings): Connection {
  // Before opening: a file that is replaced between the two is found at the next check, never missed.
  const opened = stateOfFile(settings.file);
  const db = openForReading(settings.file);
  try {
    const atOneMoment = createMoments(db, settings);
    atOneMoment(() => undefined);
    return { db, opened, atOneMoment };
  } catch (error) {
    db.close();
    throw error;
  }
}

function createMoments(db: DatabaseSync, settings: SqliteFactsSettings): Connection['atOneMoment'] {
  const begin = db.prepare('BEGIN');
  const commit = db.prepare('COMMIT');
  const dataVersion = db.prepare('PRAGMA data_version');
  const lookUp = createResidentLookup(db);
  let snapshot: Snapshot | undefined;
  return (read) => {
    begin.run();
    try {
      // The first statement of a transaction fixes the moment that all others see.
      const version = dataVersion.get()?.data_version;
      if (snapshot?.version !== version) snapshot = undefined;
      snapshot ??= readSnapshot(db, settings, version, lookUp);
      const result = read(snapshot);
      commit.run();
      return result;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  };
}
