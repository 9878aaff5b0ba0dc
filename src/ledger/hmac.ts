import { hash } from 'node:crypto';

const BLOCK = 64;
let scratch = Buffer.alloc(64 * 1024);

/**
 * HMAC-SHA-256 (RFC 2104) of a text's UTF-8, in lower-case hex. `key` is at most 64 bytes.
 * Two one-shot hashes over one buffer: `createHmac` costs five times as much, and each record pays it twice or more.
 */
export function hmacSha256(key: Uint8Array, text: string): string {
  if (key.length > BLOCK) throw new RangeError('the key is longer than a block');
  const room = BLOCK + text.length * 3;
  if (scratch.length < room) scratch = Buffer.alloc(room);
  pad(0x36, key);
  const end = BLOCK + scratch.write(text, BLOCK, 'utf8');
  const inner = hash('sha256', scratch.subarray(0, end), 'buffer');
  pad(0x5c, key);
  inner.copy(scratch, BLOCK);
  return hash('sha256', scratch.subarray(0, BLOCK + inner.length), 'hex');
}

function pad(byte: number, key: Uint8Array): void {
  scratch.fill(byte, 0, BLOCK);
  for (let i = 0; i < key.length; i++) scratch[i] = byte ^ (key[i] as number);
}
