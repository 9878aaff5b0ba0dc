/**
 * Who asks? Each caller proves itself with an API key or a token (AZ-101); without proof there is no way in (AZ-102).
 * Development mode lets everyone in, ignores credentials that it cannot use, and the record says `authenticated: false`.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { DatwatError } from '../decision/errors.ts';
import type { Caller } from '../decision/model.ts';
import { type Admitted, type ConfiguredCaller, isTokenCaller } from './callers.ts';
import type { VerifyToken } from './verify-jwt.ts';

/** Throws `not_authenticated`. Takes the `Authorization` header. */
export type AuthenticateCaller = (authorization: string | undefined) => Admitted | Promise<Admitted>;

export interface AuthenticationParts {
  readonly mode: 'development' | 'production';
  readonly callers: readonly ConfiguredCaller[];
  readonly verifyToken: VerifyToken;
  /** Kinds of fact that exist: an unauthenticated caller in development may assert them all. */
  readonly factKinds: readonly string[];
}

const BEARER = /^bearer +([!-~]+) *$/i;
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

export function createAuthenticateCaller({
  mode,
  callers,
  verifyToken,
  factKinds,
}: AuthenticationParts): AuthenticateCaller {
  const development = mode === 'development';
  const everyone: Admitted = {
    caller: {
      name: 'development',
      mayAssert: factKinds,
      maySetTime: true,
      maySimulate: true,
      mayLearnPseudonym: false,
      authenticated: false,
    },
    mayEnter: () => true,
  };
  const admitted = new Map(callers.map((caller) => [caller, admit(caller, development)]));
  const keyed = callers.flatMap((caller) =>
    'apiKeySha256' in caller.proof ? [{ caller, digest: Buffer.from(caller.proof.apiKeySha256, 'hex') }] : [],
  );
  const hasTokens = callers.some(isTokenCaller);

  return function authenticate(authorization) {
    const secret = authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
    if (secret === undefined) return stranger();
    const byKey = callerOfKey(secret);
    if (byKey !== undefined) return admittedAs(byKey);
    if (hasTokens && TOKEN.test(secret)) return verifyToken(secret).then(admittedAs);
    return stranger();
  };

  function admittedAs(caller: ConfiguredCaller | undefined): Admitted {
    return (caller && admitted.get(caller)) ?? stranger();
  }

  function stranger(): Admitted {
    if (development) return everyone;
    throw new DatwatError('not_authenticated');
  }

  /** Compares with every caller, so that the time tells nothing about which keys exist. */
  function callerOfKey(secret: string): ConfiguredCaller | undefined {
    if (keyed.length === 0) return undefined;
    const sent = createHash('sha256').update(secret).digest();
    let found: ConfiguredCaller | undefined;
    for (const { caller, digest } of keyed) if (timingSafeEqual(digest, sent)) found = caller;
    return found;
  }
}

function admit({ doors, proof: _, ...known }: ConfiguredCaller, development: boolean): Admitted {
  const caller: Caller = {
    ...known,
    // Design.md §4: the time and simulation of any caller count in development.
    maySetTime: known.maySetTime || development,
    maySimulate: known.maySimulate || development,
    authenticated: true,
  };
  const open = new Set(doors);
  return { caller, mayEnter: (door) => open.has(door) };
}
