/** One thing that a check found: where it is, what is wrong, and what to do about it. */
export interface Finding {
  /** A warning does not fail the check. */
  readonly severity: 'error' | 'warning';
  /** Name of the check that found it, so that its source can be found. */
  readonly check: string;
  /** `file:line` where it is known, else the path under `data` or the rule. */
  readonly where: string;
  readonly message: string;
  /** What the author can do. */
  readonly fix?: string;
}
