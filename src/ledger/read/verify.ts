import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type LedgerFolder, ledgerFolder, seqName, seqOfName } from '../folder.ts';
import { NO_HASH } from '../record-form.ts';
import { unprovenReader, type Verifier } from '../signatures.ts';
import type { Checkpoint } from '../signed-contents.ts';
import { linkProblems, PROBLEMS_KEPT, type Predecessor, type Range, type RangeReport } from './check-range.ts';
import { checkRanges } from './check-ranges.ts';
import type { Problem } from './problem.ts';
import { checkpointedSeqs, type HeadsAndOrders, readCheckpoints, readHeadsAndOrders } from './signed-files.ts';

export interface Verification {
  /** Nothing was found that was tampered with or is missing. */
  readonly ok: boolean;
  /** Whether a key from outside stood behind the signatures. Without one a ledger can have been made anew as a whole. */
  readonly originProven: boolean;
  readonly records: number;
  readonly segments: number;
  /** The last record that stands there. */
  readonly lastSeq: number;
  readonly lastHash: string;
  /** Pieces that were erased by a signed order. */
  readonly erasedPieces: number;
  /** The furthest record that a head vouches for; absent where there is no head. */
  readonly head?: { readonly seq: number; readonly at: number; readonly ageMs: number };
  /** Records after it: what was cut off behind a head cannot be seen, only how much stands there. */
  readonly recordsAfterHead: number;
  /** Bytes of a record without an end: of a crash, or of a writer at work. */
  readonly tornBytes: number;
  /** At most a hundred; `problemCount` says how many there are. */
  readonly problems: readonly Problem[];
  readonly problemCount: number;
}

export interface VerifyOptions {
  /** Absent: what can be verified without a key. */
  readonly verifier?: Verifier;
  /** Compact signatures of heads that were kept outside the folder. */
  readonly outsideHeads?: readonly string[];
  /** Milliseconds since the epoch, for the age of the head. */
  readonly now: number;
  readonly onProgress?: (bytesDone: number, bytesTotal: number) => void;
  /** Bytes of a segment that one thread takes at a time. */
  readonly rangeBytes?: number;
  /** Absent: as many as there are processors, or this one alone where there is little to read. */
  readonly threads?: number;
}

/**
 * Reads a whole ledger, which may be in use meanwhile, and finds every record that was changed, lost, moved, doubled or cut off.
 * Throws Error where the folder is no ledger.
 */
export async function verifyLedger(root: string, options: VerifyOptions): Promise<Verification> {
  const folder = ledgerFolder(root);
  if (!existsSync(folder.segments)) throw new Error(`${root} is no ledger folder: it has no segments/`);
  const verifier = options.verifier ?? unprovenReader;
  // Signatures first: what they vouch for was written before, so a writer at work does not look like one that cut something off.
  const closedBefore = checkpointedSeqs(folder);
  const heads = await readHeadsAndOrders(folder, verifier, options.outsideHeads ?? []);
  const segments = listSegments(folder);
  const lastSegment = segments.list.at(-1)?.firstSeq ?? 0;
  // INVARIANT (of the writer): a segment has its checkpoint before the next begins, so those of all but the last are there.
  const closed = await readCheckpoints(folder, verifier, (seq) => seq < lastSegment || closedBefore.has(seq));
  const signed: Signed = { ...heads, checkpoints: closed.checkpoints, closedBefore };
  const found = createFindings();
  for (const problem of [...segments.problems, ...heads.problems, ...closed.problems]) found.add(problem);

  const wanted = new Set([
    ...signed.checkpoints.map((checkpoint) => checkpoint.last_seq),
    ...[signed.head, ...signed.outside].flatMap((head) => head?.seq ?? []),
  ]);
  const rangeBytes = options.rangeBytes ?? 8 * 1024 * 1024;
  const ranges = segments.list.flatMap((segment) => cutRanges(segment, rangeBytes));
  const total = ranges.reduce((sum, range) => sum + range.to - range.from, 0);
  let done = 0;
  const threads = options.threads ?? (total > rangeBytes ? availableParallelism() : 1);
  const reports = await checkRanges(ranges, threads, { orders: signed.orders, wanted }, (bytes) => {
    done += bytes;
    options.onProgress?.(done, total);
  });

  const chain = joinReports(segments.list, ranges, reports, signed, found);
  checkSignatures(folder, segments.list, chain, signed, found);
  const furthest = [signed.head, ...signed.outside].reduce(
    (a, b) => ((b?.seq ?? -1) > (a?.seq ?? -1) ? b : a),
    undefined,
  );
  return {
    ok: found.count() === 0,
    originProven: options.verifier !== undefined && (signed.head !== undefined || signed.outside.length > 0),
    records: reports.reduce((sum, report) => sum + report.records, 0),
    segments: segments.list.length,
    lastSeq: chain.last.seq,
    lastHash: chain.last.hash ?? '',
    erasedPieces: reports.reduce((sum, report) => sum + report.erased, 0),
    ...(furthest && { head: { seq: furthest.seq, at: furthest.at, ageMs: options.now - furthest.at } }),
    recordsAfterHead: Math.max(0, chain.last.seq - (furthest?.seq ?? 0)),
    tornBytes: chain.tornBytes,
    problems: found.kept(),
    problemCount: found.count(),
  };
}

