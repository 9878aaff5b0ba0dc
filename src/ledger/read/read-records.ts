import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonObject } from '../../decision/model.ts';
import { claimedPlace } from '../chain-place.ts';
import { ledgerFolder, seqOfName } from '../folder.ts';
import { readLines } from '../lines.ts';

/** A line of a ledger as it stands there; whether it is true is what `verify` finds. */
export interface ReadRecord {
  readonly segment: string;
  /** From 1. */
  readonly line: number;
  readonly seq: number;
  /** The line without its newline. */
  readonly text: string;
  readonly record: JsonObject;
}

/**
 * The records of a ledger in their order, from `fromSeq` on, as they stood when the reading of their segment began. A line
 * without its end is left out: nobody had an answer to it yet.
 * Throws Error with the place for a line that is no record.
 */
export function* readRecords(root: string, fromSeq = 1): Generator<ReadRecord> {
  const folder = ledgerFolder(root);
  const segments = readdirSync(folder.segments)
    .flatMap((name) => {
      const firstSeq = seqOfName(name, '.ndjson');
      return firstSeq === undefined ? [] : [{ name, firstSeq }];
    })
    .sort((a, b) => a.firstSeq - b.firstSeq);
  for (const [i, { name }] of segments.entries()) {
    const next = segments[i + 1];
    if (next !== undefined && next.firstSeq <= fromSeq) continue;
    const path = join(folder.segments, name);
    const { size } = statSync(path);
    let number = 0;
    for (const line of readLines(path, 0, size, size)) {
      if (!line.complete) break;
      number += 1;
      const read = parsed(line.bytes, name, number);
      if (read.seq >= fromSeq) yield read;
    }
  }
}

function parsed(bytes: Buffer, segment: string, line: number): ReadRecord {
  try {
    const text = bytes.toString();
    const record: unknown = JSON.parse(text);
    const { seq } = claimedPlace(record);
    if (!isObject(record)) throw new SyntaxError('no object');
    return { segment, line, seq, text, record };
  } catch {
    throw new Error(`ledger: segments/${segment} line ${line} is no ledger record`);
  }
}
