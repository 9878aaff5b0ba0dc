import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';
import { isObject } from '../decision/model.ts';
import { CHAIN, type ChainPlace, NO_HASH } from './record-form.ts';

/** A line's own account of its place: what it says, not yet what is true. */
export interface ClaimedPlace extends ChainPlace {
  readonly prevHash: string;
  readonly writer: string;
}

/** Reads the place that a line claims in the chain. Throws where the line is no ledger line at all. */
export function chainPlaceOf(bytes: Buffer): ClaimedPlace {
  if (!isUtf8(bytes)) throw new SyntaxError('the line is not UTF-8');
  return claimedPlace(JSON.parse(bytes.toString()));
}

/** The same of a line that was parsed. */
export function claimedPlace(record: unknown): ClaimedPlace {
  const attributes = isObject(record) ? record.attributes : undefined;
  if (!isObject(attributes)) throw new SyntaxError('the line has no attributes');
  const seq = attributes[CHAIN.seq];
  const hash = attributes[CHAIN.hash];
  const prevHash = attributes[CHAIN.prevHash];
  const writer = attributes[CHAIN.writer];
  if (!Number.isSafeInteger(seq) || typeof seq !== 'number' || seq < 1) throw new SyntaxError(`no ${CHAIN.seq}`);
  if (typeof hash !== 'string') throw new SyntaxError(`no ${CHAIN.hash}`);
  if (typeof prevHash !== 'string') throw new SyntaxError(`no ${CHAIN.prevHash}`);
  if (typeof writer !== 'string') throw new SyntaxError(`no ${CHAIN.writer}`);
  return { seq, hash, prevHash, writer };
}

const TAIL = 64 * 1024;

/** Where the chain stands at the end of a segment of whole lines; seq 0 where the segment is empty. */
export function lastPlace(path: string, length: number): ChainPlace {
  if (length === 0) return { seq: 0, hash: NO_HASH };
  const fd = openSync(path, 'r');
  try {
    for (let size = Math.min(TAIL, length); ; size = Math.min(size * 4, length)) {
      const tail = Buffer.alloc(size);
      readSync(fd, tail, 0, size, length - size);
      const begin = tail.lastIndexOf(0x0a, size - 2);
      if (begin !== -1 || size === length) return chainPlaceOf(tail.subarray(begin + 1, size - 1));
    }
  } finally {
    closeSync(fd);
  }
}
