/** What the reference says of one question. */

export interface Verdict {
  readonly decision: boolean;
  readonly level: 'none' | 'dat' | 'wat';
  readonly fields: readonly string[];
  /**
   * Every true reason that domain.md allows: one, except where parts of a domain are refused for different reasons,
   * or where it leaves the choice between two neighbouring codes open.
   */
  readonly reasons: readonly string[];
  /** The same as they may show outside. */
  readonly outward: readonly string[];
  /** Ids that a grant must carry. */
  readonly obligations: readonly string[];
}

/** A step stops the evaluation with a reason (or several that the text leaves open), or lets it pass. */
export type Stop = readonly string[] | undefined;
