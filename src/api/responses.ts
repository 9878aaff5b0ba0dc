/**
 * Every answer leaves here: one `writeHead`, one `end`, with the headers of ADR 2.2.1, `API-Version` and the echo of
 * `X-Request-ID` (AZ-92), and is counted. INVARIANT: no stack, no cause and nothing that was sent crosses this line.
 */

import type { ServerResponse } from 'node:http';
import { CATALOGUE, DatwatError, type ErrorCode, type Problem } from '../decision/errors.ts';
import type { Log, Metrics } from '../decision/ports.ts';
import { jsonPointer } from './json-pointer.ts';

/** Of the API as `openapi.ts` describes it; follows semantic versioning. */
export const API_VERSION = '1.0.0';

/** Of every answer, whoever gives it (ADR 2.2.1). */
export const ALWAYS: Readonly<Record<string, string>> = {
  'API-Version': API_VERSION,
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** Headers that belong to a kind of failure, whatever the endpoint. */
const WITH_FAILURE: Partial<Record<ErrorCode, Readonly<Record<string, string>>>> = {
  not_authenticated: { 'WWW-Authenticate': 'Bearer realm="datwat"' },
  too_many_requests: { 'Retry-After': '1' },
  // The rest of the body is still on its way; nothing more can be read from this connection.
  body_too_large: { Connection: 'close' },
};

const MOST_IN_DETAIL = 5;
const ASCII = /^[\t -~]*$/;

export type Headers = Readonly<Record<string, string>>;

/** What the doors need of a response. `locals` holds what `openExchange` and `onRoute` noted. */
export type DoorResponse = ServerResponse & { readonly locals: Record<string, unknown> };

export interface Responses {
  send(response: DoorResponse, status: number, contentType: string, body: string, headers?: Headers): void;
  json(response: DoorResponse, status: number, body: object, headers?: Headers): void;
  /** `application/problem+json` (RFC 9457, K-1). Anything but a `DatwatError` is answered as `internal_error`. */
  problem(response: DoorResponse, error: unknown, headers?: Headers): void;
}

export function createResponses(log: Log, metrics: Pick<Metrics, 'answered'>): Responses {
  return { send, json, problem };

  function json(response: DoorResponse, status: number, body: object, headers?: Headers): void {
    send(response, status, 'application/json', JSON.stringify(body), headers);
  }

  function problem(response: DoorResponse, error: unknown, headers?: Headers): void {
    const failure = error instanceof DatwatError ? error : new DatwatError('internal_error', { cause: error });
    const { status, code, message, problems, decisionId } = failure;
    const route = routeOf(response);
    const about = { route, status, code, ...(decisionId !== undefined && { decision_id: decisionId }) };
    if (status >= 500) log.error('request_failed', failure.cause ?? failure, about);
    else log.info('request_refused', about);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const body = {
      status,
      title: CATALOGUE[code].title,
      detail: inWords(problems) || message,
      code,
      ...(problems.length > 0 && { errors: problems.map(withSafePointer) }),
    };
    send(response, status, 'application/problem+json', JSON.stringify(body), {
      ...WITH_FAILURE[code],
      ...(decisionId !== undefined && { 'Decision-Id': decisionId }),
      ...headers,
    });
  }

  function send(response: DoorResponse, status: number, contentType: string, body: string, headers?: Headers): void {
    const requestId = response.req.headers['x-request-id'];
    response.writeHead(status, {
      ...ALWAYS,
      ...(typeof requestId === 'string' && { 'X-Request-ID': requestId }),
      // 204 has no body, and may not say how long it is.
      ...(status !== 204 && { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) }),
      ...headers,
    });
    // Node joins headers and a text in one write, in UTF-8, which would change an echoed header that is not ASCII.
    response.end(typeof requestId === 'string' && !ASCII.test(requestId) ? Buffer.from(body) : body);
    metrics.answered(routeOf(response), status, (performance.now() - startOf(response)) / 1000);
  }
}

/** The first problems; `errors` has them all. */
function inWords(problems: readonly Problem[]): string {
  const first = problems.slice(0, MOST_IN_DETAIL).map(({ detail }) => detail);
  const more = problems.length - first.length;
  return [...first, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/** Other rooms name places by the keys that were sent; a key can be data. */
function withSafePointer({ pointer, detail }: Problem): Problem {
  return { pointer: jsonPointer(pointer.split('/').slice(1)), detail };
}

/** Notes when the exchange began; the first step of the timetable. */
export function openExchange(response: DoorResponse): void {
  response.locals.startedAt = performance.now();
}

/** Notes the pattern of the route, for log and metrics. Never the path that was asked for: a path can hold anything. */
export function onRoute(response: DoorResponse, pattern: string): void {
  response.locals.route = pattern;
}

function startOf({ locals }: DoorResponse): number {
  return typeof locals.startedAt === 'number' ? locals.startedAt : performance.now();
}

function routeOf({ locals }: DoorResponse): string {
  return typeof locals.route === 'string' ? locals.route : 'unmatched';
}
