import { readFile } from 'node:fs/promises';
import { fileError } from '../../decision/file-trouble.ts';
import type { Freshness } from './freshness.ts';
import type { Algorithm } from './jws.ts';
import type { Quorum } from './quorum.ts';
import type { Approver } from './statements.ts';
import type { Trust } from './trust.ts';
import { type TrustedKey, verificationKey } from './trusted-key.ts';

/** A key as the configuration names it. Times in milliseconds. */
export interface ConfiguredKey {
  readonly id: string;
  readonly algorithm: Algorithm;
  /** PEM file with the public key or certificate; for HMAC a file that holds the secret and nothing else. */
  readonly file: string;
  readonly scope?: string;
  readonly validFrom?: number;
  readonly validUntil?: number;
  readonly revoked?: boolean;
}

export type ConfiguredApprover = ConfiguredKey & { readonly office: string; readonly person: string };

export interface ConfiguredTrust {
  readonly keys: readonly ConfiguredKey[];
  readonly sha256?: string;
  readonly unsigned: 'refused' | 'accepted';
  readonly freshness: Freshness;
  readonly approvers: readonly ConfiguredApprover[];
  readonly quorum: Quorum;
}

/**
 * Reads the key files. Throws an Error that names the key and its file, also where two keys have one id or are one key
 * under two names: that would let one person count twice.
 */
export async function readTrust(configured: ConfiguredTrust): Promise<Trust> {
  const keys = await Promise.all(configured.keys.map(readKey));
  const approvers = await Promise.all(
    configured.approvers.map(async (approver): Promise<Approver> => {
      const { office, person } = approver;
      return { ...(await readKey(approver)), office, person };
    }),
  );
  refuseTwice(keys);
  refuseTwice(approvers);
  return { ...configured, keys, approvers };
}

async function readKey({ file, ...configured }: ConfiguredKey): Promise<TrustedKey> {
  const { id, algorithm, scope, validFrom, validUntil, revoked } = configured;
  const content = await readFile(file).catch((cause: unknown) => {
    throw new Error(`key ${id}: ${fileError(file, cause).message}`, { cause });
  });
  try {
    const key = verificationKey(algorithm, content);
    return {
      id,
      algorithm,
      key,
      ...(scope === undefined ? {} : { scope }),
      ...(validFrom === undefined ? {} : { validFrom }),
      ...(validUntil === undefined ? {} : { validUntil }),
      ...(revoked === undefined ? {} : { revoked }),
    };
  } catch (cause) {
    throw new Error(`key ${id}: ${file}: ${cause instanceof Error ? cause.message : 'unreadable'}`, { cause });
  }
}

function refuseTwice(keys: readonly TrustedKey[]): void {
  keys.forEach((key, index) => {
    const other = keys.slice(0, index).find(({ id, key: known }) => id === key.id || known.equals(key.key));
    if (other !== undefined) throw new Error(`key ${key.id}: it is the same as key ${other.id}`);
  });
}
