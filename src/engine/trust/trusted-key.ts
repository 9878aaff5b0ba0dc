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

/** The key that verifies: of PEM text (public key, certificate), or for HMAC of the secret itself. Throws an Error in words. */
export function verificationKey(algorithm: Algorithm, text: string): KeyObject {
  return fitting(algorithm, algorithm.startsWith('HS') ? secret(text) : parsed(text, createPublicKey));
}

/** The key that signs: of PEM text (private key), or for HMAC of the secret itself. Throws an Error in words. */
export function signingKey(algorithm: Algorithm, text: string): KeyObject {
  return fitting(algorithm, algorithm.startsWith('HS') ? secret(text) : parsed(text, createPrivateKey));
}

function secret(text: string): KeyObject {
  if (text.includes('-----BEGIN')) throw new Error('an HMAC secret is no PEM file: a public key is not a secret');
  if (Buffer.byteLength(text) < FEWEST_SECRET_BYTES) {
    throw new Error(`an HMAC secret has at least ${FEWEST_SECRET_BYTES} bytes`);
  }
  return createSecretKey(text, 'utf8');
}

function parsed(text: string, create: (pem: string) => KeyObject): KeyObject {
  try {
    return create(text);
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
