import { createHash } from 'node:crypto';
import type { JsonObject } from '../../decision/model.ts';
import type { Files } from '../archive.ts';
import { BundleRefused } from '../bundle-refused.ts';
import { SIGNATURES_FILE, verifySignature } from './bundle-signature.ts';
import { type Floor, type Freshness, type Rollback, raisedFloor, sequenceOf } from './freshness.ts';
import { type Approval, checkedApprovals, type Quorum, standingBlocks } from './quorum.ts';
import { type Approver, readStatements, type Statement } from './statements.ts';
import type { TrustedKey } from './trusted-key.ts';

/** What a bundle must show before it may decide anything. */
export interface Trust {
  readonly keys: readonly TrustedKey[];
  /** SHA-256 of the one bundle that may be loaded. It stands in for the signature, never for the quorum. */
  readonly sha256?: string;
  /** Only development accepts a bundle that is neither signed nor pinned. */
  readonly unsigned: 'refused' | 'accepted';
  readonly freshness: Freshness;
  readonly approvers: readonly Approver[];
  readonly quorum: Quorum;
}

/** A bundle as a source offers it, before anything in it is believed. */
export interface Offer {
  readonly bytes: Uint8Array;
  /** Text of the approvals file beside it. */
  readonly approvals?: string;
}

/** What is remembered of earlier releases. */
export interface Memory {
  readonly floor: Floor;
  /** Blocks that were seen once: a source that drops one later does not lift it, nor does a key that is replaced. */
  readonly blocks: readonly Statement[];
}

/** Why a bundle may be in force, for records and readers. */
export interface Release {
  readonly sha256: string;
  /** Id of the key; absent where a pin or nothing stood in for a signature. */
  readonly signedBy?: string;
  readonly sequence?: number;
  readonly freshness: Freshness | 'pinned' | 'unsigned';
  readonly approvedBy: readonly Approval[] | 'none';
  readonly rolledBack: boolean;
  readonly claims: JsonObject;
  /** What is to be remembered once it is in force. */
  readonly memory: Memory;
}

const known = new WeakMap<Uint8Array, string>();

/** For who has hashed them already. */
export function rememberSha256(bytes: Uint8Array, sha256: string): void {
  known.set(bytes, sha256);
}

/** The SHA-256 of a bundle file, by which approvals and pins name it. Bytes are never changed, so they are hashed once. */
export function bundleSha256(bytes: Uint8Array): string {
  const before = known.get(bytes);
  if (before !== undefined) return before;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  known.set(bytes, sha256);
  return sha256;
}

/**
 * Checks signature, freshness and approvals, in that order. `at` (milliseconds) is when keys must be valid.
 * Throws `BundleRefused` at step `verify`, `freshness` or `approvals`.
 */
export function checkRelease(offer: Offer, files: Files, trust: Trust, memory: Memory, at: number): Release {
  const sha256 = bundleSha256(offer.bytes);
  const { signedBy, claims } = signatureOf(files, sha256, trust, at);
  const sequence = signedBy === undefined ? undefined : sequenceOf(claims);
  const statements = statementsOf(offer, trust, memory, at);
  const floor =
    signedBy === undefined
      ? memory.floor
      : raisedFloor(memory.floor, { sha256, sequence }, trust.freshness, rollbacksIn(statements));
  const approvals = checkedApprovals(statements, sha256, trust.quorum);
  return {
    sha256,
    ...(signedBy === undefined ? {} : { signedBy }),
    ...(sequence === undefined ? {} : { sequence }),
    freshness:
      signedBy !== undefined
        ? sequence === undefined
          ? 'unordered'
          : 'sequence'
        : trust.sha256
          ? 'pinned'
          : 'unsigned',
    approvedBy: trust.quorum === 'none' ? 'none' : approvals,
    rolledBack: floor.rolledBackTo === sha256,
    claims,
    memory: { floor, blocks: memory.blocks },
  };
}

/**
 * All blocks that stand once this offer has been seen: those that were known and that it does not lift, and its own. They are
 * kept at once, whatever becomes of the offer.
 */
export function blocksAfter(offer: Offer, trust: Trust, memory: Memory, at: number): readonly Statement[] {
  const sha256 = bundleSha256(offer.bytes);
  const others = memory.blocks.filter((block) => block.bundleSha256 !== sha256);
  const standing = standingBlocks(statementsOf(offer, trust, memory, at), sha256, trust.quorum);
  const distinct = new Map(standing.map((block) => [JSON.stringify(block), block]));
  return trust.quorum === 'none' ? memory.blocks : [...others, ...distinct.values()];
}

function signatureOf(
  files: Files,
  sha256: string,
  trust: Trust,
  at: number,
): { signedBy?: string; claims: JsonObject } {
  if (trust.sha256 !== undefined) {
    if (trust.sha256 !== sha256) {
      throw new BundleRefused('verify', `its SHA-256 is ${sha256}, and the configuration pins ${trust.sha256}`);
    }
    return { claims: {} };
  }
  if (trust.keys.length === 0 || !files.has(SIGNATURES_FILE)) {
    if (trust.unsigned === 'accepted') return { claims: {} };
    throw new BundleRefused('verify', 'it is not signed, and no SHA-256 is pinned (bundle_keys, bundle_sha256)');
  }
  const { keyId, claims } = verifySignature(files, trust.keys, at);
  return { signedBy: keyId, claims };
}

function statementsOf(offer: Offer, trust: Trust, memory: Memory, at: number): readonly Statement[] {
  return [...memory.blocks, ...readStatements(offer.approvals, trust, at).statements];
}

function rollbacksIn(statements: readonly Statement[]): readonly Rollback[] {
  return statements.flatMap(({ kind, bundleSha256: toSha256, fromSequence }) =>
    kind === 'rollback' && fromSequence !== undefined ? [{ toSha256, fromSequence }] : [],
  );
}
