/** Reads one feed file and writes it: all of it or nothing. */
import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { JsonObject } from '../decision/model.ts';
import type { Pseudonymiser } from '../decision/ports.ts';
import { normaliseInstant } from '../decision/time.ts';
import { readFact, readKind } from './fact.ts';
import { decoded, type FeedEntry, NotUtf8 } from './feed-entry.ts';
import { type FeedOrigin, type FeedWriter, openFeedWriter, type WrittenFeed } from './feed-writer.ts';
import { FACT_KINDS, type FactKind } from './kinds.ts';
import { pseudonymiseFact } from './pseudonymise-fact.ts';
import { readCsv } from './read-csv.ts';
import { readNdjson } from './read-ndjson.ts';
import type { ColumnProblem } from './read-row.ts';

export interface FeedFile {
  readonly file: string;
  /** The kind of all that is in it; else each line says its own. */
  readonly kind?: FactKind;
  /** How old the feed is and where it comes from; a head in the file says it for one kind, and wins. */
  readonly asOf?: string;
  readonly source?: string;
  /** Single changes; else the feed is whole and replaces what is known of its kinds. */
  readonly changes: boolean;
}

export interface ImportParts {
  readonly db: DatabaseSync;
  readonly pseudonymiser: Pseudonymiser;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Kinds that another file of the same import fed already. */
  readonly fedBefore: ReadonlySet<FactKind>;
  onProgress(lines: number): void;
}

/** INVARIANT: names line and column and what it must be, never the value. */
export interface FeedProblem extends ColumnProblem {
  readonly line: number;
}

export type Imported =
  | { readonly written: ReadonlyMap<FactKind, WrittenFeed> }
  /** Nothing of the file was applied. `more`: reading stopped before the end of the file. */
  | { readonly problems: readonly FeedProblem[]; readonly more: boolean };

const NO_FACTS = '{"feed":"consents"}, with the name of the kind';
const MOST_PROBLEMS = 20;
const LINES_PER_REPORT = 100_000;
/** Clocks of two machines may differ so much. */
const AHEAD_MS = 5 * 60_000;

/** Throws where the file cannot be read or the facts cannot be written; nothing is applied then. */
export async function importFeed(feed: FeedFile, parts: ImportParts): Promise<Imported> {
  const read = READERS[extname(feed.file).toLowerCase()];
  if (read === undefined) return refused(1, 'name', 'must end in .csv or .ndjson: that says how it is read');
  if (feed.kind !== undefined && !feed.changes && parts.fedBefore.has(feed.kind)) {
    return { problems: [{ line: 1, ...fedTwice(feed.kind) }], more: false };
  }
  const writer = openFeedWriter(parts.db, feed.changes ? 'changes' : 'whole', originOf(feed));
  try {
    const problems: FeedProblem[] = [];
    const source = decoded(createReadStream(feed.file));
    let more = false;
    let lines = 0;
    if (feed.kind !== undefined) writer.declare(feed.kind);
    for await (const entry of read(source, feed.kind)) {
      const found = take(entry, feed, parts, writer);
      problems.push(...found.map((problem) => ({ ...problem, line: entry.line })));
      more = problems.length >= MOST_PROBLEMS;
      if (more) break;
      lines += 1;
      if (lines % LINES_PER_REPORT === 0) parts.onProgress(lines);
    }
    if (problems.length === 0 && writer.kinds().length === 0) {
      problems.push({ line: 1, column: 'fact', detail: 'the file holds no fact and nothing says which kind it feeds' });
    }
    // A file of nothing is an export that failed; read as a feed it would take away every fact of its kind.
    if (problems.length === 0 && lines === 0 && !feed.changes && read === readNdjson) {
      problems.push({ line: 1, column: '1', detail: `the file is empty; to say that there are no facts: ${NO_FACTS}` });
    }
    if (problems.length > 0) {
      writer.rollback();
      return { problems, more };
    }
    return { written: writer.commit(new Date(parts.now).toISOString()) };
  } catch (error) {
    writer.rollback();
    if (error instanceof NotUtf8) return refused(1, 'encoding', error.message);
    throw error;
  }
}

