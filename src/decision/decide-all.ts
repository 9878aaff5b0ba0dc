/** A batch walks the same rooms once, with its items inside the steps facts and engine (AZ-30…42). */

import { decisionOf } from './decide.ts';
import { CATALOGUE, DatwatError } from './errors.ts';
import type {
  Answer,
  BatchSemantic,
  Call,
  EvaluationRequest,
  IncompleteItem,
  JsonObject,
  RecordItem,
} from './model.ts';
import { type ItemContext, itemContext, openRecord } from './opened-record.ts';
import type { Parts } from './parts.ts';
import { dataSubjectOf, factQuery, policyInput } from './policy-question.ts';
import type { ActivePolicy, FactsFound } from './ports.ts';
import { batchAttributes, type ItemTrail } from './record-attributes.ts';
import { recordAnswer, recordFailure } from './recording.ts';
import { count } from './tally.ts';

/** Throws as `Decide` does. An item that cannot be asked, or that fails, is `decision: false` and does not stop others. */
export type DecideAll = (
  call: Call,
  items: readonly (EvaluationRequest | IncompleteItem)[],
  semantic: BatchSemantic,
) => Promise<Answer>;

interface Item {
  readonly request: EvaluationRequest | IncompleteItem;
  readonly item: ItemContext;
}

interface Answered {
  readonly trail: ItemTrail;
  readonly response: JsonObject & { readonly decision: boolean };
  readonly failed: boolean;
}

export function createDecideAll(parts: Parts): DecideAll {
  return async function decideAll(call, requests, semantic) {
    const policy = parts.engine.active();
    const opened = openRecord(parts, call);
    const recording = {
      opened,
      eventName: 'adl.access_evaluations',
      entrypoint: 'authz/decision',
      policy: policy.identity,
      request: call.body,
    } as const;
    const items = requests.map(
      (request): Item => ({
        request,
        item: itemContext(call, opened.timestamp, 'missing' in request ? undefined : request.context),
      }),
    );
    let found: readonly (FactsFound | undefined)[];
    try {
      found = await lookUp(parts, call, items);
    } catch (error) {
      const trails = items.map(
        ({ request, item }): ItemTrail => ({ members: membersOf(request), item, decision: false }),
      );
      const unanswered = trails.map((trail): RecordItem => recordItem(trail, null));
      const failure = await recordFailure(parts, recording, error, unanswered, batchAttributes(call, trails));
      for (const trail of trails) count(parts.metrics, trail, 'error');
      throw failure;
    }
    const answered: Answered[] = [];
    for (const [index, item] of items.entries()) {
      const answer = decideItem(parts, policy, call, item, found[index]);
      answered.push(answer);
      if (semantic === 'deny_on_first_deny' && !answer.response.decision) break;
      if (semantic === 'permit_on_first_permit' && answer.response.decision) break;
    }
    const body = { evaluations: answered.map(({ response }) => response) };
    const status = answered.some(({ failed }) => failed) ? 'Error' : 'Unset';
    // Items after a short-circuit were asked for but not evaluated: they stand in the record without an answer.
    const records = items.map(({ request, item }, index): RecordItem => {
      const answer = answered[index];
      if (answer) return recordItem(answer.trail, answer.response);
      return recordItem({ members: membersOf(request), item, decision: false }, null);
    });
    const trails = answered.map(({ trail }) => trail);
    await recordAnswer(parts, recording, status, body, records, batchAttributes(call, trails));
    for (const { trail, failed, response } of answered) {
      count(parts.metrics, trail, failed ? 'error' : response.decision ? 'permit' : 'deny');
    }
    return { body, decisionId: opened.decisionId, ...onlySubject(records) };
  };
}

/** One look-up for all items that can be asked; the places of the others stay empty. */
async function lookUp(parts: Parts, call: Call, items: readonly Item[]): Promise<readonly (FactsFound | undefined)[]> {
  const askable = items.flatMap(({ request, item }, index) => ('missing' in request ? [] : [{ request, item, index }]));
  const queries = askable.map(({ request, item }) => factQuery(call, request, item));
  const answers = queries.length === 0 ? [] : await parts.facts.lookup(queries);
  if (answers.length !== queries.length) throw new Error('the fact source answered fewer items than it was asked');
  const places: (FactsFound | undefined)[] = items.map(() => undefined);
  for (const [position, { index }] of askable.entries()) places[index] = answers[position];
  return places;
}

function decideItem(
  parts: Pick<Parts, 'log'>,
  policy: ActivePolicy,
  call: Call,
  { request, item }: Item,
  found: FactsFound | undefined,
): Answered {
  if ('missing' in request) {
    const message = `The item lacks ${request.missing.join(', ')}, and the batch gives no default for it`;
    const trail = { members: {}, item, decision: false };
    return { trail, response: refused(CATALOGUE.invalid_request.status, message), failed: false };
  }
  const members = membersOf(request);
  try {
    if (found === undefined) throw new Error('no facts were looked up for this item');
    const outcome = policy.decide(policyInput(call.caller, members, item, found.facts));
    const trail = { members, item, found, outcome, decision: outcome.decision };
    return { trail, response: decisionOf(outcome), failed: false };
  } catch (error) {
    const failure = error instanceof DatwatError ? error : new DatwatError('internal_error', { cause: error });
    parts.log.error('item_failed', failure, { code: failure.code });
    const evidence = failure.evidence;
    const trail = { members, item, ...(found && { found }), ...(evidence && { evidence }), decision: false };
    return { trail, response: refused(failure.status, failure.message), failed: true };
  }
}

/** The shape that AZ-42 gives as example for an error of one item. */
function refused(status: number, message: string): Answered['response'] {
  return { decision: false, context: { error: { status, message } } };
}

function membersOf(request: EvaluationRequest | IncompleteItem): ItemTrail['members'] {
  return 'missing' in request ? {} : request;
}

function recordItem(trail: ItemTrail, response: JsonObject | null): RecordItem {
  const dataSubject = dataSubjectOf(trail.members.resource);
  return {
    ...(dataSubject !== undefined && { dataSubject }),
    facts: trail.found?.facts ?? null,
    response,
    record: trail.outcome?.record ?? trail.evidence ?? null,
  };
}

/** The one person that all items concern, if there is one. */
function onlySubject(items: readonly RecordItem[]): { dataSubject?: string } {
  const subjects = new Set(items.map((item) => item.dataSubject));
  const [only] = subjects;
  return subjects.size === 1 && only !== undefined ? { dataSubject: only } : {};
}
