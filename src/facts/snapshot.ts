/** What is small, held in memory: the feeds, the facts that are about nobody in particular, and the residents last asked about. */
import type { DatabaseSync } from 'node:sqlite';
import { createFeedAges, type Feed, type FeedAges } from './feeds.ts';
import { FACT_KINDS, type FactKind, isFactKind, type Row } from './kinds.ts';
import { type ResidentLookup, remembering } from './resident-rows.ts';

export interface Snapshot {
  /** `PRAGMA data_version` that it was read at: another one means that something was written since. */
  readonly version: unknown;
  readonly ages: FeedAges;
  agreements(organisation: string | undefined): readonly Row[];
  mandates(organisation: string | undefined): readonly Row[];
  staff(people: readonly string[] | undefined): readonly Row[];
  /** Within a transaction of this moment. */
  readonly residentRows: ResidentLookup;
}

export interface SnapshotSettings {
  readonly maxAges: Readonly<Record<FactKind, number>>;
  readonly mode: 'development' | 'production';
}

/** Within a transaction, so that it is one moment of the file; `version` is the one of that moment. */
export function readSnapshot(
  db: DatabaseSync,
  settings: SnapshotSettings,
  version: unknown,
  lookUp: ResidentLookup,
): Snapshot {
  const feeds = readFeeds(db);
  const rows = readGeneral(db);
  return {
    version,
    ages: createFeedAges(feeds, settings.maxAges, settings.mode),
    agreements: byKey(rows.get('agreements') ?? [], (row) => row.parties),
    mandates: byKey(rows.get('mandates') ?? [], (row) => row.organisation),
    staff: byPerson(rows.get('staff') ?? []),
    residentRows: remembering(lookUp),
  };
}

function readFeeds(db: DatabaseSync): ReadonlyMap<FactKind, Feed> {
  const rows = db.prepare('SELECT kind, as_of, source FROM feed').all();
  const feeds = new Map<FactKind, Feed>();
  for (const { kind, as_of, source } of rows) {
    if (typeof kind === 'string' && isFactKind(kind)) {
      feeds.set(kind, { asOf: String(as_of), source: source === null ? null : String(source) });
    }
  }
  return feeds;
}

const ABOUT_EVERYONE = "SELECT kind, doc FROM fact WHERE data_subject = '' AND subject = '' ORDER BY kind, identity";

function readGeneral(db: DatabaseSync): ReadonlyMap<FactKind, readonly Row[]> {
  const found = new Map<FactKind, Row[]>(FACT_KINDS.map((kind) => [kind, []]));
  for (const { kind, doc } of db.prepare(ABOUT_EVERYONE).all()) {
    if (typeof kind === 'string' && isFactKind(kind)) found.get(kind)?.push(JSON.parse(String(doc)));
  }
  return found;
}

/** By key and never by a walk: what a decision costs must not grow with what others agreed on. */
function byKey(
  rows: readonly Row[],
  keysOf: (row: Row) => Row[string] | undefined,
): (key: string | undefined) => readonly Row[] {
  const index = new Map<string, Row[]>();
  for (const row of rows) {
    const keys = keysOf(row);
    for (const key of new Set(Array.isArray(keys) ? keys : [keys])) {
      const known = index.get(key);
      if (known === undefined) index.set(key, [row]);
      else known.push(row);
    }
  }
  return (key) => (key === undefined ? rows : (index.get(key) ?? []));
}

function byPerson(rows: readonly Row[]): Snapshot['staff'] {
  const ofPerson = byKey(rows, (row) => row.id);
  return (people) => (people === undefined ? rows : [...new Set(people)].flatMap(ofPerson));
}
