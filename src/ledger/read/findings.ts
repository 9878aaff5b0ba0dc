import type { Problem } from './problem.ts';

/** A ledger may be wrong in every line; this many are told. */
export const PROBLEMS_KEPT = 100;

/** What was found so far. */
export interface Findings {
  add(problem: Problem): void;
  countMore(count: number): void;
  kept(): readonly Problem[];
  count(): number;
}

export function createFindings(): Findings {
  const kept: Problem[] = [];
  let count = 0;
  return {
    add(problem) {
      count += 1;
      if (kept.length < PROBLEMS_KEPT) kept.push(problem);
    },
    countMore(more) {
      count += more;
    },
    kept: () => kept,
    count: () => count,
  };
}
