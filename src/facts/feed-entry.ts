/** What the readers of a feed file hand on, one by one and in the order of the file. */
import type { JsonObject } from '../decision/model.ts';
import type { ColumnProblem } from './read-row.ts';

export type FeedEntry =
  /** A fact, or the head of a feed. */
  | { readonly line: number; readonly raw: JsonObject }
  /** A line that cannot be read. */
  | { readonly line: number; readonly problem: ColumnProblem };

/** The bytes of a feed are text in UTF-8, with or without a byte order mark. Throws `NotUtf8`. */
export async function* decoded(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (cause) {
    if (cause instanceof TypeError) throw new NotUtf8({ cause });
    throw cause;
  }
}

export class NotUtf8 extends Error {
  constructor(options: ErrorOptions) {
    super('the file is not UTF-8 text; export it anew as UTF-8', options);
    this.name = 'NotUtf8';
  }
}
