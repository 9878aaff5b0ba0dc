/** The embedded source of facts: one SQLite file beside the process (design.md §6b). */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { DatwatError } from '../decision/errors.ts';
import type { JsonObject } from '../decision/model.ts';
import type { Clock, FactQuery, FactSource, FactsFound, Log } from '../decision/ports.ts';
import { nowAt } from '../decision/time.ts';
import { identityOfFile, openForReading } from './facts-file.ts';
import { findFacts } from './find-facts.ts';
import type { FactKind } from './kinds.ts';
import { createResidentLookup, type ResidentLookup, type ResidentRows } from './resident-rows.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';

export interface SqliteFactsSettings {
  readonly file: string;
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
  readonly fileIdentity: string | undefined;
  readonly residents: ResidentLookup;
  readonly dataVersion: StatementSync;
  snapshot: Snapshot;
}

const IDENTITY_CHECK_MS = 1000;
/** A look-up starts anew when something is written meanwhile; feeds are written now and then, not all the time. */
const ATTEMPTS = 10;

/** Throws Error where the file cannot be opened now; later failures are `facts_unavailable`, until the file is well again. */
export function createSqliteFacts(settings: SqliteFactsSettings): SqliteFacts {
  const { file, clock, log } = settings;
  let connection: Connection | undefined = connect(settings);
  let checkedAt = clock.now();
  let closed = false;

  /** INVARIANT: an unlinked or replaced file is never read on, although SQLite happily would. */
  function connected(): Connection {
    if (closed) throw new Error('the facts are closed');
    const now = clock.now();
    if (Math.abs(now - checkedAt) >= IDENTITY_CHECK_MS) {
      checkedAt = now;
      if (connection !== undefined && identityOfFile(file) !== connection.fileIdentity) {
        log.error('facts_file_lost', new Error('the facts file was removed, replaced or emptied'));
        connection.db.close();
        connection = undefined;
      }
      if (connection === undefined && identityOfFile(file) !== undefined) {
        connection = connect(settings);
        log.warn('facts_file_reopened');
      }
    }
    if (connection === undefined) throw new Error('the facts file is gone');
    return connection;
  }

  /** The same answers again when something was written meanwhile: INVARIANT: one call sees one moment of the file. */
  function lookUpAll(queries: readonly FactQuery[]): readonly FactsFound[] {
    const current = connected();
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const residents = residentRows(current.residents, queries);
      if (current.dataVersion.get()?.data_version === current.snapshot.version) {
        return queries.map((query, index) => findFacts(query, residents[index] ?? NOTHING, current.snapshot));
      }
      current.snapshot = readSnapshot(current.db, settings);
    }
    throw new Error('the facts changed during each attempt to read them');
  }

  return {
    lookup: async (queries) => unavailableOnError(() => lookUpAll(queries)),
    feeds: () =>
      unavailableOnError(() => {
        const current = connected();
        current.snapshot = readSnapshot(current.db, settings);
        return current.snapshot.ages.at(nowAt(clock.now()).time, false);
      }),
    close() {
      closed = true;
      connection?.db.close();
      connection = undefined;
    },
  };
}

const NOTHING: ResidentRows = new Map();

function connect(settings: SqliteFactsSettings): Connection {
  // Before opening: a file that is replaced between the two is found at the next check, never missed.
  const fileIdentity = identityOfFile(settings.file);
  const db = openForReading(settings.file);
  try {
    return {
      db,
      fileIdentity,
      residents: createResidentLookup(db),
      dataVersion: db.prepare('PRAGMA data_version'),
      snapshot: readSnapshot(db, settings),
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Items of a batch are mostly about one resident and one professional: those are looked up once. */
function residentRows(lookup: ResidentLookup, queries: readonly FactQuery[]): readonly ResidentRows[] {
  const found = new Map<string, ResidentRows>();
  return queries.map((query) => {
    if (queries.length === 1) return lookup.rows(query);
    const key = JSON.stringify([query.dataSubject, query.professional]);
    const known = found.get(key);
    if (known !== undefined) return known;
    const rows = lookup.rows(query);
    found.set(key, rows);
    return rows;
  });
}

function unavailableOnError<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    throw cause instanceof DatwatError ? cause : new DatwatError('facts_unavailable', { cause });
  }
}
