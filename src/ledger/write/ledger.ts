import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatwatError } from '../../decision/errors.ts';
import type { JsonObject } from '../../decision/model.ts';
import type { Clock, Ledger, Log, Metrics } from '../../decision/ports.ts';
import { type LedgerFolder, ledgerFolder } from '../folder.ts';
import { jcs } from '../jcs.ts';
import { CONFIGURATION, SOURCE } from '../record-form.ts';
import type { Signer } from '../signatures.ts';
import { type FileSystem, nodeFileSystem, replaceDurably, syncFolder } from './file-system.ts';
import { createGroupCommit, type LedgerStatus } from './group-commit.ts';
import { DEFAULT_LIMITS, type LedgerLimits } from './limits.ts';
import { lockFolder } from './lock-folder.ts';
import { openChain, type TornTail } from './open-chain.ts';
import { prepareEvent } from './prepare-event.ts';
import { type LinePrefixes, prepareRecord } from './prepare-record.ts';
import type { SealableRecord } from './seal-record.ts';
import type { Durability } from './segment.ts';
import { createSegmentSeries } from './segment-series.ts';
import { createVoucher } from './vouch.ts';

export interface LedgerParts {
  /** Made where it is not there. */
  readonly folder: string;
  readonly mode: Durability;
  readonly key: Signer;
  /** What each record says under `adl.core.configuration`: version, engine, mode, digest of the configuration. */
  readonly configuration: JsonObject;
  /** What each record says under `resource`, beside the writer's id: at least `service.name` and `service.version`. */
  readonly resource: JsonObject;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly fs?: FileSystem;
  readonly limits?: Partial<LedgerLimits>;
}

/** The ledger as the composition root holds it. */
export interface WritableLedger extends Ledger {
  /** A happening that is no decision, in the same chain. Attributes hold no personal data. Rejects as `append` does. */
  appendEvent(name: `datwat.${string}`, attributes: JsonObject): Promise<void>;
  status(): LedgerStatus;
  /** Writes what waits, signs the head, closes the segment with its checkpoint, lets go of the folder. */
  close(): Promise<void>;
}

/**
 * Opens a ledger folder for writing and finds where its chain ends. Throws Error with the place and what to do, where another
 * process writes there, or where the last segment is not whole (open-chain.ts).
 */
export async function createLedger(parts: LedgerParts): Promise<WritableLedger> {
  const { log, metrics, clock } = parts;
  const fs = parts.fs ?? nodeFileSystem;
  const limits = { ...DEFAULT_LIMITS, ...parts.limits };
  const folder = ledgerFolder(parts.folder);
  await makeFolders(fs, folder);
  const release = lockFolder(folder);
  try {
    const writer = await writerId(fs, folder);
    const chain = await openChain(fs, folder, writer);
    const voucher = createVoucher({ folder, fs, writer, signer: parts.key, clock, log, metrics });
    const series = createSegmentSeries({
      fs,
      folder,
      mode: parts.mode,
      limits,
      voucher,
      clock,
      log,
      ...(chain.segment !== undefined && { open: chain.segment }),
    });
    const prefixes: LinePrefixes = {
      configuration: `"${CONFIGURATION}":${jcs({ [SOURCE]: parts.configuration })},`,
      resource: `"resource":${jcs({ ...parts.resource, 'service.instance.id': writer })}`,
    };
    const event = (name: `datwat.${string}`, attributes: JsonObject) =>
      prepareEvent(name, attributes, clock.now(), prefixes);
    const commit = createGroupCommit({
      series,
      start: chain.last,
      writer,
      limits,
      clock,
      log,
      metrics,
      resumed: (failure) => event('datwat.ledger_resumed', failure),
    });

    let closing: Promise<void> | undefined;
    let retryRepair: NodeJS.Timeout | undefined;
    /** Also where the disk is full at this moment: the torn bytes are safe, so the start need not wait for it. */
    async function recordRepair(torn: TornTail): Promise<void> {
      try {
        await commit.append(event('datwat.ledger_repaired', repairAttributes(torn)));
      } catch (error) {
        log.error('ledger_repair_not_recorded', error, { segment: torn.segment, offset: torn.offset });
        if (closing === undefined) retryRepair = setTimeout(() => void recordRepair(torn), limits.headMs).unref();
      }
    }
    if (chain.torn !== undefined) await recordRepair(chain.torn);

    const heads = setInterval(() => {
      series.signHead(commit.last()).catch((error: unknown) => log.error('ledger_head_not_signed', error));
    }, limits.headMs).unref();

    async function close(): Promise<void> {
      clearInterval(heads);
      clearTimeout(retryRepair);
      try {
        if (await commit.drain()) await series.close(commit.last());
      } catch (error) {
        // The records are durable; the next start goes on in this segment.
        log.error('ledger_segment_not_closed', error);
      } finally {
        await series.abandon().catch((error: unknown) => log.error('ledger_segment_not_closed', error));
        release();
      }
    }

    return {
      append: (record) => appendPrepared(() => prepareRecord(record, prefixes)),
      appendEvent: (name, attributes) => appendPrepared(() => event(name, attributes)),
      status: commit.status,
      close() {
        closing ??= close();
        return closing;
      },
    };

    function appendPrepared(prepare: () => SealableRecord): Promise<void> {
      try {
        return commit.append(prepare());
      } catch (cause) {
        return Promise.reject(new DatwatError('decision_not_recorded', { cause }));
      }
    }
  } catch (error) {
    release();
    throw error;
  }
}

function repairAttributes(torn: TornTail): JsonObject {
  return {
    'datwat.repair.segment': torn.segment,
    'datwat.repair.offset': torn.offset,
    'datwat.repair.bytes': torn.bytes,
    'datwat.repair.sha256': torn.sha256,
  };
}

async function makeFolders(fs: FileSystem, folder: LedgerFolder): Promise<void> {
  const missing = [folder.segments, folder.checkpoints, folder.heads, folder.orders, folder.torn].filter(
    (path) => !existsSync(path),
  );
  if (missing.length === 0) return;
  try {
    for (const path of missing) mkdirSync(path, { recursive: true, mode: 0o750 });
  } catch (cause) {
    throw new Error(
      `the ledger folder ${folder.root} cannot be written in: is it a folder, and of the user that runs this?`,
      { cause },
    );
  }
  await syncFolder(fs, folder.root);
  await syncFolder(fs, dirname(folder.root));
}

/** The writer's id belongs to the folder: it is made once, and goes on after a restart. */
async function writerId(fs: FileSystem, folder: LedgerFolder): Promise<string> {
  if (existsSync(folder.writer)) {
    const id = readFileSync(folder.writer, 'utf8').trim();
    if (/^[0-9a-f-]{36}$/.test(id)) return id;
    throw new Error(`ledger: ${folder.writer} holds no writer's id`);
  }
  if (readdirSync(folder.segments).length > 0) {
    throw new Error(
      `ledger: ${folder.writer} is gone, but there are segments; put it back (each record names its writer)`,
    );
  }
  const id = randomUUID();
  await replaceDurably(fs, folder.writer, `${id}\n`);
  return id;
}
