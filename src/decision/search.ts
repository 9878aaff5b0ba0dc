/** A search (AZ-52…54) is one call about one policy, recorded as any other. */
import { DatwatError, evidenceOf } from './errors.ts';
import type {
  Answer,
  Call,
  Entrypoint,
  EventName,
  JsonObject,
  RecordItem,
  SearchKind,
  SearchRequest,
} from './model.ts';
import { itemContext, openRecord } from './opened-record.ts';
import type { Parts } from './parts.ts';
import { dataSubjectOf, factQuery, policyInput } from './policy-question.ts';
import { type ItemTrail, singleAttributes } from './record-attributes.ts';
import { recordAnswer, recordFailure } from './recording.ts';

const SEARCHES = {
  subject: { entrypoint: 'authz/search/subject', eventName: 'adl.search_subject' },
  resource: { entrypoint: 'authz/search/resource', eventName: 'adl.search_resource' },
  action: { entrypoint: 'authz/search/action', eventName: 'adl.search_action' },
} as const satisfies Record<SearchKind, { entrypoint: Entrypoint; eventName: EventName }>;

/**
 * `toBody` cuts the page and makes the wire shape; it belongs to the door, but what it makes is what gets recorded.
 * Throws as `Decide` does, and `not_found` where the active policy does not offer this search.
 */
export type Search = (
  call: Call,
  request: SearchRequest,
  toBody: (results: readonly JsonObject[]) => JsonObject,
) => Promise<Answer>;

export function createSearch(parts: Parts): Search {
  return async function search(call, request, toBody) {
    const policy = parts.engine.active();
    const { entrypoint, eventName } = SEARCHES[request.kind];
    if (!policy.offers(entrypoint)) throw new DatwatError('not_found');
    const opened = openRecord(parts, call);
    const recording = { opened, eventName, entrypoint, policy: policy.identity, request: call.body };
    const item = itemContext(call, opened.timestamp, request.context);
    const dataSubject = dataSubjectOf(request.resource);
    const about = dataSubject === undefined ? {} : { dataSubject };
    let trail: ItemTrail = { members: request, item };
    let body: JsonObject;
    try {
      const [found] = await parts.facts.lookup([factQuery(call, request, item)]);
      if (found === undefined) throw new Error('the fact source answered fewer items than it was asked');
      trail = { ...trail, found };
      body = toBody(policy.search(entrypoint, policyInput(call.caller, request, item, found.facts)));
    } catch (error) {
      const unanswered: RecordItem = {
        ...about,
        facts: trail.found?.facts ?? null,
        response: null,
        record: evidenceOf(error),
      };
      throw await recordFailure(parts, recording, error, [unanswered], singleAttributes(call, trail));
    }
    const recorded: RecordItem = { ...about, facts: trail.found?.facts ?? null, response: body, record: null };
    await recordAnswer(parts, recording, 'Unset', body, [recorded], singleAttributes(call, trail));
    return { body, decisionId: opened.decisionId, ...about };
  };
}

/** Whether the policy in force answers this search, for the metadata and the 404 (design.md §5). */
export function offersSearch(parts: Pick<Parts, 'engine'>, kind: SearchKind): boolean {
  return parts.engine.active().offers(SEARCHES[kind].entrypoint);
}