interface Signed extends HeadsAndOrders {
  readonly checkpoints: readonly Checkpoint[];
  /** Segments that had a checkpoint before the head was read: the head is at least as far. */
  readonly closedBefore: ReadonlySet<number>;
}

interface SegmentFile {
  readonly name: string;
  readonly path: string;
  readonly firstSeq: number;
  readonly size: number;
}

function listSegments(folder: LedgerFolder): { list: SegmentFile[]; problems: Problem[] } {
  const list: SegmentFile[] = [];
  const problems: Problem[] = [];
  for (const name of readdirSync(folder.segments).sort()) {
    const path = join(folder.segments, name);
    const firstSeq = seqOfName(name, '.ndjson');
    if (firstSeq === undefined) problems.push({ kind: 'unknown_file', detail: `segments/${name} is no segment` });
    else list.push({ name, path, firstSeq, size: statSync(path).size });
  }
  return { list, problems };
}

function cutRanges(segment: SegmentFile, bytes: number): Range[] {
  const { path, size } = segment;
  return Array.from({ length: Math.ceil(size / bytes) }, (_, i) => ({
    path,
    from: i * bytes,
    to: Math.min((i + 1) * bytes, size),
    size,
  }));
}

interface Chain {
  readonly last: Predecessor;
  readonly tornBytes: number;
  /** Where each segment ends. */
  readonly ends: ReadonlyMap<number, Predecessor>;
  readonly witnesses: ReadonlyMap<number, string>;
  readonly writer?: string;
}

/** Puts the ranges together: counts lines through a segment, and links the first record of each range to the one before. */
function joinReports(
  segments: readonly SegmentFile[],
  ranges: readonly Range[],
  reports: readonly RangeReport[],
  signed: Signed,
  found: Findings,
): Chain {
  const witnesses = new Map<number, string>();
  const ends = new Map<number, Predecessor>();
  const closed = new Set(signed.checkpoints.map((checkpoint) => checkpoint.first_seq));
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

/** What checkpoints and heads say, against what stands there. */
function checkSignatures(
  folder: LedgerFolder,
  segments: readonly SegmentFile[],
  chain: Chain,
  signed: Signed,
  found: Findings,
): void {
  const writer = existsSync(folder.writer) ? readFileSync(folder.writer, 'utf8').trim() : undefined;
  if (chain.writer !== undefined && writer !== chain.writer) {
    found.add({ kind: 'other_writer', detail: 'the records name another writer than the folder' });
  }
  const checkpointed = new Set(signed.checkpoints.map((checkpoint) => checkpoint.first_seq));
  for (const segment of segments.slice(0, -1)) {
    if (checkpointed.has(segment.firstSeq)) continue;
    found.add({
      kind: 'checkpoint',
      detail: 'the segment is closed, but has no checkpoint of a known key',
      segment: segment.name,
    });
  }
  for (const checkpoint of signed.checkpoints) {
    const segment = `${seqName(checkpoint.first_seq)}.ndjson`;
    const end = chain.ends.get(checkpoint.first_seq);
    if (end === undefined) {
      const { first_seq, last_seq } = checkpoint;
      found.add({ kind: 'missing', detail: `the segment with records ${first_seq} to ${last_seq} is gone`, segment });
      continue;
    }
    const sound =
      end.seq === checkpoint.last_seq &&
      end.hash === checkpoint.last_hash &&
      checkpoint.count === checkpoint.last_seq - checkpoint.first_seq + 1 &&
      checkpoint.writer === chain.writer;
    if (!sound) {
      found.add({
        kind: 'checkpoint',
        detail: `the segment does not end where its checkpoint says, at record ${checkpoint.last_seq}`,
        segment,
      });
    }
  }
  for (const [head, called] of [
    ...(signed.head ? [[signed.head, 'the signed head'] as const] : []),
    ...signed.outside.map((each) => [each, 'the head from outside'] as const),
  ]) {
    if (head.seq > chain.last.seq) {
      found.add({
        kind: 'cut_off',
        detail: `${called} vouches for record ${head.seq}, but the ledger ends at ${chain.last.seq}`,
      });
    } else if (chain.witnesses.get(head.seq) !== head.hash) {
      found.add({
        kind: 'head',
        detail: `record ${head.seq} is not the one that ${called} vouches for`,
        seq: head.seq,
      });
    } else if (head.writer !== chain.writer) {
      found.add({ kind: 'head', detail: `${called} is of another writer` });
    }
  }
  if (signed.head === undefined && signed.closedBefore.size > 0) {
    found.add({ kind: 'head', detail: 'there are checkpoints but no signed head; a writer leaves both' });
  }
  const furthestCheckpoint = signed.checkpoints
    .filter((checkpoint) => signed.closedBefore.has(checkpoint.first_seq))
    .reduce((furthest, checkpoint) => Math.max(furthest, checkpoint.last_seq), 0);
  if (signed.head !== undefined && signed.head.seq < furthestCheckpoint) {
    found.add({ kind: 'head', detail: `the signed head is older than the checkpoint of record ${furthestCheckpoint}` });
  }
}

interface Findings {
  add(problem: Problem): void;
  countMore(count: number): void;
  kept(): readonly Problem[];
  count(): number;
}

function createFindings(): Findings {
  const kept: Problem[] = [];
  let count = 0;
  return {
    add(problem) {
      count += 1;
      if (kept.length < PROBLEMS_KEPT) kept.push(problem);
    },
    countMore(more) {
      count += more;
    },
    kept: () => kept,
    count: () => count,
  };
}
