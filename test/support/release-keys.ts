import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { packArchive } from '../../src/engine/archive.ts';
import type { Bundle } from '../../src/engine/bundle.ts';
import { SIGNATURES_FILE, signFiles } from '../../src/engine/trust/bundle-signature.ts';
import { signJws } from '../../src/engine/trust/jws.ts';
import type { Approver } from '../../src/engine/trust/statements.ts';
import type { Trust } from '../../src/engine/trust/trust.ts';
import type { TrustedKey } from '../../src/engine/trust/trusted-key.ts';

export interface Pair {
  readonly signs: KeyObject;
  readonly verifies: TrustedKey;
}

export function releaseKey(id: string): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { signs: privateKey, verifies: { id, algorithm: 'ES256', key: publicKey } };
}

export function approver(id: string, office: string, person: string): { signs: KeyObject; verifies: Approver } {
  const { signs, verifies } = releaseKey(id);
  return { signs, verifies: { ...verifies, office, person } };
}

/** The bytes of this bundle, signed with these claims. */
export async function signedBundle(
  bundle: Bundle,
  { signs, verifies }: Pair,
  claims: Record<string, number>,
): Promise<Uint8Array> {
  const signature = signFiles(bundle.files, claims, { ...verifies, key: signs });
  return packArchive(new Map([...bundle.files, [SIGNATURES_FILE, new TextEncoder().encode(signature)]]));
}

/** A signed statement about the bundle with this SHA-256. */
export function statement(
  { signs, verifies }: { signs: KeyObject; verifies: TrustedKey & { office?: string } },
  kind: string,
  sha256: string,
  more: Record<string, number | string> = {},
): string {
  const payload = {
    statement: kind,
    bundle_sha256: sha256,
    office: verifies.office ?? 'release',
    iat: 1_700_000_000,
    ...more,
  };
  return signJws(payload, verifies.algorithm, signs, verifies.id);
}

export function approvalsFile(...approvals: string[]): string {
  return JSON.stringify({ approvals });
}

export function trustIn(keys: readonly TrustedKey[], more: Partial<Trust> = {}): Trust {
  return { keys, unsigned: 'refused', freshness: 'sequence', approvers: [], quorum: 'none', ...more };
}
