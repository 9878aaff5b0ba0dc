import type { JsonObject } from './model.ts';

/**
 * The catalogue of everything that can stop a call: a stable code, the HTTP status, and what the caller may read.
 * The table of failures in standards.md §9 is this table. `cause` never crosses a door.
 */
export const CATALOGUE = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  not_authenticated: { status: 401, title: 'Authentication is required' },
  door_not_allowed: { status: 403, title: 'This caller may not use this endpoint' },
  not_found: { status: 404, title: 'There is no such endpoint' },
  method_not_allowed: { status: 405, title: 'This method is not offered here' },
  body_too_large: { status: 413, title: 'The request body is too large' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  policy_error: { status: 500, title: 'The policy could not be evaluated; nothing was permitted' },
  internal_error: { status: 500, title: 'Internal error; nothing was permitted' },
  facts_unavailable: { status: 503, title: 'The facts could not be read; nothing was permitted' },
  decision_not_recorded: { status: 503, title: 'The decision could not be recorded; nothing was permitted' },
  no_policy: { status: 503, title: 'No policy is loaded; nothing was permitted' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof CATALOGUE;

/** One problem in what was sent. INVARIANT: names the place, never repeats the value. */
export interface Problem {
  /** JSON pointer (RFC 6901) into the request body; `''` is the body itself. */
  readonly pointer: string;
  readonly detail: string;
}

/** What an error leaves for the ledger. */
export function evidenceOf(error: unknown): JsonObject | null {
  return error instanceof DatwatError ? error.evidence : null;
}

/** The only error that doors know how to answer; anything else is answered as `internal_error`. */
export class DatwatError extends Error {
  readonly code: ErrorCode;
  readonly problems: readonly Problem[];
  /** Set where the failed call stands in the ledger. */
  decisionId?: string;
  /** What the ledger must know of it, and nobody else. */
  readonly evidence: JsonObject | null;

  constructor(
    code: ErrorCode,
    options: { problems?: readonly Problem[]; cause?: unknown; evidence?: JsonObject } = {},
  ) {
    super(CATALOGUE[code].title, { cause: options.cause });
    this.name = 'DatwatError';
    this.code = code;
    this.problems = options.problems ?? [];
    this.evidence = options.evidence ?? null;
  }

  get status(): number {
    return CATALOGUE[this.code].status;
  }
}
