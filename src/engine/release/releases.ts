import { fileTrouble } from '../../decision/file-trouble.ts';
import type { ActivePolicy, Clock, Log } from '../../decision/ports.ts';
import { createActivePolicy } from '../active-policy.ts';
import { BundleRefused } from '../bundle-refused.ts';
import { chooseEvaluatorInParts } from '../load-engines.ts';
import type { SwappingEngine } from '../policy-engine.ts';
import { mergedApprovals } from '../trust/statements.ts';
import { blocksAfter, bundleSha256, type Offer, type Release, type Trust } from '../trust/trust.ts';
import type { BundleSource } from './bundle-source.ts';
import { delay, type Pace, pause } from './pace.ts';
import type { PreparedRelease, ReleaseQuestion } from './prepare-release.ts';
import type { Kept, ReleaseStore } from './release-store.ts';
import { sharedBytes } from './shared-bytes.ts';

/** What happened to a bundle, for the ledger. */
export type ReleaseEvent =
  | {
      readonly kind: 'activated' | 'rolled_back';
      readonly policy: ActivePolicy;
      /** Absent where a bundle was opened as it was, without being followed. */
      readonly release?: Release;
    }
  | { readonly kind: 'refused'; readonly sha256: string; readonly step: string; readonly reason: string };

export interface ReleaseParts {
  readonly source: BundleSource;
  readonly store: ReleaseStore;
  readonly engine: SwappingEngine;
  /** Asked at each look, so that keys can be added, replaced and revoked without a restart; the same object until one is. */
  trust(): Promise<Trust>;
  /** Checks an offer and makes a policy of it, if it can be without holding up answers. Throws `BundleRefused`. */
  prepare(question: ReleaseQuestion): Promise<PreparedRelease>;
  /** Checks an offer and no more, in the same way. */
  check(question: ReleaseQuestion): Promise<Release>;
  /** Runs the cases that the bundle carries; gives the failures in words. */
  tryCases(bundle: Uint8Array): Promise<readonly string[]>;
  /** Told, and waited for, once it has happened. */
  tell(event: ReleaseEvent): Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  readonly pace: Pace;
}

export interface ReleaseStatus {
  /** Why the source cannot be read, and since when; absent while it can. */
  readonly source?: { readonly reason: string; readonly since: number };
  /** The bundle in force is blocked by a statement that came after it. */
  readonly blocked?: string;
}

/** Follows a source of bundles: what it offers comes into force, or changes nothing. */
export interface Releases {
  /** Brings the first policy into force. Throws the reason where neither the source nor the disk has one that may be. */
  start(): Promise<ActivePolicy>;
  status(): ReleaseStatus;
  close(): Promise<void>;
}

/** Steps that fail for what surrounds a bundle: half of it came, or the disk is full. They are tried again by themselves. */
const TRIED_AGAIN: readonly string[] = ['read', 'persist'];

