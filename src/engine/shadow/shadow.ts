import { Worker } from 'node:worker_threads';
import type { Outcome, PolicyInput } from '../../decision/model.ts';
import type { ActivePolicy, Log, PolicyEngine } from '../../decision/ports.ts';
import { BundleRefused } from '../bundle-refused.ts';

/** What the other thread is started with. */
export interface ShadowStart {
  /** The draft's bundle file. */
  readonly bundle: string;
  /** Where the report is kept. */
  readonly file: string;
}
export type ToShadow = { readonly asked: readonly string[]; readonly skipped: number } | { readonly close: true };
export type FromShadow = { readonly ready: string } | { readonly done: number } | { readonly closed: true };

/** A draft that answers the same questions beside the policy in force. */
export interface Shadow {
  /** Takes note of an answer; never waits, never throws. */
  note(input: PolicyInput, outcome: Outcome, revision: string): void;
  close(): Promise<void>;
}

const MOST_WAITING = 2_000;
const MOST_AT_ONCE = 100;
const GATHERED_MS = 20;

/**
 * Starts the draft on a thread of its own. Throws `BundleRefused` where it does not load. A draft that is behind gets no
 * more questions until it has caught up; those are counted as skipped.
 */
export async function startShadow(start: ShadowStart, log: Log): Promise<Shadow> {
  const worker = new Worker(new URL('./shadow-worker.ts', import.meta.url), { workerData: start });
  const waiting: string[] = [];
  let underway = 0;
  let skipped = 0;
  let timer: NodeJS.Timeout | undefined;
  let alive = true;
  const ready = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();

  worker.on('message', (message: FromShadow) => {
    if ('ready' in message) ready.resolve();
    else if ('closed' in message) closed.resolve();
    else underway -= message.done;
  });
  worker.on('error', (cause) => {
    alive = false;
    const reason = cause instanceof Error ? cause.message : 'unknown';
    log.error('the shadow stopped', cause);
    ready.reject(new BundleRefused('load', `the draft ${start.bundle} does not load: ${reason}`, { cause }));
  });
  worker.on('exit', () => {
    alive = false;
    closed.resolve();
  });
  await ready.promise;
  worker.unref();

  const send = () => {
    timer = undefined;
    while (alive && waiting.length > 0) {
      const asked = waiting.splice(0, MOST_AT_ONCE);
      underway += asked.length;
      const message: ToShadow = { asked, skipped };
      worker.postMessage(message);
      skipped = 0;
    }
  };

  return {
    note(input, outcome, revision) {
      if (!alive) return;
      if (waiting.length + underway >= MOST_WAITING) {
        skipped += 1;
        return;
      }
      waiting.push(JSON.stringify({ input, outcome, revision }));
      timer ??= setTimeout(send, GATHERED_MS).unref();
    },
    async close() {
      clearTimeout(timer);
      send();
      if (alive) {
        worker.ref();
        const message: ToShadow = { close: true };
        worker.postMessage(message);
        await closed.promise;
      }
      await worker.terminate();
    },
  };
}

/** The same engine, whose answers are noted for the shadow. What is answered does not change by it. */
export function shadowed(engine: PolicyEngine, shadow: Shadow): PolicyEngine {
  const watched = new WeakMap<ActivePolicy, ActivePolicy>();
  return {
    active() {
      const policy = engine.active();
      const before = watched.get(policy);
      if (before !== undefined) return before;
      const noted: ActivePolicy = {
        ...policy,
        decide(input) {
          const outcome = policy.decide(input);
          shadow.note(input, outcome, policy.identity.revision);
          return outcome;
        },
      };
      watched.set(policy, noted);
      return noted;
    },
  };
}
