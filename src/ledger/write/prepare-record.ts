import type { DecisionRecord, Json, JsonObject, PolicyIdentity, RecordItem } from '../../decision/model.ts';
import { hmacSha256 } from '../hmac.ts';
import { canonicalNames, jcs, quotedName } from '../jcs.ts';
import { BODY, CHAIN, DATA_SUBJECT, DATA_SUBJECTS, FACTS, ITEM_MEMBERS, POLICIES, SOURCE } from '../record-form.ts';
import { nextSalt } from './salts.ts';
import type { SealableRecord } from './seal-record.ts';

const ITEM = new Set<string>(ITEM_MEMBERS);
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
  const commit = (piece: string) => {
    const salt = nextSalt();
    commitments.push(`"${hmacSha256(salt, piece)}"`);
    salts.push(`"${salt.toString('base64url')}"`);
  };
  const facts: string[] = [];
  const records: string[] = [];

  commit(`{"request":${request.common}${response.common === undefined ? '' : `,"response":${response.common}`}}`);
  for (let i = 0; i < count; i++) {
    const item = record.items[i] ?? NOTHING;
    const subject = subjects[i];
    const itsFacts = jcs(item.facts);
    const itsRecord = jcs(item.record);
    const itsResponse = response.items[i];
    facts.push(itsFacts);
    records.push(itsRecord);
    commit(
      `{${subject === undefined ? '' : `"data_subject":${jcs(subject)},`}"facts":${itsFacts},"record":${itsRecord},"request":${request.items[i]}${itsResponse === undefined ? '' : `,"response":${itsResponse}`}}`,
    );
  }

  const answer = response.whole === undefined ? '' : `"${BODY.response}":${response.whole},`;
  return {
    ...cutAttributes(record.attributes, prefixes.configuration + policyMember(record)),
    ...naming(subjects),
    commitments: `[${commitments.join()}]`,
    salts: `[${salts.join()}]`,
    body: `"body":{"${BODY.information}":{"${FACTS}":[${facts.join()}]},"${BODY.request}":${request.whole},${answer}"${BODY.record}":[${records.join()}]},`,
    tail: tail(record, prefixes.resource),
  };
}

interface SplitRequest {
  readonly batch: boolean;
  readonly whole: string;
  readonly common: string;
  readonly items: readonly string[];
}

/** A batch is what came in through the batch endpoint with at least one item; anything else is one item. */
function splitRequest(record: DecisionRecord): SplitRequest {
  const evaluations = record.request.evaluations;
  const batch = record.eventName === 'adl.access_evaluations' && isList(evaluations) && evaluations.length > 0;
  if (batch) {
    const items = evaluations.map((item) => jcs(item));
    const { whole, outside } = cut(record.request, isEvaluations, items);
    return { batch, whole, common: outside, items };
  }
  const { whole, inside, outside } = cut(record.request, isOfItem);
  return { batch, whole, common: outside, items: [inside] };
}

interface SplitResponse {
  readonly whole?: string;
  readonly common?: string;
  readonly items: readonly string[];
}

function splitResponse(record: DecisionRecord, batch: boolean, count: number): SplitResponse {
  const response = record.response;
  if (response === null) return { items: [] };
  const evaluations = batch ? response.evaluations : undefined;
  if (!isList(evaluations)) {
    const whole = jcs(response);
    return batch ? { whole, common: whole, items: [] } : { whole, items: [whole] };
  }
  if (evaluations.length > count) throw new TypeError('a response has more items than its request');
  const items = evaluations.map((item) => jcs(item));
  const { whole, outside } = cut(response, isEvaluations, items);
  return { whole, common: outside, items };
}

const isEvaluations = (name: string) => name === 'evaluations';
const isOfItem = (name: string) => ITEM.has(name);

/**
 * An object in canonical form: whole, and as two objects of the members that are inside and outside. `ready` are the elements
 * of the member inside, where they have been serialised already.
 */
function cut(
  object: JsonObject,
  isInside: (name: string) => boolean,
  ready?: readonly string[],
): { whole: string; inside: string; outside: string } {
  let whole = '';
  let inside = '';
  let outside = '';
  for (const name of canonicalNames(object)) {
    const value = object[name];
    if (value === undefined) continue;
    const within = isInside(name);
    const member = `,${quotedName(name)}${within && ready !== undefined ? `[${ready.join()}]` : jcs(value)}`;
    whole += member;
    if (within) inside += member;
    else outside += member;
  }
  return { whole: `{${whole.slice(1)}}`, inside: `{${inside.slice(1)}}`, outside: `{${outside.slice(1)}}` };
}

/** The attribute that names the data subjects: one for all, or one per item, or none. */
function naming(subjects: readonly (string | undefined)[]): { oneSubject?: string; manySubjects?: string } {
  const first = subjects.find((subject) => subject !== undefined);
  if (first === undefined) return {};
  if (subjects.every((subject) => subject === first)) return { oneSubject: `,"${DATA_SUBJECT}":${jcs(first)}` };
  return { manySubjects: `"${DATA_SUBJECTS}":${jcs(subjects)},` };
}

const CHAIN_PREFIX = CHAIN.commitments.slice(0, CHAIN.commitments.lastIndexOf('.') + 1);
type Attributes = Pick<SealableRecord, 'beforeSubjects' | 'beforeChain' | 'afterChain'>;

/**
 * The attributes, cut where the ledger puts in its own. `leading` are those of ADL's core, which sort before all others, each
 * with a comma behind it. Throws TypeError for a name that is neither a vendor's nor FSC's: ADL's core is written here alone.
 */
export function cutAttributes(given: JsonObject, leading: string): Attributes {
  let beforeSubjects = leading;
  let beforeChain = '';
  let afterChain = '';
  for (const name of canonicalNames(given)) {
    const value = given[name];
    if (value === undefined) continue;
    const vendor = name.startsWith('datwat.') || name.startsWith('adl.fsc.');
    if (!vendor || name === DATA_SUBJECTS || name.startsWith(CHAIN_PREFIX)) {
      throw new TypeError(`an attribute may not be called ${name}`);
    }
    const member = quotedName(name) + jcs(value);
    if (name < DATA_SUBJECTS) beforeSubjects += `${member},`;
    else if (name < CHAIN_PREFIX) beforeChain += `${member},`;
    else afterChain += `,${member}`;
  }
  return { beforeSubjects, beforeChain, afterChain };
}

/** Per policy and entrypoint, of which there are few: `"adl.core.policies":…,`. */
const policyMembers = new WeakMap<PolicyIdentity, Map<string, string>>();

function policyMember(record: DecisionRecord): string {
  let members = policyMembers.get(record.policy);
  if (members === undefined) {
    members = new Map();
    policyMembers.set(record.policy, members);
  }
  let member = members.get(record.entrypoint);
  if (member === undefined) {
    const { revision, wasmSha256, dataSha256, engine } = record.policy;
    const reference = {
      revision,
      wasm_sha256: wasmSha256,
      data_sha256: dataSha256,
      entrypoint: record.entrypoint,
      engine,
    };
    member = `"${POLICIES}":${jcs({ [SOURCE]: reference })},`;
    members.set(record.entrypoint, member);
  }
  return member;
}

function tail(record: DecisionRecord, resource: string): string {
  const parent = record.parentSpanId === undefined ? '' : `"parent_span_id":${jcs(record.parentSpanId)},`;
  return `"event_name":${jcs(record.eventName)},${parent}${resource},"span_id":${jcs(record.spanId)},"status":${jcs(record.status)},"timestamp":${jcs(record.timestamp)},"trace_id":${jcs(record.traceId)}}`;
}

function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}
