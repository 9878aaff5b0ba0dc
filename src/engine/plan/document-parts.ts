import { setImmediate } from 'node:timers/promises';
import { everyNumberIsPlain, parseValue } from './exact-json.ts';
import { get, isArray, isPlain, type PlainObject, put, type Value } from './values.ts';

/**
 * A document cut into parts, so that a thread that answers questions can take it in without standing still: one text to
 * parse takes 5 ms per megabyte. May be handed from one thread to another; the bytes are shared, not copied.
 */
export interface DocumentParts {
  /** UTF-8 of the parts, one after another. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly parts: readonly Part[];
}

interface Part {
  /** Of the object or list that this part of the document belongs to. */
  readonly path: readonly (string | number)[];
  /** Where its text ends in the bytes. */
  readonly end: number;
  /** Every number in it is written as a double writes it. Looked at here, for whoever takes the part in has no time. */
  readonly plain: boolean;
}

/** Characters; parsing that many takes about a millisecond. */
const PART = 128 * 2 ** 10;

/** `text` is JSON, which somebody has made sure of. What is neither object nor list is never cut, however large. */
export function cutDocument(text: string, size = PART): DocumentParts {
  const cut: (Pick<Part, 'path' | 'plain'> & { readonly bytes: Buffer })[] = [];
  const add = (path: Part['path'], part: string) =>
    cut.push({ path, plain: everyNumberIsPlain(part), bytes: Buffer.from(part) });

  const container = (from: number, path: readonly (string | number)[]): void => {
    const list = text[from] === '[';
    const [open, close] = list ? '[]' : '{}';
    let members: string[] = [];
    let gathered = 0;
    // Also where nothing is gathered yet: what is cut further belongs in here.
    const flush = () => {
      add(path, `${open}${members.join(',')}${close}`);
      members = [];
      gathered = 0;
    };
    let at = afterSpace(text, from + 1);
    for (let index = 0; text[at] !== close; index += 1) {
      const start = at;
      const colon = list ? -1 : afterSpace(text, endOf(text, at));
      const value = list ? at : afterSpace(text, colon + 1);
      const end = endOf(text, value);
      if (end - value > size && (text[value] === '{' || text[value] === '[')) {
        flush();
        container(value, [...path, list ? index : JSON.parse(text.slice(start, colon))]);
      } else {
        members.push(text.slice(start, end));
        gathered += end - start;
        if (gathered >= size) flush();
      }
      at = afterSpace(text, end);
      if (text[at] === ',') at = afterSpace(text, at + 1);
    }
    flush();
  };

  const first = afterSpace(text, 0);
  if (text.length > size && (text[first] === '{' || text[first] === '[')) container(first, []);
  else add([], text);
  const bytes = new Uint8Array(new SharedArrayBuffer(cut.reduce((length, part) => length + part.bytes.length, 0)));
  let end = 0;
  const parts = cut.map((part) => {
    bytes.set(part.bytes, end);
    end += part.bytes.length;
    return { path: part.path, plain: part.plain, end };
  });
  return { bytes, parts };
}

/** The whole document again. Throws a RangeError for a number out of bounds, and a SyntaxError where it is no object. */
export function assemble(document: DocumentParts): PlainObject {
  const assembling = startAssembling(document);
  for (let part = 0; part < document.parts.length; part += 1) assembling.take(part);
  return assembling.whole();
}

/** The same in parts, between which others come to their turn. */
export async function assembleInParts(document: DocumentParts): Promise<PlainObject> {
  const assembling = startAssembling(document);
  for (let part = 0; part < document.parts.length; part += 1) {
    await setImmediate();
    assembling.take(part);
  }
  return assembling.whole();
}

function startAssembling({ bytes, parts }: DocumentParts) {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let from = 0;
  let whole: Value | undefined;
  return {
    take(index: number): void {
      const part = parts[index];
      if (part === undefined) return;
      const value = parseValue(text.toString('utf8', from, part.end), part.plain);
      from = part.end;
      whole = merged(whole, part.path, value);
    },
    whole(): PlainObject {
      if (!isPlain(whole)) throw new SyntaxError('the data are not an object');
      return whole;
    },
  };
}

/** Puts a part where it belongs; only what is being assembled here is changed. */
function merged(there: Value | undefined, [key, ...rest]: readonly (string | number)[], value: Value): Value {
  if (key === undefined) {
    if (isArray(there) && isArray(value)) for (const item of value) (there as Value[]).push(item);
    else if (isPlain(there) && isPlain(value)) {
      for (const [name, member] of Object.entries(value)) put(there as Record<string, Value>, name, member);
    } else return value;
    return there;
  }
  const member = merged(get(there, key), rest, value);
  if (isArray(there)) (there as Value[])[Number(key)] = member;
  else put(there as Record<string, Value>, String(key), member);
  return there ?? value;
}

const SPACE = /[ \t\n\r]*/y;
const SCALAR = /[^,\]}\s]*/y;

function afterSpace(text: string, at: number): number {
  return endOfMatch(SPACE, text, at);
}

/** Where the value that begins here ends. */
function endOf(text: string, from: number): number {
  if (text[from] === '"') return endOfString(text, from);
  if (text[from] !== '{' && text[from] !== '[') return endOfMatch(SCALAR, text, from);
  let at = from;
  let depth = 0;
  do {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    if (code === 0x7b || code === 0x5b) depth += 1;
    if (code === 0x7d || code === 0x5d) depth -= 1;
    at += 1;
  } while (depth > 0);
  return at;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at + 1;
}

function endOfMatch(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  pattern.exec(text);
  return pattern.lastIndex;
}
