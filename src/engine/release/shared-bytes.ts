import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { rememberSha256 } from '../trust/trust.ts';

/** Bytes; copying and hashing that many takes a millisecond. */
const AT_ONCE = 2 ** 20;

/**
 * The same bytes where each thread can read them without a copy of its own, with their SHA-256 known. A large bundle is copied
 * and hashed in parts, between which others come to their turn.
 */
export async function sharedBytes(bytes: Uint8Array): Promise<Uint8Array> {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.byteLength; at += AT_ONCE) {
    if (at > 0) await setImmediate();
    const part = bytes.subarray(at, at + AT_ONCE);
    shared.set(part, at);
    hash.update(part);
  }
  rememberSha256(shared, hash.digest('hex'));
  return shared;
}
