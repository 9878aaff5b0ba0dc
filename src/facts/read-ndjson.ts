/** Reads a feed in NDJSON: one JSON object a line. */
import { isObject, type Json } from '../decision/model.ts';
import type { FeedEntry } from './feed-entry.ts';

const LONGEST_LINE = 1024 * 1024;

/** Empty lines are passed over. A line that is too long ends the reading, for what follows it is unknown. */
export async function* readNdjson(texts: AsyncIterable<string>): AsyncGenerator<FeedEntry> {
  let line = 0;
  let rest = '';
  for await (const text of texts) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const complete of lines) {
      line += 1;
      if (complete.trim() !== '') yield readLine(complete, line);
    }
    if (rest.length > LONGEST_LINE) {
      yield problem(line + 1, '1', 'is longer than a line of a feed may be (1 MiB)');
      return;
    }
  }
  if (rest.trim() !== '') yield readLine(rest, line + 1);
}

function readLine(text: string, line: number): FeedEntry {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // Of the parser's message only the position may be told, and not each has one: the rest of it quotes the line.
    const position = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
    return problem(line, String(Number(position ?? 0) + 1), 'is not valid JSON');
  }
  if (!isObject(value)) return problem(line, '1', 'must be a JSON object');
  if (keysIn(text) !== keysOf(value)) return problem(line, '1', 'has a key twice in one object; keep one of them');
  return { line, raw: value };
}

function problem(line: number, column: string, detail: string): FeedEntry {
  return { line, problem: { column, detail } };
}

/** The parser keeps the last of two equal keys and says nothing: in the text there are then more keys than in the value. */
function keysIn(text: string): number {
  let keys = 0;
  for (const [, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)) if (colon !== undefined) keys += 1;
  return keys;
}

function keysOf(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner: readonly Json[] = isObject(value) ? Object.values(value) : value;
  return inner.reduce<number>((sum, next) => sum + keysOf(next), isObject(value) ? inner.length : 0);
}
