import { NO_HASH } from '../record-form.ts';
import { linkProblems, type Predecessor, type Range, type RangeReport } from './check-range.ts';
import type { Findings } from './findings.ts';
import type { SegmentFile } from './segment-files.ts';

/** The whole chain, as far as it could be followed. */
export interface Chain {
  readonly last: Predecessor;
  readonly tornBytes: number;
  /** Where each segment ends. */
  readonly ends: ReadonlyMap<number, Predecessor>;
  readonly witnesses: ReadonlyMap<number, string>;
  readonly writer?: string;
}

/** Puts the ranges together: counts lines through a segment, and links the first record of each range to the one before. */
export function joinReports(
  segments: readonly SegmentFile[],
  ranges: readonly Range[],
  reports: readonly RangeReport[],
  closed: ReadonlySet<number>,
  found: Findings,
): Chain {
  const witnesses = new Map<number, string>();
  const ends = new Map<number, Predecessor>();
  let last: Predecessor = { seq: 0, hash: NO_HASH };
  let tornBytes = 0;
  let writer: string | undefined;
  const bySegment = Map.groupBy(reports.keys(), (i) => ranges[i]?.path);
  for (const [index, segment] of segments.entries()) {
    let lines = 0;
    for (const i of bySegment.get(segment.path) ?? []) {
      const report = reports[i] as RangeReport;
      const { first } = report;
      if (first !== undefined) {
        const where = { segment: segment.name, line: lines + 1, seq: first.seq, decisionId: first.decisionId };
        if (lines === 0 && first.seq !== segment.firstSeq) {
          found.add({
            kind: 'segment',
            detail: `its name says that it begins with record ${segment.firstSeq}`,
            ...where,
          });
        }
        for (const finding of linkProblems(last, first)) found.add({ ...finding, ...where });
        writer ??= first.writer;
      }
      for (const problem of report.problems) {
        found.add({ ...problem, segment: segment.name, line: lines + (problem.line ?? 0) });
      }
      found.countMore(report.problemCount - report.problems.length);
      for (const [seq, hash] of report.witnesses) witnesses.set(seq, hash);
      lines += report.lines;
      if (report.last !== undefined) last = report.last;
      if (report.torn > 0) {
        const open = index === segments.length - 1 && !closed.has(segment.firstSeq);
        if (open) tornBytes = report.torn;
        else
          found.add({ kind: 'changed', detail: 'its last record has no end', segment: segment.name, line: lines + 1 });
      }
    }
    ends.set(segment.firstSeq, last);
  }
  return { last, tornBytes, ends, witnesses, ...(writer !== undefined && { writer }) };
}
