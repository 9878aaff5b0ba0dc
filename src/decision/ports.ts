/** What the core asks of the other rooms. Each interface is a contract: what may throw, what must never happen. */
import type {
  DecisionRecord,
  Entrypoint,
  Json,
  JsonObject,
  Now,
  Outcome,
  PolicyIdentity,
  PolicyInput,
} from './model.ts';

/** One look-up for one item of a call. */
export interface FactQuery {
  /** The data subject under every live key, the writing key's pseudonym first; empty where none is named. */
  readonly dataSubject: readonly string[];
  /** `subject.id` under every live key, the value as sent first. */
  readonly professional: readonly string[];
  /** `resource.properties.domain` as sent, if it is a string. */
  readonly domain?: string;
  /** `subject.properties.organisation.oin` as sent, if it is a string. */
  readonly organisation?: string;
  /** `context.casus.id` as sent, if it is a string. */
  readonly casusId?: string;
  /** `context.overleg.id` as sent, if it is a string. */
  readonly overlegId?: string;
  /**
   * The people that the question names beside its subject and data subject, as sent: of `staff` only their rows are given.
   * Absent means all of them.
   */
  readonly people?: readonly string[];
  readonly now: Now;
  /** `context.asserted` as sent. */
  readonly asserted?: Json;
  /** Kinds that the caller is a source of; others in `asserted` are ignored. */
  readonly mayAssert: readonly string[];
  /** The caller's name, which becomes the `source` of what it asserts. */
  readonly assertedBy: string;
}

export interface FactsFound {
  /** `input.facts`: `case_relation`, the lists, and `feeds` (design.md §4). Rows are given under the first pseudonym of the query. */
  readonly facts: JsonObject;
  /** Kinds that the caller asserted and that were taken in. */
  readonly asserted: readonly string[];
  /** Kinds that the caller asserted and that were ignored. */
  readonly ignored: readonly string[];
}

/** PIP. Throws `facts_unavailable` when the source fails or is late; never answers less than it knows. */
export interface FactSource {
  lookup(queries: readonly FactQuery[]): Promise<readonly FactsFound[]>;
}

/**
 * One policy, whole and unchanging: hold on to it for a whole call, so that a swap between two steps
 * cannot mislabel a decision.
 */
export interface ActivePolicy {
  readonly identity: PolicyIdentity;
  offers(entrypoint: Entrypoint): boolean;
  /** Throws `policy_error`. INVARIANT: an error is never a permit. */
  decide(input: PolicyInput): Outcome;
  /** `results` of the search entrypoint. Throws `policy_error`. */
  search(entrypoint: Entrypoint, input: PolicyInput): readonly JsonObject[];
}

export interface PolicyEngine {
  /** The policy in force now. Throws `no_policy`. */
  active(): ActivePolicy;
}

/** Write side of the ledger. */
export interface Ledger {
  /**
   * Resolves when the record is durable.
   * Rejects with `decision_not_recorded`, and then nothing of the record stays in the ledger.
   */
  append(record: DecisionRecord): Promise<void>;
}

/** Replaces personal numbers before anything else sees them (design.md §3). */
export interface Pseudonymiser {
  /**
   * The same value with every personal number replaced, and for each pseudonym made its aliases under all live keys.
   * Throws `invalid_request` with a JSON pointer (never the value) where a `data_subject.bsn` fails the 11-proof.
   */
  pseudonymise(body: JsonObject): { body: JsonObject; aliases: ReadonlyMap<string, readonly string[]> };
  /** True where a text holds a personal number, so that it must not be kept. */
  holdsPersonalNumber(text: string): boolean;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Random identifiers from a CSPRNG, never derived from the request (ADL §3.1). */
export interface Ids {
  traceId(): string;
  spanId(): string;
}

/** Application log, for operators. INVARIANT: holds no personal data. */
export interface Log {
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, error: unknown, fields?: Readonly<Record<string, unknown>>): void;
}

/** What is counted. INVARIANT: labels come from a bounded set and hold no personal data. */
export interface Metrics {
  /** One decided item. Labels come from the policy's own answer and the request, bounded by the receiver. */
  decided(item: { outcome: 'permit' | 'deny' | 'error'; level: string; reason: string; domain: string }): void;
  /** One HTTP answer. `route` is the route's pattern, never the raw path. */
  answered(route: string, status: number, seconds: number): void;
  ledgerFlushed(records: number, bytes: number, seconds: number): void;
  ledgerFailed(): void;
  ledgerHead(seq: number, hash: string): void;
  policyActivated(revision: string, atMs: number): void;
  policyRefused(step: string): void;
  /** The two engines gave different answers to the same question; this must wake people. */
  enginesDiffered(): void;
}
