import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { ledgerFolder } from '../folder.ts';
import { unprovenReader, type Verifier } from '../signatures.ts';
import { checkRanges } from './check-ranges.ts';
import { checkSignatures, type Signed } from './check-signatures.ts';
import { createFindings } from './findings.ts';
import { joinReports } from './join-reports.ts';
import type { Problem } from './problem.ts';
import { cutRanges, listSegments } from './segment-files.ts';
import { checkpointedSeqs, readCheckpoints, readHeadsAndOrders } from './signed-files.ts';

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

  const closedSeqs = new Set(signed.checkpoints.map((checkpoint) => checkpoint.first_seq));
  const chain = joinReports(segments.list, ranges, reports, closedSeqs, found);
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