export function createReleases(parts: ReleaseParts): Releases {
  const { source, store, engine, trust, clock, log, pace } = parts;
  const closing = new AbortController();
  let status: ReleaseStatus = {};
  let inForce = '';
  let refused = false;
  let failures = 0;
  let told = '';
  let judgedBy: Trust | undefined;
  let following: Promise<void> = Promise.resolve();

  /** Every step from an offer to the swap. `judgedAt` is when keys must be valid. */
  const bringIntoForce = async (offer: Offer, judgedAt: number, kept: boolean): Promise<ActivePolicy> => {
    const sha256 = bundleSha256(offer.bytes);
    let release: Release | undefined;
    try {
      const policy = await engine.install(async (engines) => {
        const prepared = await parts.prepare(await questionOf(offer, judgedAt));
        release = prepared.release;
        if (!kept && prepared.cases > 0) {
          const failed = await parts.tryCases(offer.bytes);
          if (failed.length > 0) throw new BundleRefused('cases', failed.join('\n'));
        }
        const evaluator = await chooseEvaluatorInParts(prepared.loaded, engines);
        const made = createActivePolicy({ ...prepared.identity, engine: evaluator.engine }, evaluator);
        if (!kept) await persist({ offer, activatedAt: judgedAt }, release);
        return made;
      });
      inForce = sha256;
      refused = false;
      told = '';
      status = withoutBlock(status);
      if (release !== undefined)
        await tell({ kind: release.rolledBack ? 'rolled_back' : 'activated', policy, release });
      return policy;
    } catch (failure) {
      refused = true;
      const { step, reason } =
        failure instanceof BundleRefused ? failure : { step: 'load', reason: 'an unexpected failure' };
      if (TRIED_AGAIN.includes(step)) {
        failures += 1;
        source.forget();
      }
      await tellRefusal(sha256, step, reason);
      throw failure;
    }
  };

  const questionOf = async (offer: Offer, at: number): Promise<ReleaseQuestion> => {
    const rules = await trust();
    judgedBy = rules;
    // Who blocks speaks now, whenever the bundle came into force.
    const blocks = blocksAfter(offer, rules, store.memory(), clock.now());
    if (JSON.stringify(blocks) !== JSON.stringify(store.memory().blocks)) {
      await store.keepBlocks(blocks).catch((cause: unknown) => notPersisted(cause));
    }
    return { offer, trust: rules, memory: store.memory(), at };
  };

  const persist = async (kept: Kept, release: Release) => {
    await store
      .keep(kept, { ...release.memory, blocks: store.memory().blocks })
      .catch((cause: unknown) => notPersisted(cause));
  };

  /** What is refused again for the same reason is told once. */
  const tellRefusal = async (sha256: string, step: string, reason: string) => {
    const refusal = JSON.stringify([sha256, step, reason]);
    if (refusal === told) return;
    told = refusal;
    await tell({ kind: 'refused', sha256, step, reason });
  };

  const tell = async (event: ReleaseEvent) => {
    await parts.tell(event).catch((failure: unknown) => log.error('a release event was not recorded', failure));
  };

  /** Approvals changed beside the bundle in force: it stays, and what became of its approval is shown. */
  const reconsider = async (offer: Offer, activatedAt: number): Promise<void> => {
    try {
      const release = await parts.check(await questionOf(offer, activatedAt));
      await persist({ offer, activatedAt }, release);
      status = withoutBlock(status);
    } catch (failure) {
      const reason = failure instanceof BundleRefused ? failure.reason : 'an unexpected failure';
      status = { ...status, blocked: reason };
      log.error('the bundle in force would not be accepted any more', failure, { reason });
      await tellRefusal(inForce, failure instanceof BundleRefused ? failure.step : 'verify', reason);
    }
  };

  /** A key that is revoked, or an approver who left, says something about the bundle in force too. */
  const considerNewTrust = async (): Promise<void> => {
    const rules = await trust();
    if (rules === judgedBy) return;
    judgedBy = rules;
    const kept = await lastKept(store, log);
    if (kept !== undefined) await reconsider(kept.offer, kept.activatedAt);
    // What was refused may be acceptable now, and a statement that nobody here could verify may block.
    source.forget();
  };

  const look = async (patient: boolean): Promise<void> => {
    let offer: Offer | undefined;
    try {
      offer = await shared(source.next({ patient, signal: closing.signal }));
      if (offer === undefined || status.source !== undefined) failures = 0;
      status = withoutSource(status);
    } catch (failure) {
      if (closing.signal.aborted) return;
      failures += 1;
      const reason = failure instanceof Error ? failure.message : 'unknown';
      if (status.source === undefined) log.warn('bundle source cannot be read', { source: source.name, reason });
      status = { ...status, source: { reason, since: status.source?.since ?? clock.now() } };
    }
    // Whatever the source does: a key is revoked here, and an offer that is judged by the new keys must not hide it.
    await considerNewTrust();
    if (offer === undefined) return;
    if (bundleSha256(offer.bytes) === inForce) {
      refused = false;
      const kept = await lastKept(store, log);
      await reconsider(withApprovalsOf(offer, kept, await trust()), kept?.activatedAt ?? clock.now());
      return;
    }
    // The engine has logged and counted a refusal, and the status shows it.
    await bringIntoForce(offer, clock.now(), false).catch(() => undefined);
  };

  const follow = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      const before = performance.now();
      await look(!refused);
      const took = performance.now() - before;
      // A server that held the request has set the pace itself.
      await pause(failures === 0 && took > pace.least ? 0 : delay(pace, failures), closing.signal);
    }
  };

  return {
    async start() {
      const kept = await lastKept(store, log);
      const late = kept === undefined ? undefined : AbortSignal.timeout(pace.starting);
      const signal = AbortSignal.any([closing.signal, ...(late === undefined ? [] : [late])]);
      const first = await shared(source.next({ patient: false, signal })).catch((failure: unknown) => {
        if (kept === undefined) throw failure;
        failures = 1;
        const said = failure instanceof Error ? failure.message : 'unknown';
        const reason = late?.aborted ? `it did not answer within ${pace.starting / 1000} s` : said;
        log.warn('bundle source cannot be read; the last good bundle is taken', { source: source.name, reason });
        status = { source: { reason, since: clock.now() } };
        return undefined;
      });
      const policy = await firstInForce(first, kept);
      following = follow();
      return policy;
    },
    status: () => status,
    async close() {
      closing.abort();
      await following;
    },
  };

  async function firstInForce(first: Offer | undefined, kept: Kept | undefined): Promise<ActivePolicy> {
    const same = first && kept && bundleSha256(first.bytes) === bundleSha256(kept.offer.bytes);
    if (first !== undefined && !same) {
      try {
        return await bringIntoForce(first, clock.now(), false);
      } catch (failure) {
        if (kept === undefined) throw failure;
        log.warn('the last good bundle is taken instead');
      }
    }
    if (kept === undefined) throw new BundleRefused('fetch', `${source.name} offers no bundle`);
    // A block that the source shows now counts for the kept bundle too.
    const offer = same && first ? withApprovalsOf(first, kept, await trust()) : kept.offer;
    const policy = await bringIntoForce(offer, kept.activatedAt, true);
    refused = first !== undefined && !same;
    return policy;
  }
}

/** What a source offers, so that neither hashing it nor handing it to another thread holds up answers. */
async function shared(offered: Promise<Offer | undefined>): Promise<Offer | undefined> {
  const offer = await offered;
  return offer && { ...offer, bytes: await sharedBytes(offer.bytes) };
}

async function lastKept(store: ReleaseStore, log: Log): Promise<Kept | undefined> {
  try {
    return await store.last();
  } catch (failure) {
    log.error('the last good bundle cannot be used', failure);
    return undefined;
  }
}

/** An approval that was given stays given; the file beside the source may speak of the next bundle already. */
function withApprovalsOf(offer: Offer, kept: Kept | undefined, speakers: Trust): Offer {
  if (kept === undefined) return offer;
  const texts = [kept.offer.approvals, offer.approvals];
  return { bytes: offer.bytes, approvals: mergedApprovals(bundleSha256(offer.bytes), texts, speakers) };
}

function notPersisted(cause: unknown): never {
  const why = fileTrouble(cause) ?? 'look at the disk that it is on';
  throw new BundleRefused('persist', `it cannot be kept (${why}), so it would be lost at the next start`, { cause });
}

function withoutSource({ source: _, ...rest }: ReleaseStatus): ReleaseStatus {
  return rest;
}

function withoutBlock({ blocked: _, ...rest }: ReleaseStatus): ReleaseStatus {
  return rest;
}
