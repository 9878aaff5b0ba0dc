/** The words of a decision (design.md §1). The core's own types: wire formats are translated at the doors. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** AuthZEN 1.0 subject or resource (AZ-10, AZ-11). Unknown keys travel along unchanged. */
export type Entity = JsonObject & { readonly type: string; readonly id: string };
/** AuthZEN 1.0 action (AZ-12). */
export type Action = JsonObject & { readonly name: string };

/** One AuthZEN question (AZ-20), with personal numbers already replaced by pseudonyms and times in normal form. */
export interface EvaluationRequest {
  readonly subject: Entity;
  readonly action: Action;
  readonly resource: Entity;
  readonly context?: JsonObject;
}

/** An item of a batch that cannot be asked, because members are missing everywhere (CS 3.4.1, K-15). */
export interface IncompleteItem {
  readonly missing: readonly string[];
}

/** AZ-36. */
export type BatchSemantic = 'execute_all' | 'deny_on_first_deny' | 'permit_on_first_permit';

export type SearchKind = 'subject' | 'resource' | 'action';

/**
 * A search question (AZ-52…54): the member that is searched for is partial or absent.
 * What a search must ignore has been left out by the door.
 */
export interface SearchRequest {
  readonly kind: SearchKind;
  readonly subject?: JsonObject;
  readonly action?: JsonObject;
  readonly resource?: JsonObject;
  readonly context?: JsonObject;
}

/** Who asks: the application behind the door, as the configuration knows it. Not the professional. */
export interface Caller {
  readonly name: string;
  /** OIN; such a caller speaks only for subjects of that organisation, which the policy checks. */
  readonly organisation?: string;
  /** Kinds of fact that this caller is a named source of. */
  readonly mayAssert: readonly string[];
  readonly maySetTime: boolean;
  readonly maySimulate: boolean;
  readonly mayLearnPseudonym: boolean;
  readonly authenticated: boolean;
}

/** W3C trace context as it came in; lower-case hex. */
export interface IncomingTrace {
  readonly traceId: string;
  readonly parentSpanId: string;
}

/** What every door hands to the core, once per API call. */
export interface Call {
  readonly caller: Caller;
  readonly trace?: IncomingTrace;
  /** A trace id in `context.traceparent` that differs from the header's; it is noted in the record. */
  readonly otherTraceId?: string;
  /** JSON pointers of times in the body that could not be read and were left out (design.md §4, K-6). */
  readonly leftOut?: readonly string[];
  /** `X-Request-ID`, unless it holds a personal number. */
  readonly requestId?: string;
  /** `Fsc-Transaction-Id` of an FSC in- or outway. */
  readonly fscTransactionId?: string;
  /** The whole body as it will be recorded: unknown keys kept, personal numbers replaced. */
  readonly body: JsonObject;
  /** Pseudonym under the writing key → the same number under every live key, the writing key's first. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
}

/** The time a decision is taken at: UTC instant `YYYY-MM-DDTHH:MM:SS.sssZ`, Dutch calendar date `YYYY-MM-DD`. */
export interface Now {
  readonly time: string;
  readonly date: string;
}

/** What the policy is given (design.md §5). A search leaves out what is searched for. */
export interface PolicyInput {
  readonly caller: { readonly name: string; readonly organisation?: string; readonly asserts: readonly string[] };
  readonly subject?: JsonObject;
  readonly action?: JsonObject;
  readonly resource?: JsonObject;
  readonly context: JsonObject;
  readonly facts: JsonObject;
  readonly now: Now;
}

/** What the policy answers at `authz/decision`, already checked against the contract. */
export interface Outcome {
  readonly decision: boolean;
  /** Goes to the PEP as it is. */
  readonly context?: JsonObject;
  /** Goes to the ledger only: true reason, determining rules, steps. */
  readonly record?: JsonObject;
}

/** The AuthZEN decision object that a PEP gets (AZ-14). */
export type Decision = JsonObject & { readonly decision: boolean; readonly context?: JsonObject };

/** Which policy decided: goes into each record as `adl.core.policies`. */
export interface PolicyIdentity {
  /** Hash of the bundle's file list, lower-case hex. */
  readonly revision: string;
  readonly wasmSha256: string;
  readonly dataSha256: string;
  /** `plan`, `wasm` or `both`: which engine decides. */
  readonly engine: string;
  /** By what right the bundle is in force: sequence and key, and what was done without (a signature, an order, a quorum). */
  readonly release?: JsonObject;
}

export type Entrypoint =
  | 'authz/decision'
  | 'authz/search/subject'
  | 'authz/search/resource'
  | 'authz/search/action'
  /** Asked once, before a bundle comes into force in production: why it must not. */
  | 'authz/unfit_for_production';

/** The five event names of ADL 1.0.0 (§1.1). */
export type EventName =
  | 'adl.access_evaluation'
  | 'adl.access_evaluations'
  | 'adl.search_subject'
  | 'adl.search_resource'
  | 'adl.search_action';

/** One item of a record; a single evaluation and a search have exactly one. */
export interface RecordItem {
  /** The data subject's pseudonym or opaque id, where the request names one. */
  readonly dataSubject?: string;
  /** `input.facts` as the policy saw them; null where the item never came that far. */
  readonly facts: JsonObject | null;
  /** What went to the PEP for this item; null where nothing did. */
  readonly response: JsonObject | null;
  /** `record` of the policy's outcome, or what failed. */
  readonly record: JsonObject | null;
}

/** One record per API call (ADL-01), before it is serialised and chained. */
export interface DecisionRecord {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly eventName: EventName;
  /** Milliseconds since the epoch, by the server's clock. */
  readonly timestamp: number;
  readonly status: 'Unset' | 'Error';
  readonly policy: PolicyIdentity;
  readonly entrypoint: Entrypoint;
  /** The whole request body, as the door handed it over. A batch keeps its items under `evaluations`. */
  readonly request: JsonObject;
  /** The whole response body; null where the call failed. A batch keeps its items under `evaluations`. */
  readonly response: JsonObject | null;
  readonly items: readonly RecordItem[];
  /** Vendor attributes `datwat.*` and `adl.fsc.*`; no personal data but pseudonyms. */
  readonly attributes: JsonObject;
}

/** What a door needs to answer a call that was recorded. */
export interface Answer {
  readonly body: JsonObject;
  /** `<trace_id>-<span_id>`, the same two values as in the ledger record of this call. */
  readonly decisionId: string;
  /** The one data subject of the call, for the `Data-Subject` header of callers that may learn it. */
  readonly dataSubject?: string;
}

/** True for a JSON object: not null, not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
