import type { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import type { Algorithm } from './jws.ts';

/** A key that may sign policies, with its one algorithm. */
export interface TrustedKey {
  readonly id: string;
  readonly algorithm: Algorithm;
  readonly key: KeyObject;
  /** Must equal the signature's scope; absent equals absent. */
  readonly scope?: string;
  /** Milliseconds since the epoch. Validity is judged at the moment of activation. */
  readonly validFrom?: number;
  readonly validUntil?: number;
  /** A revoked key counts never again, not for what it signed before either. */
  readonly revoked?: boolean;
}

const FEWEST_RSA_BITS = 2048;
const FEWEST_SECRET_BYTES = 16;
const CURVES: Readonly<Record<string, string>> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' };

/**
 * The key that verifies, of what its file holds: PEM (public key, certificate), or for HMAC the secret itself, every byte of
 * it as `opa` takes it, an end of line too. Throws an Error in words.
 */
export function verificationKey(algorithm: Algorithm, content: Buffer): KeyObject {
  return fitting(algorithm, algorithm.startsWith('HS') ? secret(content) : parsed(content, createPublicKey));
}

/** The key that signs: of PEM (private key), or for HMAC the secret itself, like the one that verifies. Throws an Error in words. */
export function signingKey(algorithm: Algorithm, content: Buffer): KeyObject {
  return fitting(algorithm, algorithm.startsWith('HS') ? secret(content) : parsed(content, createPrivateKey));
}

function secret(content: Buffer): KeyObject {
  if (content.includes('-----BEGIN')) throw new Error('an HMAC secret is no PEM file: a public key is not a secret');
  if (content.length < FEWEST_SECRET_BYTES) {
    throw new Error(`an HMAC secret has at least ${FEWEST_SECRET_BYTES} bytes`);
  }
  return createSecretKey(content);
}

function parsed(content: Buffer, create: (pem: Buffer) => KeyObject): KeyObject {
  try {
    return create(content);
  } catch (cause) {
    throw new Error('it is not a PEM key of the kind that is needed here', { cause });
  }
}

function fitting(algorithm: Algorithm, key: KeyObject): KeyObject {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const curve = CURVES[algorithm];
  if (curve !== undefined && (type !== 'ec' || details?.namedCurve !== curve)) {
    throw new Error(`${algorithm} needs an EC key on ${curve}`);
  }
  if (/^[RP]S/.test(algorithm)) {
    if (type !== 'rsa' && !(type === 'rsa-pss' && algorithm.startsWith('PS')))
      throw new Error(`${algorithm} needs an RSA key`);
    if ((details?.modulusLength ?? 0) < FEWEST_RSA_BITS)
      throw new Error(`an RSA key has at least ${FEWEST_RSA_BITS} bits`);
  }
  return key;
}

/** Why this key does not count at this moment, or undefined where it does. */
export function unusable(key: TrustedKey, at: number): string | undefined {
  if (key.revoked) return `key ${key.id} is revoked`;
  if (key.validFrom !== undefined && at < key.validFrom) return `key ${key.id} is not valid yet`;
  if (key.validUntil !== undefined && at > key.validUntil) return `key ${key.id} is not valid any more`;
  return undefined;
}
