import type { Clock, Log, Metrics } from '../../decision/ports.ts';
import { checkpointPath, type LedgerFolder } from '../folder.ts';
import type { ChainPlace } from '../record-form.ts';
import type { Signer } from '../signatures.ts';
import type { Checkpoint, Head } from '../signed-contents.ts';
import { type FileSystem, replaceDurably } from './file-system.ts';

/** Signs what has been written. */
export interface Voucher {
  /**
   * Signs where the chain stands, unless that was done already: in `heads/`, on the application log and in the metrics, so
   * that a ledger that is cut off or signed anew shows from outside. The place must be durable.
   */
  signHead(place: ChainPlace): Promise<void>;
  /** Signs a segment that will not be written any more. INVARIANT: a head at least as far stands beside it. */
  signCheckpoint(firstSeq: number, last: ChainPlace): Promise<void>;
  /** Resolves when no head is being written any more. */
  idle(): Promise<void>;
}

export function createVoucher(parts: {
  folder: LedgerFolder;
  fs: FileSystem;
  writer: string;
  signer: Signer;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}): Voucher {
  const { folder, fs, writer, signer, clock, log, metrics } = parts;
  let signed = 0;
  /** One head at a time: an older one must never take the place of a newer one. */
  let last: Promise<void> = Promise.resolve();

  async function replaceHead(place: ChainPlace): Promise<void> {
    if (place.seq <= signed) return;
    const head: Head = { writer, seq: place.seq, hash: place.hash, at: clock.now() };
    const jws = await signer.sign('head', { ...head });
    await replaceDurably(fs, folder.head, `${jws}\n`);
    signed = place.seq;
    metrics.ledgerHead(place.seq, place.hash);
    log.info('ledger_head', { seq: place.seq, hash: place.hash, jws });
  }

  const signHead = (place: ChainPlace) => {
    const next = last.then(() => replaceHead(place));
    last = next.catch(() => undefined);
    return next;
  };

  return {
    signHead,
    idle: () => last,
    async signCheckpoint(firstSeq, place) {
      await signHead(place);
      const checkpoint: Checkpoint = {
        writer,
        first_seq: firstSeq,
        last_seq: place.seq,
        last_hash: place.hash,
        count: place.seq - firstSeq + 1,
      };
      const jws = await signer.sign('checkpoint', { ...checkpoint });
      await replaceDurably(fs, checkpointPath(folder, firstSeq), `${jws}\n`);
    },
  };
}
