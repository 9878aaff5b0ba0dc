/** `facts.case_relation` is one row, so one is chosen where a professional has several relations with a resident. */
import type { FactQuery } from '../decision/ports.ts';
import { CASE_RELATION_KINDS, type Row } from './kinds.ts';

/**
 * INVARIANT: a total order, so that the same facts always give the same row, and one that can suffice is never hidden behind
 * one that cannot (domain.md §7.14):
 * 1. in its period by the Dutch calendar date (`since` and `until` inclusive) before out of it;
 * 2. `eigen_caseload`, `waarneming`, `meelezer_overleg` of the meeting that was asked, `team_caseload` in a domain that covers
 *    the one that was asked; then those that cannot suffice for this question, by kind as in `CASE_RELATION_KINDS`;
 * 3. a stored row before an asserted one, which only adds (domain.md §7.28);
 * 4. in the domain that was asked, then in one that covers it, then in one that lies in it, then elsewhere;
 * 5. of the casus that was asked;
 * 6. the earlier in the list, where stored rows stand in the order of their identity.
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

type Rank = readonly number[];

function rankOf(row: Row, query: FactQuery): Rank {
  const domain = domainRank(row.domain, query.domain);
  return [
    isCurrent(row, query.now.date) ? 0 : 1,
    strengthRank(row, query, domain),
    isAsserted(row) ? 1 : 0,
    domain,
    query.casusId !== undefined && row.casus_id === query.casusId ? 0 : 1,
  ];
}

const KINDS: ReadonlyMap<unknown, number> = new Map(CASE_RELATION_KINDS.map((kind, index) => [kind, index]));

function strengthRank(row: Row, query: FactQuery, domain: number): number {
  if (row.kind === 'eigen_caseload') return 0;
  if (row.kind === 'waarneming') return 1;
  if (row.kind === 'meelezer_overleg' && query.overlegId !== undefined && row.overleg_id === query.overlegId) return 2;
  if (row.kind === 'team_caseload' && domain <= COVERS) return 3;
  return 4 + (KINDS.get(row.kind) ?? KINDS.size);
}

const COVERS = 1;

function domainRank(domain: Row[string] | undefined, asked: string | undefined): number {
  if (typeof domain !== 'string' || asked === undefined) return 3;
  if (domain === asked) return 0;
  if (asked.startsWith(`${domain}.`)) return COVERS;
  return domainsOverlap(domain, asked) ? 2 : 3;
}

const ASSERTED = 'asserted:';

/** The `source` of what a caller asserts. */
export function assertedSource(caller: string): string {
  return ASSERTED + caller;
}

function isAsserted(row: Row): boolean {
  return typeof row.source === 'string' && row.source.startsWith(ASSERTED);
}

/** Sub-domains by dot segments: one is the other, or lies in it (domain.md §7.15). */
export function domainsOverlap(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}

/** Standing in has an end: without one there is no period to be in. */
function isCurrent(row: Row, date: string): boolean {
  if (row.kind === 'waarneming' && typeof row.until !== 'string') return false;
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
