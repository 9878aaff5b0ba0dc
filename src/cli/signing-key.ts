import { ALGORITHMS, type Algorithm } from '../engine/trust/jws.ts';
import { signingKey, type TrustedKey } from '../engine/trust/trusted-key.ts';
import { readBytes } from './read-file.ts';

export interface KeyOptions {
  /** File with the private key in PEM; for HMAC with the secret. */
  readonly key: string;
  readonly keyId: string;
  readonly algorithm: string;
}

/** The key that a command signs with. Throws an Error in words. */
export async function readSigningKey({ key: file, keyId, algorithm: named }: KeyOptions): Promise<TrustedKey> {
  const algorithm: Algorithm | undefined = ALGORITHMS.find((known) => known === named);
  if (algorithm === undefined) throw new Error(`--algorithm ${named} is not one of ${ALGORITHMS.join(', ')}`);
  const content = readBytes(file);
  try {
    return { id: keyId, algorithm, key: signingKey(algorithm, content) };
  } catch (cause) {
    throw new Error(`${file}: ${cause instanceof Error ? cause.message : 'unreadable'}`, { cause });
  }
}
