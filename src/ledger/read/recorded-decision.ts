import {
  type Entrypoint,
  type EventName,
  isObject,
  type Json,
  type JsonObject,
  type PolicyIdentity,
} from '../../decision/model.ts';
import { BODY, DATA_SUBJECT, DATA_SUBJECTS, FACTS, POLICIES, SOURCE } from '../record-form.ts';

/** What a record holds of a decision: enough to take it again on the same policy, or on another. */
export interface RecordedDecision {
  /** `<trace_id>-<span_id>` */
  readonly decisionId: string;
  readonly eventName: EventName;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly status: 'Unset' | 'Error';
  readonly policy: PolicyIdentity;
  readonly entrypoint: Entrypoint;
  /** The whole request body, as it was recorded. */
  readonly request: JsonObject;
  readonly response: JsonObject | null;
  readonly items: readonly RecordedItem[];
  /** All attributes, with `datwat.now` and `datwat.caller`. */
  readonly attributes: JsonObject;
}

export interface RecordedItem {
  readonly dataSubject?: string;
  readonly facts: JsonObject | null;
  readonly record: JsonObject | null;
  /** True where the item was erased by order: it cannot be taken again. */
  readonly erased: boolean;
}

/** The decision in a record; undefined for an event that is none. Throws Error where the record is not in its form. */
export function recordedDecision(record: JsonObject): RecordedDecision | undefined {
  const { body, attributes, event_name, timestamp } = record;
  if (body === undefined) return undefined;
  if (!isObject(body) || !isObject(attributes) || typeof timestamp !== 'number') throw unsound('members');
  const request = body[BODY.request];
  const response = body[BODY.response] ?? null;
  if (!isObject(request) || (response !== null && !isObject(response))) throw unsound(BODY.request);
  return {
    decisionId: `${record.trace_id}-${record.span_id}`,
    eventName: event_name as EventName,
    timestamp,
    status: record.status === 'Error' ? 'Error' : 'Unset',
    ...policyIn(attributes),
    request,
    response,
    items: itemsIn(body, attributes),
    attributes,
  };
}

function policyIn(attributes: JsonObject): { policy: PolicyIdentity; entrypoint: Entrypoint } {
  const policies = attributes[POLICIES];
  const reference = isObject(policies) ? policies[SOURCE] : undefined;
  if (!isObject(reference)) throw unsound(POLICIES);
  const text = (name: string) => {
    const value = reference[name];
    if (typeof value !== 'string') throw unsound(POLICIES);
    return value;
  };
  return {
    policy: {
      revision: text('revision'),
      wasmSha256: text('wasm_sha256'),
      dataSha256: text('data_sha256'),
      engine: text('engine'),
    },
    entrypoint: text('entrypoint') as Entrypoint,
  };
}

function itemsIn(body: JsonObject, attributes: JsonObject): RecordedItem[] {
  const information = body[BODY.information];
  const facts = listIn(isObject(information) ? information[FACTS] : undefined);
  const records = listIn(body[BODY.record]);
  const erased = new Set(listIn(body[BODY.erased] ?? []).map((mark) => (isObject(mark) ? mark.piece : undefined)));
  const many = attributes[DATA_SUBJECTS];
  return facts.map((fact, i) => {
    const subject = Array.isArray(many) ? many[i] : attributes[DATA_SUBJECT];
    const record = records[i];
    return {
      ...(typeof subject === 'string' && { dataSubject: subject }),
      facts: isObject(fact) ? fact : null,
      record: isObject(record) ? record : null,
      erased: erased.has(i + 1),
    };
  });
}

function listIn(value: Json | undefined): readonly Json[] {
  if (!Array.isArray(value)) throw unsound('body');
  return value;
}

function unsound(what: string): Error {
  return new Error(`the ledger record is not in its form: ${what}`);
}
