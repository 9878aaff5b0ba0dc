import { createHash } from 'node:crypto';
import { isObject, type Json, type JsonObject } from '../../decision/model.ts';
import type { Files } from '../archive.ts';
import { BundleRefused } from '../bundle-refused.ts';
import { canonicalJson } from '../canonical-json.ts';
import { isSignedBy, type Jws, parseJws, signJws } from './jws.ts';
import { type TrustedKey, unusable } from './trusted-key.ts';

export const SIGNATURES_FILE = '.signatures.json';

/** What a good signature says. */
export interface SignedClaims {
  /** Id of the trusted key that it verified with. */
  readonly keyId: string;
  /** The whole payload but its list of files. */
  readonly claims: JsonObject;
}

/** Hashes as OPA names them and as Node does. MD5, SHA-1 and the 224-bit ones are refused. */
const HASHES: ReadonlyMap<string, string> = new Map([
  ['SHA-256', 'sha256'],
  ['SHA-384', 'sha384'],
  ['SHA-512', 'sha512'],
  ['SHA-512-256', 'sha512-256'],
]);
/** OPA hashes these by their canonical JSON, and all others as they are (opa.md §2.2). */
const STRUCTURED = ['data.json', '.manifest'];
/** What `opa build` writes for a key that nobody gave a name. */
const NAMELESS = 'default';

/**
 * Verifies a bundle as OPA signs it: one signature by a trusted key with that key's algorithm, its scope, and the same
 * files on both sides, each with its hash. `at` (milliseconds) is when the bundle comes into force.
 * Throws `BundleRefused` at step `verify`.
 */
export function verifySignature(files: Files, keys: readonly TrustedKey[], at: number): SignedClaims {
  const jws = readSignature(files);
  const key = signer(jws, keys, at);
  const { files: listed, ...claims } = jws.payload;
  if ((claims.scope ?? '') !== (key.scope ?? '')) refuse(`its signature is for another scope than key ${key.id}`);
  compareFiles(files, fileList(listed));
  return { keyId: key.id, claims };
}

/** What the signature says of itself, for a reader; null where there is none or it cannot be read. Nothing of it is proven. */
export function signatureShown(files: Files): JsonObject | null {
  if (!files.has(SIGNATURES_FILE)) return null;
  try {
    const { header, payload } = readSignature(files);
    const { files: _, keyid, ...claims } = payload;
    return { algorithm: header.alg ?? null, key: header.kid ?? keyid ?? null, ...claims };
  } catch {
    return null;
  }
}

/** The content of `.signatures.json` over these files. `claims` stand in the payload beside the list of files. */
export function signFiles(files: Files, claims: JsonObject, key: TrustedKey): string {
  const listed = signedNames(files).map((name) => ({
    name,
    hash: hashOf(name, files.get(name) ?? new Uint8Array(), 'sha256'),
    algorithm: 'SHA-256',
  }));
  const scope = key.scope === undefined ? {} : { scope: key.scope };
  const token = signJws({ files: listed, keyid: key.id, ...scope, ...claims }, key.algorithm, key.key, key.id);
  return `${JSON.stringify({ signatures: [token], plugin: '_default' }, null, 1)}\n`;
}

function readSignature(files: Files): Jws {
  const content = files.get(SIGNATURES_FILE);
  if (content === undefined) refuse('it is not signed');
  const another = [...files.keys()].find((name) => name.endsWith('signatures.json') && name !== SIGNATURES_FILE);
  if (another !== undefined) refuse(`${another} is a second file of signatures`);
  const document = strictly(`${SIGNATURES_FILE}`, () => parsedObject(content));
  const { signatures, plugin } = document;
  if (plugin !== undefined && plugin !== '' && plugin !== '_default') refuse('its signature needs a plugin');
  if (!Array.isArray(signatures) || signatures.length !== 1) refuse('it does not have exactly one signature');
  const [token] = signatures;
  if (typeof token !== 'string') refuse('its signature is not a text');
  return strictly('its signature', () => parseJws(token));
}

function signer(jws: Jws, keys: readonly TrustedKey[], at: number): TrustedKey {
  const named = jws.header.kid ?? jws.payload.keyid;
  const byName = keys.find(({ id }) => id === named);
  if (named !== undefined && named !== NAMELESS && byName === undefined) {
    refuse(`it is signed with key ${JSON.stringify(named)}, which is not trusted here`);
  }
  const candidates = byName === undefined ? keys : [byName];
  const verified = candidates.find(({ algorithm, key }) => isSignedBy(jws, algorithm, key));
  if (verified === undefined) refuse('its signature is not one of a trusted key with the algorithm of that key');
  const reason = unusable(verified, at);
  if (reason !== undefined) refuse(`it is signed, but ${reason}`);
  return verified;
}

interface ListedFile {
  readonly hash: string;
  readonly algorithm: string;
}

function fileList(listed: Json | undefined): ReadonlyMap<string, ListedFile> {
  if (!Array.isArray(listed)) refuse('its signature lists no files');
  const found = new Map<string, ListedFile>();
  for (const entry of listed) {
    const { name, hash, algorithm } = isObject(entry) ? entry : {};
    if (typeof name !== 'string' || typeof hash !== 'string' || typeof algorithm !== 'string') {
      refuse('its signature lists a file without name, hash and algorithm');
    }
    if (found.has(name)) refuse(`its signature lists ${JSON.stringify(name)} twice`);
    found.set(name, { hash, algorithm });
  }
  return found;
}

function compareFiles(files: Files, listed: ReadonlyMap<string, ListedFile>): void {
  for (const name of signedNames(files)) {
    const expected = listed.get(name);
    if (expected === undefined) refuse(`${JSON.stringify(name)} is not in its signature`);
    const algorithm = HASHES.get(expected.algorithm);
    if (algorithm === undefined) {
      refuse(
        `${JSON.stringify(name)} is signed by the hash ${JSON.stringify(expected.algorithm)}, which is too weak or unknown`,
      );
    }
    if (hashOf(name, files.get(name) ?? new Uint8Array(), algorithm) !== expected.hash.toLowerCase()) {
      refuse(`${JSON.stringify(name)} is not what was signed`);
    }
  }
  const missing = [...listed.keys()].find((name) => name === SIGNATURES_FILE || !files.has(name));
  if (missing !== undefined) refuse(`${JSON.stringify(missing)} is signed, but not there`);
}

function signedNames(files: Files): readonly string[] {
  return [...files.keys()].filter((name) => name !== SIGNATURES_FILE).sort();
}

function hashOf(name: string, content: Uint8Array, algorithm: string): string {
  const structured = STRUCTURED.includes(name.slice(name.lastIndexOf('/') + 1));
  const hashed = structured
    ? strictly(name, () => canonicalJson(new TextDecoder('utf-8', { fatal: true }).decode(content)))
    : content;
  return createHash(algorithm).update(hashed).digest('hex');
}

function parsedObject(content: Uint8Array): JsonObject {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(content);
  canonicalJson(text);
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) throw new Error('it is not a JSON object');
  return value;
}

function strictly<Read>(what: string, read: () => Read): Read {
  try {
    return read();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unreadable';
    throw new BundleRefused('verify', `${what} cannot be read: ${why}`, { cause });
  }
}

function refuse(reason: string): never {
  throw new BundleRefused('verify', reason);
}
