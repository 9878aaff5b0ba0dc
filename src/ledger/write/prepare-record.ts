import type { DecisionRecord, RecordItem } from '../../decision/model.ts';
import { hmacSha256 } from '../hmac.ts';
import { jcs } from '../jcs.ts';
import { BODY, DATA_SUBJECT, DATA_SUBJECTS, FACTS } from '../record-form.ts';
import { cutAttributes, policyMember } from './cut-attributes.ts';
import { nextSalt } from './salts.ts';
import type { SealableRecord } from './seal-record.ts';
import { splitRequest, splitResponse } from './split-record.ts';

const NOTHING: RecordItem = { facts: null, response: null, record: null };

/** What is the same in every line of a ledger: canonical text, made once. */
export interface LinePrefixes {
  /** `"adl.core.configuration":…,` */
  readonly configuration: string;
  /** `"resource":…` */
  readonly resource: string;
}

/**
 * The parts of a line that do not depend on its place in the chain, each serialised once (README.md, "Pieces").
 * Throws TypeError where the record cannot be written in canonical form or uses a name that is the ledger's own.
 */
export function prepareRecord(record: DecisionRecord, prefixes: LinePrefixes): SealableRecord {
  const request = splitRequest(record);
  const count = request.items.length;
  if (record.items.length > count) throw new TypeError('a record has more items than its request');
  const response = splitResponse(record, request.batch, count);
  const subjects = Array.from({ length: count }, (_, i) => record.items[i]?.dataSubject);

  const commitments: string[] = [];
  const salts: string[] = [];
  const commit = (...piece: readonly string[]) => {
    const salt = nextSalt();
    commitments.push(`"${hmacSha256(salt, ...piece)}"`);
    salts.push(`"${salt.toString('base64url')}"`);
  };
  const facts: string[] = [];
  const records: string[] = [];

  commit(
    `{"request":`,
    request.common,
    ...(response.common === undefined ? [] : [`,"response":`, response.common]),
    '}',
  );
  for (let i = 0; i < count; i++) {
    const item = record.items[i] ?? NOTHING;
    const subject = subjects[i];
    const itsFacts = jcs(item.facts);
    const itsRecord = jcs(item.record);
    const itsResponse = response.items[i];
    facts.push(i === 0 ? '' : ',', itsFacts);
    records.push(i === 0 ? '' : ',', itsRecord);
    commit(
      subject === undefined ? '{' : `{"data_subject":${jcs(subject)},`,
      `"facts":`,
      itsFacts,
      `,"record":`,
      itsRecord,
      `,"request":`,
      request.items[i] ?? '',
      ...(itsResponse === undefined ? [] : [`,"response":`, itsResponse]),
      '}',
    );
  }

  return {
    ...cutAttributes(record.attributes, prefixes.configuration + policyMember(record)),
    ...naming(subjects),
    commitments: `[${commitments.join()}]`,
    salts: `[${salts.join()}]`,
    body: [
      `"body":{"${BODY.information}":{"${FACTS}":[`,
      ...facts,
      `]},"${BODY.request}":`,
      request.whole,
      ...(response.whole === undefined ? [] : [`,"${BODY.response}":`, response.whole]),
      `,"${BODY.record}":[`,
      ...records,
      ']},',
    ],
    tail: tail(record, prefixes.resource),
  };
}

/** The attribute that names the data subjects: one for all, or one per item, or none. */
function naming(subjects: readonly (string | undefined)[]): { oneSubject?: string; manySubjects?: string } {
  const first = subjects.find((subject) => subject !== undefined);
  if (first === undefined) return {};
  if (subjects.every((subject) => subject === first)) return { oneSubject: `,"${DATA_SUBJECT}":${jcs(first)}` };
  return { manySubjects: `"${DATA_SUBJECTS}":${jcs(subjects)},` };
}

function tail(record: DecisionRecord, resource: string): string {
  const parent = record.parentSpanId === undefined ? '' : `"parent_span_id":${jcs(record.parentSpanId)},`;
  return `"event_name":${jcs(record.eventName)},${parent}${resource},"span_id":${jcs(record.spanId)},"status":${jcs(record.status)},"timestamp":${jcs(record.timestamp)},"trace_id":${jcs(record.traceId)}}`;
}
