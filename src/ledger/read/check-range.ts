import type { ClaimedPlace } from '../chain-place.ts';
import { readLines } from '../lines.ts';
import { checkRecord, type OrderOf } from './check-record.ts';
import { PROBLEMS_KEPT } from './findings.ts';
import type { Problem, ProblemKind } from './problem.ts';

/** A part of one segment, small enough to share a ledger among threads. Lines that begin in `[from, to)`. */
export interface Range {
  readonly path: string;
  readonly from: number;
  readonly to: number;
  /** Length of the segment when the check began; a ledger may be written on meanwhile. */
  readonly size: number;
}

/** Where the one before stands; a hash that cannot be known (a ruined line) is left out. */
export interface Predecessor {
  readonly seq: number;
  readonly hash?: string;
  readonly writer?: string;
}

export interface RangeReport {
  readonly lines: number;
  readonly records: number;
  readonly erased: number;
  /** The first line's claim, to be linked to the range before it; absent where the first line is no record. */
  readonly first?: ClaimedPlace & { readonly decisionId: string };
  readonly last?: Predecessor;
  /** Lines are counted from 1 within the range. */
  readonly problems: readonly Problem[];
  /** How many there are; only the first hundred are kept. */
  readonly problemCount: number;
  /** Hashes of the records that signatures vouch for. */
  readonly witnesses: readonly (readonly [seq: number, hash: string])[];
  /** Bytes after the last newline. */
  readonly torn: number;
}

export function checkRange(range: Range, orderOf: OrderOf, wanted: ReadonlySet<number>): RangeReport {
  const problems: Problem[] = [];
  let problemCount = 0;
  const witnesses: [number, string][] = [];
  let lines = 0;
  let records = 0;
  let erased = 0;
  let torn = 0;
  let first: RangeReport['first'];
  let last: Predecessor | undefined;

  const note = (problem: Problem) => {
    problemCount += 1;
    if (problems.length < PROBLEMS_KEPT) problems.push(problem);
  };

  for (const line of readLines(range.path, range.from, range.to, range.size)) {
    if (!line.complete) {
      torn = line.bytes.length;
      break;
    }
    lines += 1;
    const checked = checkRecord(line.bytes, orderOf);
    const { place, decisionId } = checked;
    const where = { line: lines, ...(place && { seq: place.seq }), ...(decisionId !== undefined && { decisionId }) };
    for (const finding of checked.findings) note({ ...finding, ...where });
    if (place === undefined) {
      // A ruined line still takes a place, so that the next one is not called missing or out of order for it.
      if (last !== undefined) last = { seq: last.seq + 1, ...(last.writer !== undefined && { writer: last.writer }) };
      continue;
    }
    records += 1;
    erased += checked.erased;
    if (last !== undefined) for (const finding of linkProblems(last, place)) note({ ...finding, ...where });
    else if (lines === 1) first = { ...place, decisionId: decisionId ?? '' };
    last = place;
    if (wanted.has(place.seq)) witnesses.push([place.seq, place.hash]);
  }
  return {
    lines,
    records,
    erased,
    ...(first && { first }),
    ...(last && { last }),
    problems,
    problemCount,
    witnesses,
    torn,
  };
}

/** Whether a record follows the one before it. */
export function linkProblems(before: Predecessor, place: ClaimedPlace): { kind: ProblemKind; detail: string }[] {
  const found: { kind: ProblemKind; detail: string }[] = [];
  if (before.writer !== undefined && before.writer !== place.writer) {
    found.push({ kind: 'other_writer', detail: 'the record names another writer than the one before it' });
  }
  const next = before.seq + 1;
  if (place.seq > next) {
    const gone = place.seq === next + 1 ? `record ${next} is` : `records ${next} to ${place.seq - 1} are`;
    found.push({ kind: 'missing', detail: `${gone} not there` });
  } else if (place.seq < next) {
    found.push({ kind: 'out_of_order', detail: `record ${place.seq} stands after record ${before.seq}` });
  } else if (before.hash !== undefined && before.hash !== place.prevHash) {
    found.push({ kind: 'broken_link', detail: `the record does not follow record ${before.seq} as it stands there` });
  }
  return found;
}
