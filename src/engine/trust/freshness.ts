import type { JsonObject } from '../../decision/model.ts';
import { BundleRefused } from '../bundle-refused.ts';

/** How far a bundle's claim to be the newest can be believed. `unordered` is a choice of the configuration and stands in each record. */
export type Freshness = 'sequence' | 'unordered';

/** What was in force before, as it is kept on disk. */
export interface Floor {
  /** The highest sequence that was ever in force; 0 before the first. */
  readonly sequence: number;
  /** SHA-256 of the bundle that had it. */
  readonly sha256?: string;
  /** Set by a rollback: the bundle (SHA-256) that is in force although its sequence is lower. */
  readonly rolledBackTo?: string;
}

/** A signed statement that one older bundle may come into force again, from one floor. */
export interface Rollback {
  readonly toSha256: string;
  readonly fromSequence: number;
}

/** The sequence that a signature claims, or undefined. Throws `BundleRefused` where it is something else than an integer from 1. */
export function sequenceOf(claims: JsonObject): number | undefined {
  const { sequence } = claims;
  if (sequence === undefined) return undefined;
  if (typeof sequence === 'number' && Number.isSafeInteger(sequence) && sequence >= 1) return sequence;
  throw new BundleRefused('freshness', 'its sequence is not an integer from 1');
}

/**
 * The floor once this bundle is in force. Refuses (step `freshness`) one that is older than what was in force already, unless
 * a rollback names exactly this bundle and exactly this floor: an old statement does not open the way back a second time.
 */
export function raisedFloor(
  floor: Floor,
  bundle: { readonly sha256: string; readonly sequence: number | undefined },
  freshness: Freshness,
  rollbacks: readonly Rollback[],
): Floor {
  const { sha256, sequence } = bundle;
  if (sequence === undefined) {
    if (freshness === 'unordered') return floor;
    return refuse('its signature has no sequence; sign it with datwat policy sign, or configure freshness: unordered');
  }
  if (sequence > floor.sequence) return { sequence, sha256 };
  if (floor.rolledBackTo === sha256) return floor;
  const meant = rollbacks.some(({ toSha256, fromSequence }) => toSha256 === sha256 && fromSequence === floor.sequence);
  if (meant && sequence < floor.sequence) return { ...floor, rolledBackTo: sha256 };
  if (sequence < floor.sequence) {
    return refuse(
      `its sequence ${sequence} is older than ${floor.sequence}, which was in force; see datwat policy rollback`,
    );
  }
  if (floor.rolledBackTo !== undefined)
    return refuse(`sequence ${sequence} was rolled back; sign it anew with a higher one`);
  if (sha256 !== floor.sha256) return refuse(`another bundle with sequence ${sequence} was in force already`);
  return floor;
}

function refuse(reason: string): never {
  throw new BundleRefused('freshness', reason);
}
