import { DatwatError } from '../../decision/errors.ts';
import type { JsonObject } from '../../decision/model.ts';
import type { Clock, Log, Metrics } from '../../decision/ports.ts';
import type { ChainPlace } from '../record-form.ts';
import { Utf8Bytes } from '../utf8-bytes.ts';
import type { LedgerLimits } from './limits.ts';
import { type SealableRecord, sealRecord } from './seal-record.ts';
import { SegmentInvaded } from './segment.ts';
import type { SegmentSeries } from './segment-series.ts';

/**
 * `writing`: all is well. `failing`: the last write or sync failed and was cut back; each new record tries again, and so does
 * a timer. `dead`: what failed could not be cut back, or somebody else wrote here; until a restart.
 */
export type LedgerState = 'writing' | 'failing' | 'dead' | 'closed';

interface Failure {
  readonly code: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Records that were refused since. */
  refused: number;
}

export interface LedgerStatus {
  readonly state: LedgerState;
  /** Whether a decision could be recorded now. */
  readonly ready: boolean;
  /** The last durable record. */
  readonly seq: number;
  readonly hash: string;
  /** Records that wait to become durable. */
  readonly waiting: number;
  /** Why it is not ready: a code such as ENOSPC, EIO, REPLACED, INVADED, STALLED, FULL. */
  readonly reason?: string;
}

interface Waiting {
  readonly record: SealableRecord;
  resolve(): void;
  reject(error: Error): void;
}

export interface GroupCommit {
  append(record: SealableRecord): Promise<void>;
  status(): LedgerStatus;
  last(): ChainPlace;
  /** Writes what waits and takes no more. False where something may stand behind the last durable record. */
  drain(): Promise<boolean>;
}

/**
 * One write and one sync for all who wait; the next group gathers while the previous one syncs.
 * INVARIANT: a record's promise resolves only after it is durable, and rejects only after nothing of it is left in the file,
 * except where the ledger is dead.
 */
export function createGroupCommit(parts: {
  series: SegmentSeries;
  start: ChainPlace;
  writer: string;
  limits: LedgerLimits;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  /** The event that tells, in the chain, of the time when nothing could be recorded. */
  resumed(failure: JsonObject): SealableRecord;
}): GroupCommit {
  const { series, limits, clock, log, metrics } = parts;
  const writer = JSON.stringify(parts.writer);
  let last = parts.start;
  let state: Exclude<LedgerState, 'closed'> = 'writing';
  let closed = false;
  let waiting: Waiting[] = [];
  let waitingCharacters = 0;
  const lines = new Utf8Bytes();
  let running: Promise<void> | undefined;
  /** By a clock that does not jump. */
  let flushSince: number | undefined;
  let failure: Failure | undefined;
  let pauseMs = limits.retryMs;
  let retry: NodeJS.Timeout | undefined;

  function whyRefused(): string | undefined {
    if (closed) return 'CLOSED';
    if (state === 'dead') return failure?.code ?? 'DEAD';
    if (flushSince !== undefined && performance.now() - flushSince > limits.stalledMs) return 'STALLED';
    if (waitingCharacters > limits.waitingCharacters) return 'FULL';
    return undefined;
  }

  function append(record: SealableRecord): Promise<void> {
    const why = whyRefused();
    if (why !== undefined) {
      if (failure !== undefined) failure.refused += 1;
      return Promise.reject(notRecorded(new Error(`the ledger takes no records: ${why}`)));
    }
    return new Promise((resolve, reject) => {
      waiting.push({ record, resolve, reject });
      for (const text of record.body) waitingCharacters += text.length;
      wake();
    });
  }

  /** After the events of this turn, so that requests that came in together share one group. */
  function wake(): void {
    running ??= new Promise<void>((resolve) => setImmediate(resolve)).then(run);
  }

  async function run(): Promise<void> {
    do {
      const group = waiting;
      waiting = [];
      waitingCharacters = 0;
      await flush(group);
    } while (waiting.length > 0);
    running = undefined;
  }

  async function flush(group: readonly Waiting[]): Promise<void> {
    const healing = state === 'failing' ? failure : undefined;
    if (group.length === 0 && healing === undefined) return;
    if (state === 'dead') {
      if (failure !== undefined) failure.refused += group.length;
      for (const each of group) each.reject(notRecorded(new Error('the ledger is dead until it is started again')));
      return;
    }
    const started = performance.now();
    flushSince = started;
    try {
      if (healing !== undefined) await series.reopen(last);
      let place = last;
      lines.clear();
      for (const record of [...(healing ? [resumedEvent(healing)] : []), ...group.map((each) => each.record)]) {
        const sealed = sealRecord(record, place, writer);
        for (const text of sealed.line) lines.add(text);
        place = sealed;
      }
      const bytes = lines.taken();
      await series.append(bytes, last);
      last = { seq: place.seq, hash: place.hash };
      if (healing !== undefined) heal();
      for (const each of group) each.resolve();
      metrics.ledgerFlushed(group.length, bytes.length, (performance.now() - started) / 1000);
    } catch (error) {
      await fail(error, group.length);
      for (const each of group) each.reject(notRecorded(error));
    } finally {
      flushSince = undefined;
    }
  }

  function resumedEvent(of: Failure): SealableRecord {
    return parts.resumed({
      'datwat.failure.code': of.code,
      'datwat.failure.since': new Date(of.since).toISOString(),
      'datwat.failure.refused': of.refused,
    });
  }

  function heal(): void {
    log.info('ledger_resumed', { code: failure?.code, refused: failure?.refused, seq: last.seq });
    state = 'writing';
    failure = undefined;
    pauseMs = limits.retryMs;
  }

  async function fail(error: unknown, refused: number): Promise<void> {
    const code = codeOf(error);
    if (failure === undefined || failure.code !== code) log.error('ledger_failed', error, { code, seq: last.seq });
    failure = { code, since: failure?.since ?? clock.now(), refused: (failure?.refused ?? 0) + refused };
    metrics.ledgerFailed();
    try {
      // What somebody else wrote is not ours to cut away.
      if (error instanceof SegmentInvaded) throw error;
      await series.cutBack();
      state = 'failing';
      retryLater();
    } catch (cause) {
      state = 'dead';
      log.error('ledger_dead', cause, { code, seq: last.seq });
    }
  }

  function retryLater(): void {
    if (retry !== undefined || closed) return;
    retry = setTimeout(() => {
      retry = undefined;
      if (state === 'failing') wake();
    }, pauseMs);
    retry.unref();
    pauseMs = Math.min(pauseMs * 2, limits.retryMs * 32);
  }

  /** A dead ledger tries once more at its end, so that a restart does not take refused records for recorded ones. */
  async function cutAtLast(): Promise<boolean> {
    if (failure?.code === INVADED) return false;
    try {
      await series.cutBack();
      return true;
    } catch {
      return false;
    }
  }

  return {
    append,
    last: () => last,
    status() {
      const reason = whyRefused() ?? (state === 'failing' ? failure?.code : undefined);
      return {
        state: closed ? 'closed' : state,
        ready: reason === undefined,
        seq: last.seq,
        hash: last.hash,
        waiting: waiting.length,
        ...(reason !== undefined && { reason }),
      };
    },
    async drain() {
      closed = true;
      clearTimeout(retry);
      await running;
      return state !== 'dead' || cutAtLast();
    },
  };
}

const INVADED = 'INVADED';

function notRecorded(cause: unknown): DatwatError {
  return new DatwatError('decision_not_recorded', { cause });
}

function codeOf(error: unknown): string {
  if (error instanceof SegmentInvaded) return INVADED;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return 'FAILED';
}
