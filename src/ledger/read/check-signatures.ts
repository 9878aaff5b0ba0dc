import { existsSync, readFileSync } from 'node:fs';
import { type LedgerFolder, seqName } from '../folder.ts';
import type { Checkpoint } from '../signed-contents.ts';
import type { Findings } from './findings.ts';
import type { Chain } from './join-reports.ts';
import type { SegmentFile } from './segment-files.ts';
import type { HeadsAndOrders } from './signed-files.ts';

/** What signatures say, all of them read and found to be of a known key. */
export interface Signed extends HeadsAndOrders {
  readonly checkpoints: readonly Checkpoint[];
  /** Segments that had a checkpoint before the head was read: the head is at least as far. */
  readonly closedBefore: ReadonlySet<number>;
}

/** What checkpoints and heads say, against what stands there. */
export function checkSignatures(
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
