/**
 * The walk that every deciding door shares (design.md §3, steps 1, 2 and 7): who asks, what is asked, personal numbers out,
 * the core's answer back. INVARIANT: nothing is sent before the core resolves, and it resolves when the record is durable.
 */
import type { IncomingMessage } from 'node:http';
import { DatwatError, type Problem } from '../decision/errors.ts';
import { createGather, nextRoom } from '../decision/in-step.ts';
import type { Answer, Call, Caller, JsonObject } from '../decision/model.ts';
import type { Pseudonymiser } from '../decision/ports.ts';
import type { AuthenticateCaller } from './authenticate-caller.ts';
import type { Door } from './callers.ts';
import type { DecisionDoor } from './decision-door.ts';
import type { LimitRate } from './rate-limit.ts';
import { readBody, requireJson } from './read-body.ts';
import { own, ownObject } from './request-members.ts';
import type { DoorResponse, Headers, Responses } from './responses.ts';
import { parseStrictJson } from './strict-json.ts';
import { incomingTrace } from './trace-context.ts';

export interface WalkParts {
  readonly authenticate: AuthenticateCaller;
  readonly limitRate: LimitRate;
  readonly pseudonymiser: Pseudonymiser;
  readonly limits: { readonly body: number; readonly depth: number };
  readonly responses: Responses;
}

const ASCII = /^[\t -~]*$/;

export type Walk = (request: IncomingMessage, response: DoorResponse) => Promise<void>;

/** `doorName` is what the configuration calls it in `callers[].doors`. Rejects with what the caller may learn. */
export function createWalk(parts: WalkParts, doorName: Door, door: DecisionDoor): Walk {
  const gather = createGather();
  return async function walk(request, response) {
    const { caller, mayEnter } = await parts.authenticate(request.headers.authorization);
    if (!mayEnter(doorName)) throw new DatwatError('door_not_allowed');
    parts.limitRate(caller);
    requireJson(request.headers);
    const bytes = await readBody(request, parts.limits.body);
    await gather();
    const sent = parseStrictJson(bytes, parts.limits.depth);
    await nextRoom();
    const { body, aliases } = withoutPersonalNumbers(parts.pseudonymiser, sent, door.problems(sent));
    const question = door.question(body);
    await nextRoom();
    const answer = await question.ask(openCall(request, caller, body, aliases, question.leftOut));
    parts.responses.json(response, 200, answer.body, answerHeaders(answer, caller, aliases));
  };

  function openCall(
    request: IncomingMessage,
    caller: Caller,
    body: JsonObject,
    aliases: Call['aliases'],
    leftOut: readonly string[],
  ): Call {
    const requestId = kept(request.headers['x-request-id']);
    const fscTransactionId = kept(request.headers['fsc-transaction-id']);
    const traceparent = kept(request.headers.traceparent);
    return {
      caller,
      ...incomingTrace(traceparent, own(ownObject(body, 'context') ?? {}, 'traceparent')),
      ...(leftOut.length > 0 && { leftOut }),
      ...(requestId !== undefined && { requestId }),
      ...(fscTransactionId !== undefined && { fscTransactionId }),
      body,
      aliases,
    };
  }

  /** Headers carry no personal data (design.md §3); one that does is echoed and forgotten. */
  function kept(header: string | string[] | undefined): string | undefined {
    if (typeof header !== 'string') return undefined;
    // Of a header Node makes a character of each byte.
    const read = ASCII.test(header) ? header : Buffer.from(header, 'latin1').toString('utf8');
    const holds = parts.pseudonymiser.holdsPersonalNumber(read);
    return holds || (read !== header && parts.pseudonymiser.holdsPersonalNumber(header)) ? undefined : header;
  }
}

/** Every problem at once: those of the shape, and those of the personal numbers. */
function withoutPersonalNumbers(
  pseudonymiser: Pseudonymiser,
  sent: JsonObject,
  problems: readonly Problem[],
): ReturnType<Pseudonymiser['pseudonymise']> {
  try {
    const safe = pseudonymiser.pseudonymise(sent);
    if (problems.length === 0) return safe;
  } catch (error) {
    if (!(error instanceof DatwatError) || problems.length === 0) throw error;
    throw new DatwatError(error.code, { problems: [...problems, ...error.problems] });
  }
  throw new DatwatError('invalid_request', { problems });
}

function answerHeaders(answer: Answer, caller: Caller, aliases: Call['aliases']): Headers {
  const { decisionId, dataSubject } = answer;
  // Only a pseudonym that was made here; an opaque id is the application's own, and may not fit a header.
  const learns = caller.mayLearnPseudonym && dataSubject !== undefined && aliases.has(dataSubject);
  return { 'Decision-Id': decisionId, ...(learns && { 'Data-Subject': dataSubject }) };
}
