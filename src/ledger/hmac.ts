import { hash } from 'node:crypto';

const BLOCK = 64;
const DIGEST = 32;
let inner = Buffer.alloc(64 * 1024);
const outer = Buffer.alloc(BLOCK + DIGEST);

/**
 * HMAC-SHA-256 (RFC 2104) of a text's UTF-8, in lower-case hex. `key` is at most 64 bytes.
 * Two one-shot hashes over buffers that stay: `createHmac` costs ten times as much, and each record pays it twice or more.
 */
export function hmacSha256(key: Uint8Array, text: string): string {
  if (key.length > BLOCK) throw new RangeError('the key is longer than a block');
  const room = BLOCK + text.length * 3;
  if (inner.length < room) inner = Buffer.alloc(room);
  pad(inner, 0x36, key);
  const end = BLOCK + inner.write(text, BLOCK, 'utf8');
  pad(outer, 0x5c, key);
  outer.write(hash('sha256', inner.subarray(0, end), 'binary'), BLOCK, 'latin1');
  return hash('sha256', outer, 'hex');
}

function pad(buffer: Buffer, byte: number, key: Uint8Array): void {
  for (let i = 0; i < key.length; i++) buffer[i] = byte ^ (key[i] as number);
  for (let i = key.length; i < BLOCK; i++) buffer[i] = byte;
}
