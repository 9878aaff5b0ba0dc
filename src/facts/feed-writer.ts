/** Writes a feed or changes in one transaction: visible at once and whole, or not at all. */
import type { DatabaseSync } from 'node:sqlite';
import type { Fact, Place } from './fact.ts';
import type { Feed } from './feeds.ts';
import { type FactKind, FORMS } from './kinds.ts';

export interface FeedWriter {
  /** Says that the kind is fed, also where no fact of it follows. */
  declare(kind: FactKind, about?: { readonly asOf?: string; readonly source?: string }): void;
  /** `conflict`: a whole feed already has this fact, with another content. */
  put(fact: Fact): 'written' | 'conflict';
  /** The kinds that were declared or written so far. */
  kinds(): readonly FactKind[];
  /** What was written, by kind. `now` is the instant, in normal form, of a whole feed that has no `as_of` anywhere. */
  commit(now: string): ReadonlyMap<FactKind, WrittenFeed>;
  rollback(): void;
}

export interface WrittenFeed {
  facts: number;
  removed: number;
  /** As it stands after the feed; undefined for changes to a kind that was never fed whole. */
  feed?: Feed;
  /** The `as_of` that was there before, where it was later. */
  wasLater?: string;
  /** Nothing said how old the feed is, so it counts as of now. */
  undated?: true;
}

interface FedKind {
  readonly written: WrittenFeed;
  asOf?: string;
  source?: string;
  /** The latest `as_of` of its rows: the least that a whole feed without one knew. */
  youngest?: string;
}

/**
 * `whole` replaces everything that was known of a kind as soon as the feed mentions it; `changes` adds, replaces and takes
 * away single facts, and makes a kind no fresher than a whole feed made it, unless the changes say until when they go.
 */
export function openFeedWriter(
  db: DatabaseSync,
  mode: 'whole' | 'changes',
  defaults: { readonly asOf?: string; readonly source?: string } = {},
): FeedWriter {
  const insertResident = db.prepare('INSERT INTO resident_fact VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING');
  const upsertResident = db.prepare('INSERT OR REPLACE INTO resident_fact VALUES (?, ?, ?, ?, ?)');
  const deleteResident = db.prepare(
    'DELETE FROM resident_fact WHERE data_subject = ? AND subject = ? AND kind = ? AND identity = ?',
  );
  const docOfResident = db.prepare(
    'SELECT doc FROM resident_fact WHERE data_subject = ? AND subject = ? AND kind = ? AND identity = ?',
  );
  const insertGeneral = db.prepare('INSERT INTO general_fact VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const upsertGeneral = db.prepare('INSERT OR REPLACE INTO general_fact VALUES (?, ?, ?)');
  const deleteGeneral = db.prepare('DELETE FROM general_fact WHERE kind = ? AND identity = ?');
  const docOfGeneral = db.prepare('SELECT doc FROM general_fact WHERE kind = ? AND identity = ?');
  const deleteKind = {
    resident: db.prepare('DELETE FROM resident_fact WHERE kind = ?'),
    general: db.prepare('DELETE FROM general_fact WHERE kind = ?'),
  };
  const readFeed = db.prepare('SELECT as_of, source FROM feed WHERE kind = ?');
  const writeFeed = db.prepare('INSERT OR REPLACE INTO feed VALUES (?, ?, ?, ?)');
  const fed = new Map<FactKind, FedKind>();

  function fedKind(kind: FactKind): FedKind {
    const known = fed.get(kind);
    if (known !== undefined) return known;
    if (mode === 'whole') (FORMS[kind].about === 'everyone' ? deleteKind.general : deleteKind.resident).run(kind);
    const made: FedKind = { written: { facts: 0, removed: 0 } };
    if (defaults.asOf !== undefined) made.asOf = defaults.asOf;
    if (defaults.source !== undefined) made.source = defaults.source;
    fed.set(kind, made);
    return made;
  }

  function insert(fact: Fact, doc: string): 'written' | 'conflict' {
    const { kind, dataSubject, subject, identity } = fact;
    const resident = FORMS[kind].about !== 'everyone';
    const place = resident ? [dataSubject, subject, kind, identity] : [kind, identity];
    const { changes } = (resident ? insertResident : insertGeneral).run(...place, doc);
    if (Number(changes) === 1) return 'written';
    const known = (resident ? docOfResident : docOfGeneral).get(...place);
    return known?.doc === doc ? 'written' : 'conflict';
  }

  function remove({ kind, dataSubject, subject, identity }: Place): number {
    const { changes } =
      FORMS[kind].about === 'everyone'
        ? deleteGeneral.run(kind, identity)
        : deleteResident.run(dataSubject, subject, kind, identity);
    return Number(changes);
  }

  function change(fact: Fact, doc: string): void {
    const { kind, dataSubject, subject, identity } = fact;
    if (FORMS[kind].about === 'everyone') upsertGeneral.run(kind, identity, doc);
    else upsertResident.run(dataSubject, subject, kind, identity, doc);
  }

  function feedAfter(kind: FactKind, entry: FedKind, now: string): Feed | undefined {
    const before = readFeed.get(kind);
    const asOfBefore = before === undefined ? undefined : String(before.as_of);
    const source = entry.source ?? (mode === 'changes' && before?.source ? String(before.source) : null);
    if (mode === 'changes') {
      if (asOfBefore === undefined) return undefined;
      const asOf = entry.asOf !== undefined && entry.asOf > asOfBefore ? entry.asOf : asOfBefore;
      return { asOf, source };
    }
    const asOf = entry.asOf ?? earlier(entry.youngest ?? now, now);
    if (entry.asOf === undefined && entry.youngest === undefined) entry.written.undated = true;
    if (asOfBefore !== undefined && asOfBefore > asOf) entry.written.wasLater = asOfBefore;
    return { asOf, source };
  }

  function earlier(one: string, other: string): string {
    return one < other ? one : other;
  }

  db.exec('BEGIN IMMEDIATE');
  return {
    declare(kind, { asOf, source } = {}) {
      const entry = fedKind(kind);
      if (asOf !== undefined) entry.asOf = asOf;
      if (source !== undefined) entry.source = source;
    },
    put(fact) {
      const entry = fedKind(fact.kind);
      const { as_of } = fact.row;
      if (typeof as_of === 'string' && (entry.youngest === undefined || as_of > entry.youngest)) entry.youngest = as_of;
      const doc = JSON.stringify(fact.row);
      if (mode === 'whole') {
        const result = insert(fact, doc);
        if (result === 'written') entry.written.facts += 1;
        return result;
      }
      for (const older of fact.olderPlaces) remove(older);
      if (fact.remove) entry.written.removed += remove(fact);
      else {
        change(fact, doc);
        entry.written.facts += 1;
      }
      return 'written';
    },
    kinds: () => [...fed.keys()],
    commit(now) {
      for (const [kind, entry] of fed) {
        const feed = feedAfter(kind, entry, now);
        if (feed === undefined) continue;
        writeFeed.run(kind, feed.asOf, feed.source, now);
        entry.written.feed = feed;
      }
      db.exec('COMMIT');
      return new Map([...fed].map(([kind, { written }]) => [kind, written]));
    },
    rollback() {
      db.exec('ROLLBACK');
    },
  };
}
