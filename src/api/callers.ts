/** Callers as the configuration names them (design.md §10). */
import type { Caller } from '../decision/model.ts';

/** Every door there is: AuthZEN's evaluations and searches, and changes of facts. */
export const DOORS = ['authzen', 'facts'] as const;
export type Door = (typeof DOORS)[number];

export interface JwtIdentity {
  readonly issuer: string;
  readonly audience: string;
  /** Where the issuer's keys are: a URL that is fetched again when keys rotate, or a file that is read again when it changes. */
  readonly keys: { readonly uri: string } | { readonly file: string };
  /** `sub` of the token, where several callers share one issuer. */
  readonly subject?: string;
}

export interface ConfiguredCaller extends Omit<Caller, 'authenticated'> {
  /** Any other door answers 403. */
  readonly doors: readonly Door[];
  /** SHA-256 of the API key as lower-case hex, or who signs its tokens. */
  readonly proof: { readonly apiKeySha256: string } | { readonly jwt: JwtIdentity };
}

/** A caller at the door, with what it may enter. */
export interface Admitted {
  readonly caller: Caller;
  readonly mayEnter: (door: Door) => boolean;
}

export interface TokenCaller extends ConfiguredCaller {
  readonly proof: { readonly jwt: JwtIdentity };
}

export function isTokenCaller(caller: ConfiguredCaller): caller is TokenCaller {
  return 'jwt' in caller.proof;
}
