import { Buffer } from 'node:buffer';

const MAX_DEPTH = 512;
// A string that reads the same in every canonical form: no escape, nothing that Go's encoder would escape.
const NEEDS_ENCODING = /[\\\u2028\u2029]/;
const SURROGATE = /[\ud800-\udfff]/;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const STRING = /"(?:[^"\\]|\\.)*"/sy;
const SPACE = /[ \t\n\r]*/y;

/**
 * The canonical text of a JSON document, exactly as OPA hashes it (opa.md §2.2): keys sorted by their UTF-8 bytes, no
 * whitespace, numbers kept as they were written, strings as Go's encoder writes them without HTML escaping.
 * Throws a SyntaxError for what is not strict JSON: bad syntax, a key that occurs twice in one object, half a surrogate
 * pair, or more than 512 levels.
 */
export function canonicalJson(text: string): string {
  JSON.parse(text);
  let at = 0;

  const skip = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  };

  const string = (): string => {
    const raw = skip(STRING);
    return NEEDS_ENCODING.test(raw) || SURROGATE.test(raw) ? encoded(raw) : raw;
  };

  const object = (depth: number): string => {
    const members: [key: string, member: string][] = [];
    const seen = new Set<string>();
    at++;
    skip(SPACE);
    while (text[at] !== '}') {
      const key = string();
      if (seen.has(key)) throw new SyntaxError(`the key ${key} occurs twice in one object`);
      seen.add(key);
      skip(SPACE);
      at++;
      members.push([key, `${key}:${value(depth + 1)}`]);
      if (text[at] === ',') at++;
      skip(SPACE);
    }
    at++;
    members.sort(([a], [b]) => byBytes(a, b));
    return `{${members.map(([, member]) => member).join(',')}}`;
  };

  const array = (depth: number): string => {
    const items: string[] = [];
    at++;
    skip(SPACE);
    while (text[at] !== ']') {
      items.push(value(depth + 1));
      if (text[at] === ',') at++;
      skip(SPACE);
    }
    at++;
    return `[${items.join(',')}]`;
  };

  const literal = (word: string): string => {
    at += word.length;
    return word;
  };

  // JSON.parse has accepted the text, so the first character of a value says all about it.
  const value = (depth: number): string => {
    if (depth > MAX_DEPTH) throw new SyntaxError(`the document is nested deeper than ${MAX_DEPTH} levels`);
    skip(SPACE);
    const canonical = scalarOrNested(depth);
    skip(SPACE);
    return canonical;
  };

  const scalarOrNested = (depth: number): string => {
    switch (text[at]) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"':
        return string();
      case 't':
        return literal('true');
      case 'f':
        return literal('false');
      case 'n':
        return literal('null');
      default:
        return skip(NUMBER);
    }
  };

  return value(1);
}

function encoded(raw: string): string {
  const decoded: unknown = JSON.parse(raw);
  if (typeof decoded !== 'string' || !decoded.isWellFormed()) {
    throw new SyntaxError('a string holds half a surrogate pair');
  }
  return JSON.stringify(decoded).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

/** Compares two quoted keys by the bytes of what they spell. */
function byBytes(a: string, b: string): number {
  const left = spelled(a);
  const right = spelled(b);
  if (SURROGATE.test(left) || SURROGATE.test(right)) return Buffer.compare(Buffer.from(left), Buffer.from(right));
  return left < right ? -1 : 1;
}

function spelled(quoted: string): string {
  return quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
}
