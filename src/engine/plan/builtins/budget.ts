import type { Value } from '../values.ts';

/** The steps that the evaluation has left; a builtin whose work grows with its arguments takes from them first. */
export interface Budget {
  /** Throws when the steps are used up. */
  spend(steps: number): void;
}

/** A function of Rego. Undefined where OPA's has an error, such as an argument of the wrong type. */
export type Builtin = (budget: Budget, ...args: Value[]) => Value | undefined;
