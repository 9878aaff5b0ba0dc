/** The only file of the doors that knows jose: who signed this token, and is it still valid? */
import { readFileSync, statSync } from 'node:fs';
import { createLocalJWKSet, createRemoteJWKSet, decodeJwt, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Log } from '../decision/ports.ts';
import { type ConfiguredCaller, isTokenCaller, type TokenCaller } from './callers.ts';

/** Asymmetric only: with a shared secret the issuer could not be told from the receiver, and `none` is no signature. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const CLOCK_TOLERANCE_SECONDS = 5;
/** A token with an unknown key makes the keys be fetched again, at most this often. */
const COOLDOWN_MS = 1000;
/** A key that the issuer withdrew is trusted no longer than this. */
const KEYS_KEPT_MS = 5 * 60_000;
const FETCH_DEADLINE_MS = 2000;

/** The caller that the token proves to be, or undefined. Never throws: what cannot be verified proves nothing. */
export type VerifyToken = (token: string) => Promise<TokenCaller | undefined>;

export function createVerifyToken(callers: readonly ConfiguredCaller[], log: Log): VerifyToken {
  const keysOf = new Map<TokenCaller, JWTVerifyGetKey>();
  const shared = new Map<string, JWTVerifyGetKey>();
  for (const caller of callers.filter(isTokenCaller)) {
    const { keys } = caller.proof.jwt;
    const place = JSON.stringify(keys);
    const found = shared.get(place) ?? ('uri' in keys ? remoteKeys(keys.uri) : fileKeys(keys.file));
    shared.set(place, found);
    keysOf.set(caller, found);
  }
  return async function verifyToken(token) {
    const claimed = claims(token);
    for (const [caller, keys] of keysOf) {
      const { issuer, audience, subject } = caller.proof.jwt;
      // Only to choose whose keys to try; what counts is what is verified below.
      if (claimed?.iss !== issuer || (subject !== undefined && claimed.sub !== subject)) continue;
      try {
        await jwtVerify(token, keys, {
          issuer,
          audience,
          algorithms: ALGORITHMS,
          requiredClaims: ['exp'],
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          ...(subject !== undefined && { subject }),
        });
        return caller;
      } catch (error) {
        // A bad token is the sender's affair; keys that cannot be had are ours.
        if (!(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout) {
          log.warn('token_keys_unavailable', { caller: caller.name });
        }
      }
    }
    return undefined;
  };
}

function claims(token: string): { iss?: string; sub?: string } | undefined {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

function remoteKeys(uri: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(uri), {
    cooldownDuration: COOLDOWN_MS,
    cacheMaxAge: KEYS_KEPT_MS,
    timeoutDuration: FETCH_DEADLINE_MS,
  });
}

/** Reads the file again when it was changed or replaced; throws what `node:fs` and jose throw. */
function fileKeys(file: string): JWTVerifyGetKey {
  let seen = '';
  let keys: JWTVerifyGetKey | undefined;
  return (header, token) => {
    const { ino, mtimeMs, size } = statSync(file);
    const now = `${ino}:${mtimeMs}:${size}`;
    if (keys === undefined || now !== seen) {
      keys = createLocalJWKSet(JSON.parse(readFileSync(file, 'utf8')));
      seen = now;
    }
    return keys(header, token);
  };
}
