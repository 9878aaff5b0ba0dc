/** What turns a policy into answers. Knows entrypoints and JSON, and nothing of decisions. */
export interface Evaluator {
  /** Which engine this is, as records name it. */
  readonly engine: string;
  /** Entrypoint names that the policy offers, such as `authz/decision`. */
  readonly entrypoints: ReadonlySet<string>;
  /**
   * The value at the entrypoint for this input (a JSON object) as plain JSON, or undefined where the policy says nothing.
   * It may share parts with the input and the data: whoever changes it copies it first.
   * Throws when the evaluation fails. INVARIANT: a failure leaves no trace in later evaluations.
   */
  evaluate(entrypoint: string, input: object): unknown;
}
