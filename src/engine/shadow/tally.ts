import { isObject, type Json } from '../../decision/model.ts';
import { DIFFERENCES, type Difference, type Place } from './difference.ts';

/** What a draft did so far, as it is kept in a file. Holds no question and no person. */
export interface ShadowReport {
  readonly draft: string;
  /** Revisions that were in force meanwhile. */
  readonly against: readonly string[];
  readonly since: string;
  readonly until: string;
  /** Questions that both answered. */
  readonly compared: number;
  /** Questions that were passed over, because the draft was behind. */
  readonly skipped: number;
  readonly differences: readonly (Place & { readonly kind: Difference; readonly count: number })[];
}

export interface Tally {
  count(place: Place, kind: Difference | undefined, against: string): void;
  skip(count: number): void;
  report(draft: string, until: string): ShadowReport;
}

const MOST_PLACES = 2_000;
const REST: Place = { role: '(rest)', purpose: '(rest)', domain: '(rest)' };

/** Counts by role, domain, purpose and kind, on from an earlier report. What callers make up cannot make it grow without end. */
export function createTally(now: string, before?: ShadowReport): Tally {
  const counts = new Map(before?.differences.map((counted) => [keyOf(counted.kind, counted), counted.count]));
  const against = new Set(before?.against);
  const since = before?.since ?? now;
  let compared = before?.compared ?? 0;
  let skipped = before?.skipped ?? 0;
  return {
    count(place, kind, revision) {
      compared += 1;
      against.add(revision);
      if (kind === undefined) return;
      const key = keyOf(kind, place);
      const known = counts.has(key) || counts.size < MOST_PLACES;
      const counted = known ? key : keyOf(kind, REST);
      counts.set(counted, (counts.get(counted) ?? 0) + 1);
    },
    skip(count) {
      skipped += count;
    },
    report(draft, until) {
      const differences = [...counts].map(([key, count]) => {
        const [kind, role, domain, purpose] = JSON.parse(key);
        return { kind, role, domain, purpose, count };
      });
      differences.sort(
        (a, b) =>
          gravity(a.kind) - gravity(b.kind) || b.count - a.count || (keyOf(a.kind, a) < keyOf(b.kind, b) ? -1 : 1),
      );
      return { draft, against: [...against].sort(), since, until, compared, skipped, differences };
    },
  };
}

function gravity(kind: Difference): number {
  return DIFFERENCES.indexOf(kind);
}

function keyOf(kind: Difference, { role, domain, purpose }: Place): string {
  return JSON.stringify([kind, role, domain, purpose]);
}

/** The report in a file's text. Throws an Error for anything else. */
export function readShadowReport(text: string): ShadowReport {
  const value: unknown = JSON.parse(text);
  if (!isObject(value) || !Array.isArray(value.differences)) throw new Error('it is no report of a shadow');
  const { draft, against, since, until, compared, skipped } = value;
  return {
    draft: String(draft),
    against: Array.isArray(against) ? against.map(String) : [],
    since: String(since),
    until: String(until),
    compared: Number(compared),
    skipped: Number(skipped),
    differences: value.differences.flatMap(differenceIn),
  };
}

function differenceIn(value: Json): ShadowReport['differences'] {
  if (!isObject(value)) return [];
  const kind = DIFFERENCES.find((known) => known === value.kind);
  if (kind === undefined) return [];
  const { role, purpose, domain, count } = value;
  return [{ kind, role: String(role), purpose: String(purpose), domain: String(domain), count: Number(count) }];
}
