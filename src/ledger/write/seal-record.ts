import { hash } from 'node:crypto';
import { CHAIN, type ChainPlace } from '../record-form.ts';

/** A record in canonical text, cut where the chain's members go in. */
export interface SealableRecord {
  /** Attributes before `datwat.data_subject_ids`, each followed by a comma. */
  readonly beforeSubjects: string;
  /** `"datwat.data_subject_ids":…,` where there is one. */
  readonly manySubjects?: string;
  /** Attributes from there to `datwat.ledger.…`, each followed by a comma. */
  readonly beforeChain: string;
  /** JSON array of hex strings. */
  readonly commitments: string;
  /** JSON array of base64url strings. */
  readonly salts: string;
  /** Attributes after `datwat.ledger.…`, each after a comma. */
  readonly afterChain: string;
  /** `,"dpl.core.data_subject_id":…` where there is one. */
  readonly oneSubject?: string;
  /** `"body":…,` in pieces; none for an event. */
  readonly body: readonly string[];
  /** From `"event_name"` to the closing brace. */
  readonly tail: string;
}

export interface SealedRecord extends ChainPlace {
  /** The line with its newline, in pieces. */
  readonly line: readonly string[];
}

/**
 * Gives a record its place in the chain. What is hashed and what is written are put together from the same strings.
 * `writer` is a JSON string.
 */
export function sealRecord(record: SealableRecord, before: ChainPlace, writer: string): SealedRecord {
  const seq = before.seq + 1;
  const commitments = `"${CHAIN.commitments}":${record.commitments},`;
  const prevHash = `"${CHAIN.prevHash}":"${before.hash}",`;
  const place = `"${CHAIN.seq}":${seq},"${CHAIN.writer}":${writer}${record.afterChain}`;
  const digest = hash(
    'sha256',
    `{"attributes":{${record.beforeSubjects}${record.beforeChain}${commitments}${prevHash}${place}},${record.tail}`,
    'hex',
  );
  const line = [
    `{"attributes":{${record.beforeSubjects}${record.manySubjects ?? ''}${record.beforeChain}${commitments}"${CHAIN.hash}":"${digest}",${prevHash}"${CHAIN.salts}":${record.salts},${place}${record.oneSubject ?? ''}},`,
    ...record.body,
    record.tail,
    '\n',
  ];
  return { seq, hash: digest, line };
}
