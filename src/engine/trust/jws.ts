import { Buffer } from 'node:buffer';
import { constants, createHmac, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto';
import { isObject, type JsonObject } from '../../decision/model.ts';
import { canonicalJson } from '../canonical-json.ts';

/** Signature algorithms of OPA's bundles: RSA PKCS #1, RSA-PSS, ECDSA and HMAC, each with SHA-2. */
export const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'HS256',
  'HS384',
  'HS512',
] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** A compact JWS (RFC 7515) taken apart. INVARIANT: nothing in it may be believed before `isSignedBy`. */
export interface Jws {
  readonly header: JsonObject;
  readonly payload: JsonObject;
  readonly signingInput: string;
  readonly signature: Buffer;
}

/**
 * Throws an Error for what is not a JWS over a JSON object, with a reason in words: three parts of plain base64url, strict
 * JSON, and no extension that must be understood.
 */
export function parseJws(token: string): Jws {
  const parts = token.split('.');
  const [header = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3) throw new Error('it is not a compact JWS of three parts');
  const jws = {
    header: jsonPart('header', header),
    payload: jsonPart('payload', payload),
    signingInput: `${header}.${payload}`,
    signature: bytesPart('signature', signature),
  };
  if ('crit' in jws.header) throw new Error('it asks for an extension that is not known here');
  return jws;
}

/** INVARIANT: the algorithm is the key's, never the header's; a header that names another one is refused. */
export function isSignedBy(jws: Jws, algorithm: Algorithm, key: KeyObject): boolean {
  if (jws.header.alg !== algorithm) return false;
  const input = Buffer.from(jws.signingInput);
  if (algorithm.startsWith('HS')) {
    const expected = createHmac(hashOf(algorithm), key).update(input).digest();
    return expected.length === jws.signature.length && timingSafeEqual(expected, jws.signature);
  }
  return verify(hashOf(algorithm), input, { key, ...options(algorithm) }, jws.signature);
}

/** A compact JWS over a JSON object. */
export function signJws(payload: JsonObject, algorithm: Algorithm, key: KeyObject, keyId?: string): string {
  const header = { alg: algorithm, ...(keyId === undefined ? {} : { kid: keyId }), typ: 'JWT' };
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const input = `${encode(header)}.${encode(payload)}`;
  const signature = algorithm.startsWith('HS')
    ? createHmac(hashOf(algorithm), key).update(input).digest()
    : sign(hashOf(algorithm), Buffer.from(input), { key, ...options(algorithm), ...saltAsLongAsTheHash(algorithm) });
  return `${input}.${signature.toString('base64url')}`;
}

function hashOf(algorithm: Algorithm): string {
  return `sha${algorithm.slice(2)}`;
}

function options(algorithm: Algorithm): object {
  if (algorithm.startsWith('ES')) return { dsaEncoding: 'ieee-p1363' };
  if (algorithm.startsWith('PS')) return { padding: constants.RSA_PKCS1_PSS_PADDING };
  return { padding: constants.RSA_PKCS1_PADDING };
}

/** RFC 7518 §3.5; in verifying, Node takes any length of salt. */
function saltAsLongAsTheHash(algorithm: Algorithm): object {
  return algorithm.startsWith('PS') ? { saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {};
}

function jsonPart(name: string, text: string): JsonObject {
  const json = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytesPart(name, text));
  canonicalJson(json);
  const value: unknown = JSON.parse(json);
  if (!isObject(value)) throw new Error(`its ${name} is not a JSON object`);
  return value;
}

/** Node reads base64url leniently; two spellings of one signature must not both be good. */
function bytesPart(name: string, text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) throw new Error(`its ${name} is not plain base64url`);
  return bytes;
}
