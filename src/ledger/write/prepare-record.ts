import type { DecisionRecord, Json, JsonObject, RecordItem } from '../../decision/model.ts';
import { hmacSha256 } from '../hmac.ts';
import { canonicalNames, jcs, quotedName } from '../jcs.ts';
import {
  BODY,
  CHAIN,
  CONFIGURATION,
  DATA_SUBJECT,
  DATA_SUBJECTS,
  FACTS,
  ITEM_MEMBERS,
  POLICIES,
  SOURCE,
} from '../record-form.ts';
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
    ...attributes(record, prefixes.configuration),
    ...naming(subjects),
    commitments: `[${commitments.join()}]`,
    salts: `[${salts.join()}]`,
    body: `"body":{"${BODY.information}":{"${FACTS}":[${facts.join()}]},"${BODY.request}":${request.whole},${answer}"${BODY.record}":[${records.join()}]},`,
    tail: tail(record, prefixes.resource),
    decisionId: `${record.traceId}-${record.spanId}`,
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
    const list = `[${items.join()}]`;
    return {
      batch,
      whole: joined(record.request, (name) => (name === 'evaluations' ? list : undefined)),
      common: joined(record.request, undefined, (name) => name !== 'evaluations'),
      items,
    };
  }
  const texts = new Map(canonicalNames(record.request).map((name) => [name, jcs(record.request[name])]));
  const known = (name: string) => texts.get(name);
  return {
    batch,
    whole: joined(record.request, known),
    common: joined(record.request, known, (name) => !ITEM.has(name)),
    items: [joined(record.request, known, (name) => ITEM.has(name))],
  };
}

interface SplitResponse {
  readonly whole?: string;
  readonly common?: string;
  readonly items: readonly string[];
}

function splitResponse(record: DecisionRecord, batch: boolean, count: number): SplitResponse {
  const response = record.response;
  if (response === null) return { items: [] };
  if (!batch) {
    const whole = jcs(response);
    return { whole, items: [whole] };
  }
  const evaluations = response.evaluations;
  if (!isList(evaluations)) {
    const whole = jcs(response);
    return { whole, common: whole, items: [] };
  }
  if (evaluations.length > count) throw new TypeError('a response has more items than its request');
  const items = evaluations.map((item) => jcs(item));
  const list = `[${items.join()}]`;
  return {
    whole: joined(response, (name) => (name === 'evaluations' ? list : undefined)),
    common: joined(response, undefined, (name) => name !== 'evaluations'),
    items,
  };
}

/** An object in canonical form, some of its members already serialised, some left out. */
function joined(
  object: JsonObject,
  known?: (name: string) => string | undefined,
  wanted: (name: string) => boolean = () => true,
): string {
  let text = '';
  for (const name of canonicalNames(object)) {
    const value = object[name];
    if (value === undefined || !wanted(name)) continue;
    text += `${text === '' ? '' : ','}${quotedName(name)}${known?.(name) ?? jcs(value)}`;
  }
  return `{${text}}`;
}

/** The attribute that names the data subjects: one for all, or one per item, or none. */
function naming(subjects: readonly (string | undefined)[]): { oneSubject?: string; manySubjects?: string } {
  const first = subjects.find((subject) => subject !== undefined);
  if (first === undefined) return {};
  if (subjects.every((subject) => subject === first)) return { oneSubject: `,"${DATA_SUBJECT}":${jcs(first)}` };
  return { manySubjects: `"${DATA_SUBJECTS}":${jcs(subjects)},` };
}

const CHAIN_PREFIX = CHAIN.commitments.slice(0, CHAIN.commitments.lastIndexOf('.') + 1);
type Attributes = Pick<SealableRecord, 'beforeSubjects' | 'beforeChain' | 'afterChain' | 'afterSubject'>;

/** Attributes that are not the ledger's own, cut where the ledger's own are put in. */
export function cutAttributes(given: JsonObject, leading: ReadonlyMap<string, string>): Attributes {
  const cut = { beforeSubjects: '', beforeChain: '', afterChain: '', afterSubject: '' };
  const names = canonicalNames(given);
  for (const name of leading.size === 0 ? names : [...leading.keys(), ...names].sort()) {
    const ready = leading.get(name);
    if (ready !== undefined && Object.hasOwn(given, name)) throw reserved(name);
    if (name === DATA_SUBJECT || name === DATA_SUBJECTS || name.startsWith(CHAIN_PREFIX)) throw reserved(name);
    const value = given[name];
    if (ready === undefined && value === undefined) continue;
    const member = quotedName(name) + (ready ?? jcs(value));
    if (name < DATA_SUBJECTS) cut.beforeSubjects += `${member},`;
    else if (name < CHAIN_PREFIX) cut.beforeChain += `${member},`;
    else if (name < DATA_SUBJECT) cut.afterChain += `,${member}`;
    else cut.afterSubject += `,${member}`;
  }
  return cut;
}

function reserved(name: string): TypeError {
  return new TypeError(`the attribute ${name} is written by the ledger itself`);
}

const policyTexts = new WeakMap<object, Map<string, string>>();

function attributes(record: DecisionRecord, configuration: string): Attributes {
  const texts = policyTexts.get(record.policy) ?? new Map<string, string>();
  if (texts.size === 0) policyTexts.set(record.policy, texts);
  let policies = texts.get(record.entrypoint);
  if (policies === undefined) {
    const { revision, wasmSha256, dataSha256, engine } = record.policy;
    const reference: Json = {
      revision,
      wasm_sha256: wasmSha256,
      data_sha256: dataSha256,
      entrypoint: record.entrypoint,
      engine,
    };
    policies = jcs({ [SOURCE]: reference });
    texts.set(record.entrypoint, policies);
  }
  return cutAttributes(
    record.attributes,
    new Map([
      [CONFIGURATION, configuration],
      [POLICIES, policies],
    ]),
  );
}

function tail(record: DecisionRecord, resource: string): string {
  const parent = record.parentSpanId === undefined ? '' : `"parent_span_id":${jcs(record.parentSpanId)},`;
  return `"event_name":${jcs(record.eventName)},${parent}"resource":${resource},"span_id":${jcs(record.spanId)},"status":${jcs(record.status)},"timestamp":${jcs(record.timestamp)},"trace_id":${jcs(record.traceId)}}`;
}

function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}
