import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { isObject, type Json, type JsonObject } from '../../decision/model.ts';
import { type ClaimedPlace, claimedPlace } from '../chain-place.ts';
import { hmacSha256 } from '../hmac.ts';
import { jcs } from '../jcs.ts';
import { CHAIN, DATA_SUBJECT, DATA_SUBJECTS } from '../record-form.ts';
import { type ErasedMark, type Pieces, piecesOf } from './pieces.ts';
import type { ProblemKind } from './problem.ts';

const UNHASHED = new Set<string>([CHAIN.hash, CHAIN.salts, DATA_SUBJECT, DATA_SUBJECTS]);

export interface Finding {
  readonly kind: ProblemKind;
  readonly detail: string;
}

export interface CheckedRecord {
  /** Absent where the line is no record at all. */
  readonly place?: ClaimedPlace;
  readonly decisionId?: string;
  readonly findings: readonly Finding[];
  /** How many pieces were erased by order. */
  readonly erased: number;
}

/** Finds the signed order by which a piece of a record was erased. */
export type OrderOf = (seq: number, piece: number) => ErasedMark | undefined;

/** Everything that one line can prove by itself; its place between its neighbours is for the caller. */
export function checkRecord(bytes: Buffer, orderOf: OrderOf): CheckedRecord {
  let record: Json;
  let place: ClaimedPlace;
  try {
    if (!isUtf8(bytes)) throw new SyntaxError('the line is not UTF-8');
    record = JSON.parse(bytes.toString());
    place = claimedPlace(record);
  } catch {
    return { findings: [{ kind: 'changed', detail: 'the line is no ledger record' }], erased: 0 };
  }
  if (!isObject(record) || !isObject(record.attributes)) throw new TypeError('a place was claimed by no record');
  const decisionId = `${record.trace_id}-${record.span_id}`;
  const findings: Finding[] = [];
  let erased = 0;
  try {
    if (jcs(record) !== bytes.toString()) {
      findings.push({ kind: 'changed', detail: 'the line is not in canonical form (space, order or repeated names)' });
    }
    if (hashOf(record, record.attributes) !== place.hash) {
      findings.push({ kind: 'changed', detail: 'the record is not what its hash says' });
    }
    const pieces = piecesOf(record, record.attributes);
    findings.push(...checkPieces(pieces, record.attributes, place.seq, orderOf));
    erased = pieces.erased.size;
  } catch (error) {
    findings.push({
      kind: 'changed',
      detail: error instanceof SyntaxError ? error.message : 'the record is malformed',
    });
  }
  return { place, decisionId, findings, erased };
}

/** `hash`: over the record without its body, the attributes that name a data subject, the salts and the hash itself. */
function hashOf(record: JsonObject, attributes: JsonObject): string {
  const { body: _, ...rest } = record;
  const hashed = Object.fromEntries(Object.entries(attributes).filter(([name]) => !UNHASHED.has(name)));
  return hash('sha256', jcs({ ...rest, attributes: hashed }), 'hex');
}

function checkPieces(pieces: Pieces, attributes: JsonObject, seq: number, orderOf: OrderOf): Finding[] {
  const commitments = attributes[CHAIN.commitments];
  const salts = attributes[CHAIN.salts];
  const count = pieces.list.length;
  if (!Array.isArray(commitments) || commitments.length !== count || !Array.isArray(salts) || salts.length !== count) {
    return [{ kind: 'changed', detail: `there are not ${count} commitments and salts` }];
  }
  const findings: Finding[] = [];
  pieces.list.forEach((piece, i) => {
    const mark = pieces.erased.get(i);
    const salt: unknown = salts[i];
    if (mark === undefined) {
      const whole = typeof salt === 'string' && commitmentOf(salt, piece) === commitments[i];
      if (!whole) findings.push({ kind: 'changed', detail: `piece ${i} is not what its commitment says` });
      return;
    }
    const order = orderOf(seq, i);
    if (order === undefined || order.order !== mark.order || order.at !== mark.at) {
      findings.push({ kind: 'erased_without_order', detail: `piece ${i} is gone, and no signed order says so` });
    }
    if (salt !== null || !pieces.isEmpty(i)) {
      findings.push({ kind: 'changed', detail: `piece ${i} is said to be erased, but something stands there` });
    }
  });
  return findings;
}

/** Empty where the salt is not in its one form: salts stand outside the hash, so a second spelling would be a change unseen. */
function commitmentOf(salt: string, piece: JsonObject): string {
  const key = Buffer.from(salt, 'base64url');
  return key.length === 16 && key.toString('base64url') === salt ? hmacSha256(key, jcs(piece)) : '';
}
