import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type LedgerFolder, seqOfName } from '../folder.ts';
import type { Range } from './check-range.ts';
import type { Problem } from './problem.ts';

export interface SegmentFile {
  readonly name: string;
  readonly path: string;
  readonly firstSeq: number;
  readonly size: number;
}

/** The segments as they are now; what is written later is not looked at. */
export function listSegments(folder: LedgerFolder): { list: SegmentFile[]; problems: Problem[] } {
  const list: SegmentFile[] = [];
  const problems: Problem[] = [];
  for (const name of readdirSync(folder.segments).sort()) {
    const path = join(folder.segments, name);
    const firstSeq = seqOfName(name, '.ndjson');
    if (firstSeq === undefined) problems.push({ kind: 'unknown_file', detail: `segments/${name} is no segment` });
    else list.push({ name, path, firstSeq, size: statSync(path).size });
  }
  return { list, problems };
}

/** A segment in parts that can be checked side by side. */
export function cutRanges(segment: SegmentFile, bytes: number): Range[] {
  const { path, size } = segment;
  return Array.from({ length: Math.ceil(size / bytes) }, (_, i) => ({
    path,
    from: i * bytes,
    to: Math.min((i + 1) * bytes, size),
    size,
  }));
}
