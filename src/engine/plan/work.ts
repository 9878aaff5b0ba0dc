import type { Budget } from './builtins/budget.ts';

/**
 * Whose steps pay for work that grows with a value (to compare, copy or write it, to calculate with very long numbers),
 * wherever it is done. INVARIANT: an evaluation runs from its beginning to its end without another in between.
 */
let running: Budget | undefined;

export function onBudget<Result>(budget: Budget, run: () => Result): Result {
  const before = running;
  running = budget;
  try {
    return run();
  } finally {
    running = before;
  }
}

/** Throws when the steps of the evaluation that runs are used up. */
export function spend(steps: number): void {
  running?.spend(steps);
}

const SHORT = 2n ** 128n;
/** Hexadecimal digits in a machine word. */
const WORD = 16;
/** Steps for two words times two words, or for a word of either to be written out in tens. */
const WORDS_PER_STEP = 16;

/** For what takes the square of the length of an integer: a product, a quotient, its text. */
export function spendInteger(n: bigint): void {
  if (n < SHORT && n > -SHORT) return;
  spendWords(n.toString(16).length / WORD);
}

/** For a power of ten. */
export function spendPower(exponent: number): void {
  if (exponent > 38) spendWords(exponent / 19);
}

function spendWords(words: number): void {
  spend(1 + Math.ceil((words * words) / WORDS_PER_STEP));
}
