/** Writes a feed or changes in one transaction: visible at once and whole, or not at all. */
import type { DatabaseSync } from 'node:sqlite';
import type { Fact } from './fact.ts';
import { createFactTable } from './fact-table.ts';
import { emptyLog } from './facts-file.ts';
import type { Feed } from './feeds.ts';
import type { FactKind } from './kinds.ts';

export interface FeedWriter {
  /** Says that the kind is fed, also where no fact of it follows. */
  declare(kind: FactKind, about?: FeedOrigin): void;
  /** `conflict`: a whole feed already has this fact, with another content. */
  put(fact: Fact): 'written' | 'conflict';
  /** The kinds that were declared or written so far. */
  kinds(): readonly FactKind[];
  /** How many facts of each kind were put or taken away so far. */
  written(): ReadonlyMap<FactKind, number>;
  /** What was written, by kind. `now` is the instant, in normal form, of a whole feed that has no `as_of` anywhere. */
  commit(now: string): ReadonlyMap<FactKind, WrittenFeed>;
  rollback(): void;
}

/** When a feed was taken from its source, as instant in normal form, and which source that is. */
export interface FeedOrigin {
  readonly asOf?: string;
  readonly source?: string;
}

export interface WrittenFeed {
  readonly facts: number;
  readonly removed: number;
  /** As it stands after the feed; undefined for changes to a kind that was never fed whole. */
  readonly feed?: Feed;
  /** The `as_of` that was there before, where it was later. */
  readonly wasLater?: string;
  /** Nothing said how old the feed is, so it counts as of now. */
  readonly undated: boolean;
}

interface Writing {
  facts: number;
  removed: number;
  origin: FeedOrigin;
  /** The latest `as_of` of its rows: the least that a whole feed without one knew. */
  latest?: string;
}

/**
 * `whole` replaces everything that was known of a kind as soon as the feed mentions it; `changes` adds, replaces and takes
 * away single facts, and makes a kind no fresher than a whole feed made it, unless the changes say until when they go.
 */
export function openFeedWriter(db: DatabaseSync, mode: 'whole' | 'changes', origin: FeedOrigin = {}): FeedWriter {
  const table = createFactTable(db);
  const readFeed = db.prepare('SELECT as_of, source FROM feed WHERE kind = ?');
  const writeFeed = db.prepare('INSERT OR REPLACE INTO feed VALUES (?, ?, ?, ?)');
  const kinds = new Map<FactKind, Writing>();

  function writing(kind: FactKind): Writing {
    const known = kinds.get(kind);
    if (known !== undefined) return known;
    if (mode === 'whole') table.clear(kind);
    const started = { facts: 0, removed: 0, origin };
    kinds.set(kind, started);
    return started;
  }

  function finish(
    kind: FactKind,
    { facts, removed, origin: { asOf, source }, latest }: Writing,
    now: string,
  ): WrittenFeed {
    const before = readFeed.get(kind);
    const wasAsOf = before === undefined ? undefined : String(before.as_of);
    const undated = mode === 'whole' && asOf === undefined && latest === undefined;
    const written = { facts, removed, undated };
    let feed: Feed;
    if (mode === 'whole') feed = { asOf: asOf ?? earlier(latest ?? now, now), source: source ?? null };
    else if (before === undefined || wasAsOf === undefined) return written;
    else
      feed = { asOf: later(asOf ?? wasAsOf, wasAsOf), source: before.source === null ? null : String(before.source) };
    writeFeed.run(kind, feed.asOf, feed.source, now);
    return { ...written, feed, ...(wasAsOf !== undefined && wasAsOf > feed.asOf && { wasLater: wasAsOf }) };
  }

  db.exec('BEGIN IMMEDIATE');
  return {
    declare(kind, about = {}) {
      const entry = writing(kind);
      entry.origin = { ...entry.origin, ...about };
    },
    put(fact) {
      const entry = writing(fact.kind);
      if (mode === 'whole') {
        if (table.add(fact) === 'conflict') return 'conflict';
        const { as_of } = fact.row;
        if (typeof as_of === 'string') entry.latest = later(as_of, entry.latest ?? as_of);
        entry.facts += 1;
        return 'written';
      }
      for (const older of fact.olderPlaces) table.remove(older);
      if (fact.remove) entry.removed += table.remove(fact) ? 1 : 0;
      else {
        table.replace(fact);
        entry.facts += 1;
      }
      return 'written';
    },
    kinds: () => [...kinds.keys()],
    written: () => new Map([...kinds].map(([kind, { facts, removed }]) => [kind, facts + removed])),
    commit(now) {
      const written = new Map([...kinds].map(([kind, entry]) => [kind, finish(kind, entry, now)]));
      db.exec('COMMIT');
      emptyLog(db);
      return written;
    },
    rollback() {
      if (db.isTransaction) db.exec('ROLLBACK');
    },
  };
}

/** Of two instants in normal form. */
function later(one: string, other: string): string {
  return one > other ? one : other;
}

function earlier(one: string, other: string): string {
  return one < other ? one : other;
}
