import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { fileTrouble } from '../decision/file-trouble.ts';
import type { Pseudonymiser } from '../decision/ports.ts';
import { readKind } from '../facts/fact.ts';
import { type FactsFile, makeFactsFile, openForWriting } from '../facts/facts-file.ts';
import type { WrittenFeed } from '../facts/feed-writer.ts';
import { AS_OF_MUST_BE, type FeedFile, type Imported, importFeed, readAsOf } from '../facts/import-feed.ts';
import { keysInUse } from '../facts/keys-in-use.ts';
import { FACT_KINDS, type FactKind } from '../facts/kinds.ts';
import { counted } from './counted.ts';
import { inFolder, makingProblem } from './facts-init.ts';
import { type Terminal, WRONG_USE, YES } from './terminal.ts';

export interface FactsImportOptions {
  /** Feeds in CSV (`.csv`) or NDJSON (`.ndjson`, `.jsonl`), applied in this order, each as a whole. */
  readonly files: readonly string[];
  /** The facts file; made where there is none. */
  readonly facts: FactsFile;
  readonly kind?: string;
  readonly asOf?: string;
  readonly source?: string;
  readonly changes?: boolean;
  readonly json?: boolean;
  /** With the key ring that the doors use: other keys make other pseudonyms, and nothing would ever be found. */
  readonly pseudonymiser: Pseudonymiser;
}

/**
 * `datwat facts import FILE…`. A file with something wrong is not applied at all; the others are.
 * Exit code: 0 all files applied, 2 wrong use, or at least one was not.
 */
export async function factsImport(options: FactsImportOptions, output: Terminal): Promise<number> {
  const now = Date.now();
  const settings = readSettings(options, now);
  if ('problem' in settings) {
    output.err(`facts import: ${settings.problem}`);
    return WRONG_USE;
  }
  let db: DatabaseSync;
  try {
    if (!existsSync(options.facts.file)) {
      const madeFolder = makeFactsFile(options.facts);
      output.err(`${options.facts.file}: made${inFolder(madeFolder)}, for there was none`);
    }
    db = openForWriting(options.facts);
  } catch (error) {
    output.err(`facts import: ${openingProblem(options.facts.file, error)}`);
    return WRONG_USE;
  }
  try {
    const fedBefore = new Set<FactKind>();
    let allApplied = true;
    for (const file of options.files) {
      const name = basename(file);
      const onProgress = (lines: number) => output.err(`${name}: ${lines} lines read`);
      const parts = { db, pseudonymiser: options.pseudonymiser, now, fedBefore, onProgress };
      const imported = await imports({ ...settings, file }, parts);
      if ('written' in imported) for (const kind of imported.written.keys()) fedBefore.add(kind);
      else allApplied = false;
      if (options.json) output.out(inJson(file, imported));
      else inWords(name, imported, output);
    }
    const keys = keysInUse(db);
    if (keys.length > 1) {
      const all = keys.join(', ');
      output.err(
        `people stand under the pseudonym keys ${all}; the rotation is finished when all feeds are imported again`,
      );
    }
    // Leaves all in the one file, so that it can be copied or put elsewhere.
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    return allApplied ? YES : WRONG_USE;
  } finally {
    db.close();
  }
}

type Settings = Omit<FeedFile, 'file'>;

function readSettings(options: FactsImportOptions, now: number): Settings | { readonly problem: string } {
  if (options.files.length === 0) return { problem: 'name at least one file' };
  const kind = options.kind === undefined ? undefined : readKind(options.kind);
  if (options.kind !== undefined && kind === undefined)
    return { problem: `--kind must be one of ${FACT_KINDS.join(', ')}` };
  const asOf = options.asOf === undefined ? undefined : readAsOf(options.asOf, now);
  if (options.asOf !== undefined && asOf === undefined) return { problem: `--as-of ${AS_OF_MUST_BE}` };
  return {
    changes: options.changes === true,
    ...(kind !== undefined && { kind }),
    ...(asOf !== undefined && { asOf }),
    ...(options.source !== undefined && { source: pseudonymised(options.source, options.pseudonymiser) }),
  };
}

/** A source may hold a personal number too, by mistake. */
function pseudonymised(source: string, pseudonymiser: Pseudonymiser): string {
  return String(pseudonymiser.pseudonymise({ source }).body.source);
}

function openingProblem(facts: string, error: unknown): string {
  if (!existsSync(facts)) return makingProblem(facts, error);
  return error instanceof Error ? error.message : `${facts} cannot be opened`;
}

/** What the system says about a file that cannot be read or written is one more way of not being applied. */
async function imports(feed: FeedFile, parts: Parameters<typeof importFeed>[1]): Promise<Imported> {
  try {
    return await importFeed(feed, parts);
  } catch (error) {
    const detail = readingProblem(error);
    return { problems: [{ line: 0, column: 'file', detail }], more: false };
  }
}

/** By the words of SQLite or the code of the system; other messages could quote what was read. */
function readingProblem(error: unknown): string {
  const trouble = fileTrouble(error);
  if (trouble !== undefined) return trouble;
  const code = error instanceof Error && 'code' in error ? error.code : 'unknown error';
  const reason = error instanceof Error && 'errstr' in error ? error.errstr : code;
  return reason === 'database is locked'
    ? 'another import is writing; try again when it is done'
    : `could not be read or written (${reason})`;
}

function inWords(name: string, imported: Imported, output: Terminal): void {
  if ('written' in imported) {
    for (const [kind, feed] of imported.written) output.out(`${name}: ${feedInWords(kind, feed)}`);
    return;
  }
  for (const { line, column, detail } of imported.problems) {
    output.err(line === 0 ? `${name}: ${detail}` : `${name}: line ${line}, column ${column}: ${detail}`);
  }
  output.err(`${name}: nothing was applied${imported.more ? '; there may be more that is wrong' : ''}`);
}

function feedInWords(kind: FactKind, { facts, removed, feed, undated, wasLater }: WrittenFeed): string {
  const told = `${kind}: ${counted(facts, 'fact')}${removed > 0 ? `, ${removed} taken away` : ''}`;
  if (feed === undefined) return `${told}; without a whole feed this kind stays stale in production`;
  const age = `${told}, as of ${feed.asOf}`;
  if (undated) return `${age} (now, for nothing says how old the feed is: see --as-of)`;
  return wasLater === undefined ? age : `${age}; beware, what it replaced was younger: as of ${wasLater}`;
}

function inJson(file: string, imported: Imported): string {
  if (!('written' in imported)) return JSON.stringify({ file, applied: false, ...imported });
  const kinds = Object.fromEntries(
    [...imported.written].map(([kind, { facts, removed, feed }]) => [
      kind,
      { facts, removed, as_of: feed?.asOf ?? null, source: feed?.source ?? null },
    ]),
  );
  return JSON.stringify({ file, applied: true, kinds });
}
