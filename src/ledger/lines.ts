import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK = 1 << 20;
const NEWLINE = 0x0a;

/** One line of a segment, without its newline. */
export interface Line {
  /** Valid only until the next line is taken. */
  readonly bytes: Buffer;
  /** Byte offset of the line in its file. */
  readonly offset: number;
  /** False for the rest after the last newline: a record of which the end was never written. */
  readonly complete: boolean;
}

/**
 * The lines that begin in `[from, to)` of a file; a line that begins there is given whole, also beyond `to`, but never
 * beyond `end`. A `from` inside a line skips to the next line, so neighbouring ranges together give each line once.
 */
export function* readLines(path: string, from: number, to: number, end: number): Generator<Line> {
  const fd = openSync(path, 'r');
  try {
    // The byte before tells whether `from` is itself the beginning of a line.
    let position = from === 0 ? 0 : from - 1;
    let skipping = from > 0;
    let start = position;
    let rest = Buffer.alloc(0);
    while (position < end) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK, end - position));
      const got = readSync(fd, chunk, 0, chunk.length, position);
      if (got === 0) break;
      position += got;
      const data = rest.length === 0 ? chunk.subarray(0, got) : Buffer.concat([rest, chunk.subarray(0, got)]);
      let begin = 0;
      // INVARIANT: `rest` holds no newline, so the search need not look at it again.
      let newline = data.indexOf(NEWLINE, rest.length);
      while (newline !== -1) {
        if (skipping) skipping = false;
        else {
          if (start >= to) return;
          yield { bytes: data.subarray(begin, newline), offset: start, complete: true };
        }
        start += newline + 1 - begin;
        begin = newline + 1;
        newline = data.indexOf(NEWLINE, begin);
      }
      rest = data.subarray(begin);
    }
    if (rest.length > 0 && !skipping && start < to) yield { bytes: rest, offset: start, complete: false };
  } finally {
    closeSync(fd);
  }
}
