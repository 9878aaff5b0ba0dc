import { randomFillSync } from 'node:crypto';

const SALT = 16;
const pool = Buffer.allocUnsafe(SALT * 256);
let used = pool.length;

/** 16 random bytes, valid until the next call: drawn by the pool, for a system call per salt would cost more than the hash. */
export function nextSalt(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const salt = pool.subarray(used, used + SALT);
  used += SALT;
  return salt;
}
