/** How old each kind of fact is: `facts.feeds` (design.md §4). */
import { isObject, type Json, type JsonObject } from '../decision/model.ts';
import { FACT_KINDS, type FactKind } from './kinds.ts';

/** The last feed of a kind. Times in normal form. */
export interface Feed {
  readonly asOf: string;
  readonly source: string | null;
}

export interface FeedAges {
  /** `facts.feeds` at an instant in normal form. The same object as long as nothing changes. */
  at(time: string, aboutNobody: boolean): JsonObject;
}

/**
 * A kind that was fed is stale once it is older than its maximum age. One that was never fed is stale in production,
 * unless no data subject is named: nothing is known of nobody, and that is up to date.
 */
export function createFeedAges(
  feeds: ReadonlyMap<FactKind, Feed>,
  maxAges: Readonly<Record<FactKind, number>>,
  mode: 'development' | 'production',
): FeedAges {
  const staleAfter = new Map<FactKind, string>();
  for (const [kind, feed] of feeds) {
    staleAfter.set(kind, new Date(Date.parse(feed.asOf) + maxAges[kind]).toISOString());
  }
  // By which kinds are stale, a bit each: a look-up hands out the object that an earlier one made.
  const made = new Map<number, JsonObject>();

  function isStale(kind: FactKind, time: string, aboutNobody: boolean): boolean {
    const limit = staleAfter.get(kind);
    if (limit !== undefined) return time > limit;
    return mode === 'production' && !aboutNobody;
  }

  return {
    at(time, aboutNobody) {
      let stale = 0;
      for (const kind of FACT_KINDS) stale = stale * 2 + (isStale(kind, time, aboutNobody) ? 1 : 0);
      const known = made.get(stale);
      if (known !== undefined) return known;
      const entries = FACT_KINDS.map((kind): [string, Json] => {
        const feed = feeds.get(kind);
        const fields = { as_of: feed?.asOf ?? null, source: feed?.source ?? null };
        return [kind, { ...fields, stale: isStale(kind, time, aboutNobody) }];
      });
      const object = Object.fromEntries(entries);
      made.set(stale, object);
      return object;
    },
  };
}

/** Of `facts.feeds`: kind → `as_of` for each that is stale, null where it was never fed. */
export function staleAmong(feeds: JsonObject): JsonObject {
  const stale = Object.entries(feeds).flatMap(([kind, feed]): [string, Json][] =>
    isObject(feed) && feed.stale === true ? [[kind, feed.as_of ?? null]] : [],
  );
  return Object.fromEntries(stale);
}
