/** `GET /health/live` and `/health/ready`: the process answers; it could answer a decision now. */
import type { DoorResponse, Responses } from './responses.ts';

/** What is missing before a decision can be given, in words for an operator; empty when ready. */
export type Readiness = () => readonly string[];

/** As JSON, what an operator can know beside that. Nothing in it makes the service less ready, and nothing is about a person. */
export type StatusDetails = () => {
  /** Which policy is in force since when, and which was refused at what step and why. */
  readonly policy: object;
  /** Which feeds are stale or missing. */
  readonly facts: object;
};

export function answerLive(responses: Responses, response: DoorResponse): void {
  responses.json(response, 200, { status: 'live' });
}

export function answerReady(
  responses: Responses,
  response: DoorResponse,
  readiness: Readiness,
  details: StatusDetails,
): void {
  const missing = readiness();
  if (missing.length === 0) {
    responses.json(response, 200, { status: 'ready', ...details() });
    return;
  }
  const detail = `Missing: ${missing.join(', ')}`;
  const body = { status: 503, title: 'Not ready', detail, missing, ...details() };
  responses.send(response, 503, 'application/problem+json', JSON.stringify(body));
}
