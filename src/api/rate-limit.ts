/** A bounded number of requests a second for each caller (AZ-106), where the configuration asks for it. */
import { DatwatError } from '../decision/errors.ts';
import type { Caller } from '../decision/model.ts';

/** Throws `too_many_requests`. Callers are those of the configuration, so what is kept is bounded. */
export type LimitRate = (caller: Caller) => void;

export const unlimited: LimitRate = () => {};

/** A bucket that holds one second of requests and fills evenly. `now` is in milliseconds and never goes back. */
export function createRateLimit(requestsPerSecond: number, now: () => number): LimitRate {
  const buckets = new Map<string, { left: number; at: number }>();
  return function limitRate({ name }) {
    const at = now();
    const bucket = buckets.get(name) ?? { left: requestsPerSecond, at };
    const filled = bucket.left + ((at - bucket.at) / 1000) * requestsPerSecond;
    const left = Math.min(requestsPerSecond, filled);
    if (left < 1) {
      buckets.set(name, { left, at });
      throw new DatwatError('too_many_requests');
    }
    buckets.set(name, { left: left - 1, at });
  };
}
