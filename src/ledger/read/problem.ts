/** What `verify` finds: how a ledger was tampered with, or damaged. */
export type ProblemKind =
  /** A line is not what its hash, its commitments or its canonical form say. */
  | 'changed'
  /** A record does not follow the one before it: one of both was replaced. */
  | 'broken_link'
  | 'missing'
  /** A record stands where an earlier or equal number stands before it. */
  | 'out_of_order'
  | 'other_writer'
  | 'erased_without_order'
  | 'unknown_file'
  | 'segment'
  | 'checkpoint'
  | 'head'
  | 'order'
  /** The ledger ends before a record that a signature vouches for. */
  | 'cut_off';

export interface Problem {
  readonly kind: ProblemKind;
  readonly detail: string;
  /** File name of the segment. */
  readonly segment?: string;
  /** From 1. */
  readonly line?: number;
  readonly seq?: number;
  readonly decisionId?: string;
}
