/**
 * JSON Canonicalization Scheme (RFC 8785): one value, one text. It lies on the path of every answer, so it walks a
 * value once and never copies it.
 */

/** Quoted member names with their colon. Names repeat in every record; the bound keeps hostile ones from piling up. */
const quotedNames = new Map<string, string>();
const QUOTED_NAMES_LIMIT = 4096;
const INSERTION_LIMIT = 24;
const PLAIN = /^[ !#-[\]-~]*$/;

/**
 * The canonical text of a JSON value. As in `JSON.stringify`, a member that is undefined is left out.
 * Throws TypeError for what I-JSON has no form for: NaN, infinities, lone surrogates, functions, big integers.
 */
export function jcs(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('a number that is not finite has no canonical form');
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? list(value) : members(value);
    default:
      throw new TypeError(`a ${typeof value} has no canonical form`);
  }
}

/** `"name":`, the opening of a member. */
export function quotedName(name: string): string {
  const known = quotedNames.get(name);
  if (known !== undefined) return known;
  const quoted = `${quote(name)}:`;
  if (quotedNames.size < QUOTED_NAMES_LIMIT && name.length <= 64) quotedNames.set(name, quoted);
  return quoted;
}

/** Names in the order of RFC 8785 §3.2.3: by UTF-16 code units, which is how JavaScript compares strings. */
export function canonicalNames(object: object): string[] {
  const names = Object.keys(object);
  if (names.length > INSERTION_LIMIT) return names.sort();
  // Records are made of small objects, and on those `sort` takes four times as long.
  for (let i = 1; i < names.length; i++) {
    const name = names[i] as string;
    let place = i;
    for (; place > 0 && (names[place - 1] as string) > name; place--) names[place] = names[place - 1] as string;
    names[place] = name;
  }
  return names;
}

function quote(text: string): string {
  if (text.length < 100 && PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError('a text with a lone surrogate has no canonical form');
  return JSON.stringify(text);
}

function list(values: readonly unknown[]): string {
  let text = '[';
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text += ',';
    const value = values[i];
    text += value === undefined ? 'null' : jcs(value);
  }
  return `${text}]`;
}

function members(object: object): string {
  let text = '{';
  for (const name of canonicalNames(object)) {
    const value: unknown = (object as Record<string, unknown>)[name];
    if (value === undefined) continue;
    if (text.length > 1) text += ',';
    text += quotedName(name) + jcs(value);
  }
  return `${text}}`;
}
