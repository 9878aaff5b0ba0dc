/** The keys that turn personal numbers into pseudonyms (design.md §3): one key writes, all keys read. */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileError } from '../decision/file-trouble.ts';
import { replaceNumbers } from './personal-number.ts';

export interface PseudonymKey {
  /** Part of every pseudonym, so it never changes and is never used for another secret. */
  readonly id: string;
  readonly secret: Uint8Array;
}

export interface KeyRing {
  /** Id of the key that writes. */
  readonly active: string;
  readonly keys: readonly PseudonymKey[];
}

/** Gives the pseudonyms of nine digits under every live key, the writing key's first. */
export type PseudonymsOf = (digits: string) => readonly [string, ...string[]];

const KEY_ID = /^[A-Za-z0-9._-]{1,32}$/;
/** A pseudonym with such an id would look as if it held a personal number. */
const NINE_DIGITS = /[0-9]{9}/;
const LEAST_SECRET_BYTES = 16;

/** @throws Error that names what is wrong with the ring; never a part of a secret. */
export function createPseudonymsOf(ring: KeyRing): PseudonymsOf {
  const ids = new Set<string>();
  for (const { id, secret } of ring.keys) {
    if (!KEY_ID.test(id) || NINE_DIGITS.test(id) || replaceNumbers(`psn:${id}:`, () => '') !== `psn:${id}:`) {
      throw new Error(
        'a pseudonym key id has 1 to 32 letters, digits, dots, hyphens or underscores, and nine digits neither in a row nor in groups',
      );
    }
    if (ids.has(id)) throw new Error(`pseudonym key ${id} is listed twice`);
    if (secret.length < LEAST_SECRET_BYTES)
      throw new Error(`the secret of pseudonym key ${id} is shorter than ${LEAST_SECRET_BYTES} bytes`);
    ids.add(id);
  }
  const writing = ring.keys.find(({ id }) => id === ring.active);
  if (writing === undefined) throw new Error(`the active pseudonym key ${ring.active} is not among the keys`);
  const write = createPseudonymOf(writing);
  const read = ring.keys.filter((key) => key !== writing).map(createPseudonymOf);
  return (digits) => [write(digits), ...read.map((pseudonymOf) => pseudonymOf(digits))];
}

/**
 * Reads the secrets of a configured ring. A key file holds the secret as it is, whatever its bytes; one line end at its
 * end does not count. `openssl rand -base64 48 > FILE` makes a good one. Throws an Error that names the key and its file.
 */
export function readKeyRing(configured: {
  readonly active: string;
  readonly keys: readonly { readonly id: string; readonly file: string }[];
}): KeyRing {
  return {
    active: configured.active,
    keys: configured.keys.map(({ id, file }) => ({ id, secret: withoutLineEnd(bytesOf(id, file)) })),
  };
}

function bytesOf(id: string, file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Error(`pseudonym key ${id}: ${fileError(file, cause).message}`, { cause });
  }
}

/**
 * For development without configured keys. Anyone can read the secret here, so its pseudonyms hide nothing: the id shows
 * in each of them. Always the same, so that what one command imported is found by the next.
 */
export function developmentKeyRing(): KeyRing {
  const id = 'development';
  return { active: id, keys: [{ id, secret: Buffer.from('not a secret, for invented people only') }] };
}

function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  if (bytes[end - 1] === 0x0a) end -= 1;
  if (bytes[end - 1] === 0x0d && end < bytes.length) end -= 1;
  return bytes.subarray(0, end);
}

/**
 * `psn:<key id>:<32 letters>`: the first 128 bits of HMAC-SHA-256 over the nine digits, a letter a–p for each four bits.
 * Letters only, because hexadecimal or base64 text now and then holds nine digits that pass the proof themselves: such a
 * pseudonym would be replaced when an application sends it back.
 */
function createPseudonymOf({ id, secret }: PseudonymKey): (digits: string) => string {
  const hmac = createHmacOf(secret);
  const start = `psn:${id}:`;
  return (digits) => {
    const bytes = hmac(digits);
    let text = start;
    for (let at = 0; at < 16; at += 1) text += LETTERS[bytes.charCodeAt(at)];
    return text;
  };
}

const LETTERS = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(97 + (byte >> 4), 97 + (byte & 15)));

/** HMAC-SHA-256 (RFC 2104) of nine digits, a character a byte. One-shot hashes: `createHmac` costs twenty times as much. */
function createHmacOf(secret: Uint8Array): (digits: string) => string {
  const key = Buffer.alloc(64);
  key.set(secret.length > 64 ? hash('sha256', secret, 'buffer') : secret);
  const inner = Buffer.alloc(64 + 9);
  const outer = Buffer.alloc(64 + 32);
  for (const [at, byte] of key.entries()) {
    inner[at] = byte ^ 0x36;
    outer[at] = byte ^ 0x5c;
  }
  return (digits) => {
    inner.write(digits, 64, 'binary');
    outer.write(hash('sha256', inner, 'binary'), 64, 'binary');
    return hash('sha256', outer, 'binary');
  };
}