function originOf({ asOf, source }: FeedFile): FeedOrigin {
  return { ...(asOf !== undefined && { asOf }), ...(source !== undefined && { source }) };
}

type Reader = (texts: AsyncIterable<string>, kind: FactKind | undefined) => AsyncIterable<FeedEntry>;

const READERS: Readonly<Record<string, Reader>> = { '.csv': readCsv, '.ndjson': readNdjson, '.jsonl': readNdjson };

function refused(line: number, column: string, detail: string): Imported {
  return { problems: [{ line, column, detail }], more: false };
}

/** Writes one line; what is wrong with it otherwise. Lines after a wrong one are still read, to name all that is wrong. */
function take(entry: FeedEntry, feed: FeedFile, parts: ImportParts, writer: FeedWriter): readonly ColumnProblem[] {
  if ('problem' in entry) return [entry.problem];
  if (Object.hasOwn(entry.raw, 'feed')) return takeHead(entry.raw, feed, parts, writer);
  const { raw, aliases, problems } = pseudonymiseFact(entry.raw, parts.pseudonymiser);
  if (problems.length > 0) return problems;
  const reading = readFact(raw, aliases, { ...(feed.kind && { kind: feed.kind }), changes: feed.changes });
  if (reading.fact === undefined) return reading.problems;
  const { kind } = reading.fact;
  if (!feed.changes && parts.fedBefore.has(kind)) return [fedTwice(kind)];
  return writer.put(reading.fact) === 'written'
    ? []
    : [{ column: 'fact', detail: `says something else than an earlier line about the same ${kind}` }];
}

/** `{"feed":"consents","as_of":"…","source":"…"}`: how old the feed of one kind is, also where it has no rows. */
function takeHead(raw: JsonObject, feed: FeedFile, parts: ImportParts, writer: FeedWriter): readonly ColumnProblem[] {
  // A head may hold a personal number too, by mistake.
  const { feed: named, as_of, source, ...others } = parts.pseudonymiser.pseudonymise(raw).body;
  const kind = named === undefined ? undefined : readKind(named);
  if (kind === undefined || (feed.kind !== undefined && kind !== feed.kind)) {
    return [{ column: 'feed', detail: `must name the kind: ${feed.kind ?? FACT_KINDS.join(', ')}` }];
  }
  const problems: ColumnProblem[] = Object.keys(others).map((column) => ({
    column,
    detail: 'is no member of the head of a feed, which has feed, as_of and source',
  }));
  const asOf = as_of === undefined ? undefined : readAsOf(as_of, parts.now);
  if (as_of !== undefined && asOf === undefined) problems.push({ column: 'as_of', detail: AS_OF_MUST_BE });
  if (source !== undefined && typeof source !== 'string') problems.push({ column: 'source', detail: 'must be a text' });
  if (!feed.changes && parts.fedBefore.has(kind)) problems.push(fedTwice(kind));
  if (problems.length > 0) return problems;
  writer.declare(kind, { ...(asOf !== undefined && { asOf }), ...(typeof source === 'string' && { source }) });
  return [];
}

function fedTwice(kind: FactKind): ColumnProblem {
  const detail = `${kind} was fed by an earlier file of this import, which this one would replace; put them in one file, or import changes`;
  return { column: 'fact', detail };
}

export const AS_OF_MUST_BE = 'must be a time with its offset, such as 2026-12-31T09:00:00Z, that is not in the future';

/** When a feed was taken from its source, in normal form. One from the future would never be stale. */
export function readAsOf(value: unknown, now: number): string | undefined {
  const instant = typeof value === 'string' ? normaliseInstant(value) : undefined;
  return instant !== undefined && Date.parse(instant) <= now + AHEAD_MS ? instant : undefined;
}
