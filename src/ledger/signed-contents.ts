import { isObject, type Json, type JsonObject } from '../decision/model.ts';

/** Vouches for a closed segment: for what it says, never for the bytes of a file. */
export interface Checkpoint {
  readonly writer: string;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly last_hash: string;
  readonly count: number;
}

/** Where the chain stood at a moment (`at`, milliseconds). Kept outside, it shows a ledger that was cut off or signed anew. */
export interface Head {
  readonly writer: string;
  readonly seq: number;
  readonly hash: string;
  readonly at: number;
}

/** By whose order pieces were erased: `orders/<order>.jws`. `at` in milliseconds, `by` a role or office, no name. */
export interface ErasureOrder {
  readonly order: string;
  readonly pieces: readonly { readonly seq: number; readonly piece: number }[];
  readonly at: number;
  readonly by: string;
}

export function checkpointFrom(payload: JsonObject | undefined): Checkpoint | undefined {
  const { writer, first_seq, last_seq, last_hash, count } = payload ?? {};
  if (typeof writer !== 'string' || typeof last_hash !== 'string') return undefined;
  if (!isCount(first_seq) || !isCount(last_seq) || !isCount(count)) return undefined;
  return { writer, first_seq, last_seq, last_hash, count };
}

export function headFrom(payload: JsonObject | undefined): Head | undefined {
  const { writer, seq, hash, at } = payload ?? {};
  if (typeof writer !== 'string' || typeof hash !== 'string' || !isCount(seq) || !isCount(at)) return undefined;
  return { writer, seq, hash, at };
}

export function orderFrom(payload: JsonObject | undefined): ErasureOrder | undefined {
  const { order, pieces, at, by } = payload ?? {};
  if (typeof order !== 'string' || typeof by !== 'string' || !isCount(at) || !Array.isArray(pieces)) return undefined;
  const named: { seq: number; piece: number }[] = [];
  for (const each of pieces as readonly Json[]) {
    if (!isObject(each) || !isCount(each.seq) || !isCount(each.piece)) return undefined;
    named.push({ seq: each.seq, piece: each.piece });
  }
  return { order, pieces: named, at, by };
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
