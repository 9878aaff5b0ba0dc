/** The SQLite file that holds the facts: making it, opening it, knowing it again. */
import { randomUUID } from 'node:crypto';
import { closeSync, linkSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type DatabaseSyncOptions } from 'node:sqlite';

/**
 * `PRAGMA application_id` of a facts file: "DWf" and a byte for whom it holds. Files from before there was such a mark end in
 * zero too, so that they count as holding real people.
 */
const APPLICATION_IDS = { real: 0x44_57_66_00, invented: 0x44_57_66_69 };
const LAYOUT = 1;

export interface FactsFile {
  readonly file: string;
  /** Whom whoever makes or fills it may put in: with configured pseudonym keys real people, otherwise invented ones only. */
  readonly people: 'real' | 'invented';
}

/** A look-up never waits longer for a lock; readers do not wait for writers, so only recovery after a crash takes it. */
const READER_WAITS_MS = 100;
const WRITER_WAITS_MS = 5000;

/**
 * What belongs to one resident lies together in the tree, so that a decision needs one look-up. `subject` is the
 * professional of a case relation, else empty; `data_subject` is empty where a fact is about nobody in particular.
 * `doc` is the row as the policy sees it.
 */
const TABLES = `
  CREATE TABLE fact (
    data_subject TEXT NOT NULL,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    identity TEXT NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (data_subject, subject, kind, identity)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE feed (
    kind TEXT PRIMARY KEY,
    as_of TEXT NOT NULL,
    source TEXT,
    imported_at TEXT NOT NULL
  ) WITHOUT ROWID, STRICT;
`;

/**
 * Makes an empty facts file that only its owner can read, and its folder. Throws `EEXIST` where something is there already.
 * It gets its name when it is whole, for two processes may start at once. Gives the first folder that had to be made.
 */
export function makeFactsFile({ file, people }: FactsFile): string | undefined {
  const madeFolder = mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.${randomUUID()}`;
  try {
    closeSync(openSync(unfinished, 'wx', 0o600));
    const db = new DatabaseSync(unfinished);
    try {
      // Write-ahead: a feed becomes visible at once and whole, and look-ups go on while it is written.
      db.exec(`PRAGMA journal_mode = WAL; BEGIN; ${TABLES}
        PRAGMA application_id = ${APPLICATION_IDS[people]}; PRAGMA user_version = ${LAYOUT}; COMMIT`);
    } finally {
      db.close();
    }
    linkSync(unfinished, file);
    return madeFolder;
  } finally {
    rmSync(unfinished, { force: true });
  }
}

export function openForReading(file: string): DatabaseSync {
  return opened(file, { readOnly: true, timeout: READER_WAITS_MS });
}

export function openForWriting({ file, people }: FactsFile, waitsMs = WRITER_WAITS_MS): DatabaseSync {
  const db = opened(file, { timeout: waitsMs });
  db.exec('PRAGMA cache_size = -65536');
  // INVARIANT: a file is marked before the first real person comes in, and keeps that mark whatever is done to it later.
  if (people === 'real' && holdsInventedPeople(db)) markAsReal(db);
  return db;
}

/**
 * Moves what was written out of SQLite's log beside the file (`-wal`) into the file itself.
 * DANGER: a log that is left is laid over any other file that comes in this one's place, and the old facts go on deciding.
 */
export function emptyLog(db: DatabaseSync): void {
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // The facts stand in the log and count; whoever writes next tries again.
  }
}

export function holdsInventedPeople(db: DatabaseSync): boolean {
  return applicationId(db) === APPLICATION_IDS.invented;
}

/** Throws, with the file closed, where another is writing all the time that this one waits. */
function markAsReal(db: DatabaseSync): void {
  try {
    db.exec(`PRAGMA application_id = ${APPLICATION_IDS.real}`);
  } catch (error) {
    db.close();
    throw error;
  }
}

function applicationId(db: DatabaseSync): unknown {
  return db.prepare('PRAGMA application_id').get()?.application_id;
}

/** Throws an Error that names the file: what SQLite says of a folder, or of some other file, names none. */
function opened(file: string, options: DatabaseSyncOptions): DatabaseSync {
  // Where there is no file, SQLite would make an empty one.
  if (statSync(file).isDirectory()) throw new Error(`${file}: this is a folder; name a file`);
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, options);
    const id = applicationId(db);
    const layout = db.prepare('PRAGMA user_version').get()?.user_version;
    if (!Object.values<unknown>(APPLICATION_IDS).includes(id)) throw new Error(`${file} ${NO_FACTS_FILE}`);
    if (layout !== LAYOUT)
      throw new Error(`${file} has layout ${layout}; this version of Datwat reads layout ${LAYOUT}`);
    return db;
  } catch (error) {
    db?.close();
    throw error instanceof Error && 'errcode' in error
      ? new Error(`${file} ${troubleOf(error)}`, { cause: error })
      : error;
  }
}

const NO_FACTS_FILE = 'is not a facts file of Datwat; make one with: datwat facts init';
const SQLITE_NOTADB = 26;

function troubleOf({ errcode, message }: Error & { errcode: unknown }): string {
  if (errcode === SQLITE_NOTADB) return NO_FACTS_FILE;
  return `cannot be opened (${message}); look at its rights, and at the disk that it is on`;
}

/** Which file lies at a path (`identity`), and when something was last written in it (`written`). */
export interface FileState {
  readonly identity: string;
  readonly written: string;
}

/** Another file, an emptied one and none at all are three ways to be no longer the one that is open. */
export function stateOfFile(file: string): FileState | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined || stat.size === 0) return undefined;
  // Not the time of modification: who copies with its times sets that one back.
  return { identity: `${stat.dev}:${stat.ino}`, written: `${stat.size}:${stat.ctimeMs}` };
}
