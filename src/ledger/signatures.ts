import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { CompactSign, calculateJwkThumbprint, compactVerify, decodeProtectedHeader, exportJWK } from 'jose';
import { isObject, type JsonObject } from '../decision/model.ts';
import { jcs } from './jcs.ts';

/** What a signature is about. It stands in the protected header, so that none can pass for another. */
export type SignedKind = 'checkpoint' | 'head' | 'order';

export interface Signer {
  /** RFC 7638 thumbprint of the public key. */
  readonly keyId: string;
  /** A compact JWS over the canonical text of `payload`. */
  sign(kind: SignedKind, payload: JsonObject): Promise<string>;
}

export interface Verifier {
  /** The payload, or undefined where no known key made this signature over this kind of content. */
  verify(kind: SignedKind, jws: string): Promise<JsonObject | undefined>;
}

/** Algorithm per key: Ed25519 → EdDSA, P-256 → ES256. Throws Error for any other key. */
function algorithmOf(key: KeyObject): 'EdDSA' | 'ES256' {
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA';
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256';
  throw new Error('a ledger key is Ed25519 or P-256');
}

/** From the text of a private key: PEM (PKCS #8) or JWK. Throws Error; never repeats the key. */
export async function createSigner(text: string): Promise<Signer> {
  const key = privateKey(text);
  const alg = algorithmOf(key);
  const keyId = await calculateJwkThumbprint(await exportJWK(createPublicKey(key)));
  return {
    keyId,
    sign: (kind, payload) =>
      new CompactSign(new TextEncoder().encode(jcs(payload)))
        .setProtectedHeader({ alg, kid: keyId, typ: typeOf(kind) })
        .sign(key),
  };
}

/**
 * From the texts of key files: PEM (public or private), JWK or JWK set. Several keys, because keys are replaced while what
 * they signed stays. Throws Error; never repeats a key.
 */
export async function createVerifier(texts: readonly string[]): Promise<Verifier> {
  const keys = new Map<string, { key: KeyObject; alg: string }>();
  for (const key of texts.flatMap(publicKeys)) {
    keys.set(await calculateJwkThumbprint(await exportJWK(key)), { key, alg: algorithmOf(key) });
  }
  return {
    async verify(kind, jws) {
      try {
        const { kid } = decodeProtectedHeader(jws);
        const known = keys.get(kid ?? '');
        if (known === undefined) return undefined;
        const { payload, protectedHeader } = await compactVerify(jws, known.key, { algorithms: [known.alg] });
        return protectedHeader.typ === typeOf(kind) ? payloadObject(payload) : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

/** Reads without any proof: for a reader who was given no key, and says so. */
export const unprovenReader: Verifier = {
  async verify(kind, jws) {
    try {
      if (decodeProtectedHeader(jws).typ !== typeOf(kind)) return undefined;
      return payloadObject(Buffer.from(jws.split('.')[1] ?? '', 'base64url'));
    } catch {
      return undefined;
    }
  },
};

function typeOf(kind: SignedKind): string {
  return `datwat-${kind}+jws`;
}

function payloadObject(payload: Uint8Array): JsonObject | undefined {
  const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  return isObject(value) ? value : undefined;
}

function privateKey(text: string): KeyObject {
  try {
    const jwk = jwkIn(text);
    return jwk === undefined ? createPrivateKey(text) : createPrivateKey({ key: jwk, format: 'jwk' });
  } catch {
    throw new Error('this is no private key in PEM (PKCS #8) or JWK');
  }
}

function publicKeys(text: string): KeyObject[] {
  try {
    const jwk = jwkIn(text);
    if (jwk === undefined) return [createPublicKey(text)];
    const set = Array.isArray(jwk.keys) ? jwk.keys.filter(isObject) : [jwk];
    return set.map((key) => createPublicKey({ key: { ...key }, format: 'jwk' }));
  } catch {
    throw new Error('this is no key in PEM, JWK or JWK set');
  }
}

function jwkIn(text: string): JsonObject | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  const value: unknown = JSON.parse(text);
  return isObject(value) ? value : undefined;
}
