/** What turns a policy into answers. Knows entrypoints and JSON, and nothing of decisions. */
export interface Evaluator {
  /** Which engine this is, as records name it. */
  readonly engine: string;
  /** Entrypoint names that the policy offers, such as `authz/decision`. */
  readonly entrypoints: ReadonlySet<string>;
  /**
   * The value at the entrypoint for this input (JSON text of an object), or undefined where the policy says nothing.
   * Throws when the evaluation fails. INVARIANT: a failure leaves no trace in later evaluations.
   */
  evaluate(entrypoint: string, inputText: string): unknown;
}
