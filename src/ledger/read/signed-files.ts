import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LedgerFolder, seqOfName } from '../folder.ts';
import type { Verifier } from '../signatures.ts';
import {
  type Checkpoint,
  checkpointFrom,
  type ErasureOrder,
  type Head,
  headFrom,
  orderFrom,
} from '../signed-contents.ts';
import type { ErasedMark } from './pieces.ts';
import type { Problem } from './problem.ts';

/** What signatures in and about a ledger folder say, checkpoints aside. */
export interface HeadsAndOrders {
  /** The head that lies in the folder. */
  readonly head?: Head;
  /** The heads that came from outside. */
  readonly outside: readonly Head[];
  /** By `<seq>:<piece>`. */
  readonly orders: ReadonlyMap<string, ErasedMark>;
  readonly problems: readonly Problem[];
}

/** `outsideHeads`: compact signatures that were kept elsewhere. */
export async function readHeadsAndOrders(
  folder: LedgerFolder,
  verifier: Verifier,
  outsideHeads: readonly string[],
): Promise<HeadsAndOrders> {
  const problems: Problem[] = [];
  const orders = await readOrders(folder, verifier, problems);

  const headIn = async (jws: string, called: string) => {
    const head = headFrom(await verifier.verify('head', jws));
    if (head === undefined) problems.push({ kind: 'head', detail: `${called} is not signed by a known key` });
    return head;
  };
  const head = existsSync(folder.head) ? await headIn(read(folder.head), 'heads/head.jws') : undefined;
  const outside: Head[] = [];
  for (const jws of outsideHeads) {
    const kept = await headIn(jws, 'the head from outside');
    if (kept !== undefined) outside.push(kept);
  }
  return { ...(head && { head }), outside, orders, problems };
}

/** First records of the segments that have a checkpoint, whatever it says. */
export function checkpointedSeqs(folder: LedgerFolder): Set<number> {
  return new Set(signedNames(folder.checkpoints).flatMap((name) => seqOfName(name, '.jws') ?? []));
}

/** Checkpoints by the first record of their segment, of the segments that are asked for. */
export async function readCheckpoints(
  folder: LedgerFolder,
  verifier: Verifier,
  wanted: (firstSeq: number) => boolean,
): Promise<{ checkpoints: readonly Checkpoint[]; problems: readonly Problem[] }> {
  const checkpoints: Checkpoint[] = [];
  const problems: Problem[] = [];
  for (const name of signedNames(folder.checkpoints)) {
    const firstSeq = seqOfName(name, '.jws');
    if (firstSeq === undefined) {
      problems.push({ kind: 'unknown_file', detail: `checkpoints/${name} is no checkpoint` });
      continue;
    }
    if (!wanted(firstSeq)) continue;
    const checkpoint = checkpointFrom(await verifier.verify('checkpoint', read(join(folder.checkpoints, name))));
    if (checkpoint === undefined) {
      problems.push({ kind: 'checkpoint', detail: `checkpoints/${name} is not signed by a known key` });
    } else if (checkpoint.first_seq !== firstSeq) {
      problems.push({ kind: 'checkpoint', detail: `checkpoints/${name} is about record ${checkpoint.first_seq}` });
    } else {
      checkpoints.push(checkpoint);
    }
  }
  return { checkpoints, problems };
}

async function readOrders(
  folder: LedgerFolder,
  verifier: Verifier,
  problems: Problem[],
): Promise<Map<string, ErasedMark>> {
  const orders = new Map<string, ErasedMark>();
  for (const name of signedNames(folder.orders)) {
    const order: ErasureOrder | undefined = orderFrom(await verifier.verify('order', read(join(folder.orders, name))));
    if (order === undefined || `${order.order}.jws` !== name) {
      problems.push({ kind: 'order', detail: `orders/${name} is not signed by a known key under this name` });
      continue;
    }
    for (const { seq, piece } of order.pieces) orders.set(`${seq}:${piece}`, { order: order.order, at: order.at });
  }
  return orders;
}

/** A file that is being written beside its place (`.new`) is not there yet. */
function signedNames(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => !name.endsWith('.new'))
    .sort();
}

function read(path: string): string {
  return readFileSync(path, 'utf8').trim();
}
