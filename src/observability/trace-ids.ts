import { randomFillSync } from 'node:crypto';
import type { Ids } from '../decision/ports.ts';

const POOL_BYTES = 4096;

/** Trace and span ids from the system's CSPRNG (ADL §3.1), drawn in pools because one draw per id is slow. */
export function createIds(): Ids {
  const pool = Buffer.alloc(POOL_BYTES);
  let used = POOL_BYTES;
  const take = (bytes: number): string => {
    if (used + bytes > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    const id = pool.toString('hex', used, used + bytes);
    // What is used is wiped: an id must not be readable from memory twice.
    pool.fill(0, used, used + bytes);
    used += bytes;
    // All zeros is not a valid id in W3C Trace Context.
    return /[^0]/.test(id) ? id : take(bytes);
  };
  return { traceId: () => take(16), spanId: () => take(8) };
}
