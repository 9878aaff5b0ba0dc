/** `facts.case_relation` is one row, so one is chosen where a professional has several relations with a resident. */
import type { FactQuery } from '../decision/ports.ts';
import { CASE_RELATION_KINDS, type Row } from './kinds.ts';

/**
 * INVARIANT: a total order, so that the same facts always give the same row:
 * 1. in its period by the Dutch calendar date (`since` and `until` inclusive) before out of it;
 * 2. by kind as in `CASE_RELATION_KINDS`, where a `meelezer_overleg` of the meeting that was asked comes before others;
 * 3. in the domain that was asked, then in one that covers it or lies in it, then elsewhere;
 * 4. of the casus that was asked;
 * 5. the earlier in the list, where stored rows stand in the order of their identity, before asserted ones.
 */
export function chooseCaseRelation(rows: readonly Row[], query: FactQuery): Row | null {
  const [first, ...others] = rows;
  if (first === undefined) return null;
  if (others.length === 0) return first;
  let best = { row: first, rank: rankOf(first, query) };
  for (const row of others) {
    const rank = rankOf(row, query);
    if (comesBefore(rank, best.rank)) best = { row, rank };
  }
  return best.row;
}

const ORDER: ReadonlyMap<unknown, number> = new Map(CASE_RELATION_KINDS.map((kind, index) => [kind, index]));

type Rank = readonly number[];

function rankOf(row: Row, query: FactQuery): Rank {
  const elsewhere = row.kind === 'meelezer_overleg' && row.overleg_id !== query.overlegId;
  return [
    isCurrent(row, query.now.date) ? 0 : 1,
    ORDER.get(row.kind) ?? ORDER.size,
    elsewhere ? 1 : 0,
    domainRank(row.domain, query.domain),
    query.casusId !== undefined && row.casus_id === query.casusId ? 0 : 1,
  ];
}

function domainRank(domain: Row[string] | undefined, asked: string | undefined): number {
  if (typeof domain !== 'string' || asked === undefined) return 2;
  if (domain === asked) return 0;
  return domainsOverlap(domain, asked) ? 1 : 2;
}

/** Sub-domains by dot segments: one is the other, or lies in it (domain.md §7.15). */
export function domainsOverlap(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}

export function isCurrent(row: Row, date: string): boolean {
  return !(typeof row.since === 'string' && row.since > date) && !hasEnded(row, date);
}

export function hasEnded(row: Row, date: string): boolean {
  return typeof row.until === 'string' && row.until < date;
}

function comesBefore(one: Rank, other: Rank): boolean {
  for (const [index, value] of one.entries()) {
    const against = other[index] ?? value;
    if (value !== against) return value < against;
  }
  return false;
}
