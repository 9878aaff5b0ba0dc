/**
 * The names that a ledger line is made of, for both sides. README.md says what each means, precisely enough to
 * recompute a line without this code.
 */

/** Members of `attributes` that make the chain. */
export const CHAIN = {
  commitments: 'datwat.ledger.commitments',
  hash: 'datwat.ledger.hash',
  prevHash: 'datwat.ledger.prev_hash',
  salts: 'datwat.ledger.salts',
  seq: 'datwat.ledger.seq',
  writer: 'datwat.ledger.writer',
} as const;

/** Where every item of a record concerns one person (ADL 1.0.0). */
export const DATA_SUBJECT = 'dpl.core.data_subject_id';
/** Otherwise: one per item, null where none is named. */
export const DATA_SUBJECTS = 'datwat.data_subject_ids';

/** Members of `body`. */
export const BODY = {
  information: 'adl.core.information',
  request: 'adl.core.request',
  response: 'adl.core.response',
  erased: 'datwat.erased',
  record: 'datwat.record',
} as const;
/** The one source under `adl.core.information`. */
export const FACTS = 'datwat.facts';

export const POLICIES = 'adl.core.policies';
export const CONFIGURATION = 'adl.core.configuration';
/** The name under which this PDP refers to its own policy and configuration. */
export const SOURCE = 'datwat';

/** Members of a single question that belong to its item; other top-level members are what is common. */
export const ITEM_MEMBERS = ['action', 'context', 'resource', 'subject'] as const;

/** `prev_hash` of the first record. */
export const NO_HASH = '0'.repeat(64);

/** A place in the chain: the record with this seq has this hash; 0 and 64 zeros before the first. */
export interface ChainPlace {
  readonly seq: number;
  readonly hash: string;
}
