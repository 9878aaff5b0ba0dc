import type { Clock, Log } from '../../decision/ports.ts';
import { type LedgerFolder, segmentPath } from '../folder.ts';
import type { ChainPlace } from '../record-form.ts';
import type { FileSystem } from './file-system.ts';
import type { LedgerLimits } from './limits.ts';
import { type Durability, openSegment, type Segment } from './segment.ts';
import type { Voucher } from './vouch.ts';

/**
 * The segments of one writer as one file that never ends. INVARIANT: a segment has its checkpoint before the next is
 * begun, so a segment without one is the last.
 */
export interface SegmentSeries {
  /** Durable when it resolves. `before` is where the chain stands. */
  append(bytes: Uint8Array, before: ChainPlace): Promise<void>;
  /** After a failed append, before anybody hears of it. Throws where the folder must not be written any more. */
  cutBack(): Promise<void>;
  /** Before the next append after a failed one. */
  reopen(last: ChainPlace): Promise<void>;
  /** Vouches for what was written so far. */
  signHead(last: ChainPlace): Promise<void>;
  /** Closes the open segment, with its checkpoint. `abandon` must follow. */
  close(last: ChainPlace): Promise<void>;
  /** Lets go of the folder: of the descriptor, if one is still open, and of heads under way. */
  abandon(): Promise<void>;
}

export function createSegmentSeries(parts: {
  fs: FileSystem;
  folder: LedgerFolder;
  mode: Durability;
  limits: LedgerLimits;
  voucher: Voucher;
  clock: Clock;
  log: Log;
  /** The segment to go on in. */
  open?: { readonly firstSeq: number; readonly length: number };
}): SegmentSeries {
  const { fs, folder, mode, limits, voucher, clock, log } = parts;
  let current: { segment: Segment; firstSeq: number; since: number } | undefined;
  let unopened = parts.open;
  let closeNotBefore = 0;

  async function open(before: ChainPlace): Promise<Segment> {
    const firstSeq = unopened?.firstSeq ?? before.seq + 1;
    const length = unopened?.length ?? 0;
    const segment = await openSegment(fs, segmentPath(folder, firstSeq), length, mode);
    unopened = undefined;
    current = { segment, firstSeq, since: clock.now() };
    return segment;
  }

  async function signAndClose(last: ChainPlace): Promise<void> {
    if (current === undefined || current.segment.length() === 0) return;
    const { segment, firstSeq } = current;
    if (mode === 'write') await syncByName(fs, segment.path);
    await voucher.signCheckpoint(firstSeq, last);
    current = undefined;
    await segment.close();
  }

  /** A segment that cannot be closed just grows on: to answer comes first. */
  async function closeWhenFull(last: ChainPlace): Promise<void> {
    if (current === undefined) return;
    const now = clock.now();
    const full = current.segment.length() >= limits.segmentBytes || now - current.since >= limits.segmentMs;
    if (!full || now < closeNotBefore) return;
    try {
      await signAndClose(last);
    } catch (error) {
      closeNotBefore = now + 10_000;
      log.error('ledger_segment_not_closed', error);
    }
  }

  async function abandon(): Promise<void> {
    const { segment } = current ?? {};
    current = undefined;
    await segment?.close();
    // A head that is still under way must not take the place of one by the next writer of this folder.
    await voucher.idle();
  }

  return {
    async append(bytes, before) {
      await closeWhenFull(before);
      const segment = current?.segment ?? (await open(before));
      await segment.append(bytes);
    },
    async cutBack() {
      await current?.segment.cutBack();
    },
    async reopen(last) {
      await current?.segment.reopen(last);
    },
    async signHead(last) {
      if (mode === 'write' && current !== undefined) await syncByName(fs, current.segment.path);
      await voucher.signHead(last);
    },
    async close(last) {
      if (current === undefined && unopened !== undefined && unopened.length > 0) await open(last);
      await signAndClose(last);
    },
    abandon,
  };
}

/** On a descriptor of its own, for the writer's may be closed meanwhile. */
async function syncByName(fs: FileSystem, path: string): Promise<void> {
  const fd = await fs.open(path, 'r+');
  try {
    await fs.fdatasync(fd);
  } finally {
    await fs.close(fd);
  }
}
