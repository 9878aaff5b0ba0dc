/** `POST /access/v1/search/{subject,resource,action}` (AZ-50…66): what a search ignores stays out, and pages are cut here. */
import { DatwatError } from '../decision/errors.ts';
import type { Json, JsonObject, SearchKind, SearchRequest } from '../decision/model.ts';
import type { Search } from '../decision/search.ts';
import type { DecisionDoor } from './decision-door.ts';
import { type Page, pageProblems, readPage } from './page.ts';
import { ACTION, ownObject, RESOURCE, type Shape, SUBJECT, shapeProblems } from './request-members.ts';
import { normaliseTimes } from './request-times.ts';

/** The entity that is searched for needs a type only; an action search has no action (AZ-54). */
const SHAPES: Readonly<Record<SearchKind, readonly Shape[]>> = {
  subject: [{ member: 'subject', texts: ['type'] }, ACTION, RESOURCE],
  resource: [SUBJECT, ACTION, { member: 'resource', texts: ['type'] }],
  action: [SUBJECT, RESOURCE],
};

export function createSearchDoor(kind: SearchKind, search: Search): DecisionDoor {
  return {
    problems: (body) => [...shapeProblems(body, SHAPES[kind]), ...pageProblems(body)],
    question(body) {
      const { request, leftOut } = readSearch(kind, body);
      return {
        leftOut,
        ask(call) {
          const page = readPage(body, boundTo(call.caller.name, request, body));
          return search(call, request, (results) => toBody(request, results, page));
        },
      };
    },
  };
}

export function readSearch(kind: SearchKind, body: JsonObject): { request: SearchRequest; leftOut: readonly string[] } {
  const { [kind]: _, ...given } = {
    subject: ownObject(body, 'subject') ?? {},
    action: ownObject(body, 'action') ?? {},
    resource: ownObject(body, 'resource') ?? {},
  };
  const { id: __, ...sought } = ownObject(body, kind) ?? {};
  const context = ownObject(body, 'context');
  const { members, leftOut } = normaliseTimes({
    ...given,
    ...(kind !== 'action' && { [kind]: sought }),
    ...(context && { context }),
  });
  return { request: { kind, ...members }, leftOut };
}

/** Everything that must stay the same from page to page; trace context is new with each call. */
function boundTo(caller: string, { kind, context, ...members }: SearchRequest, body: JsonObject): JsonObject {
  const { traceparent: _, tracestate: __, ...rest } = context ?? {};
  const properties = ownObject(ownObject(body, 'page') ?? {}, 'properties') ?? {};
  return { caller, kind, ...members, context: rest, properties };
}

/** The results in a fixed order, cut to the page. `page` stands first (AZ-55), and only where pages were asked for. */
function toBody({ kind, ...members }: SearchRequest, results: readonly JsonObject[], page: Page): JsonObject {
  const all = kind === 'action' ? actions(results) : entities(results, members[kind]?.type);
  if (page.limit === undefined) return { results: all };
  const end = page.offset + page.limit;
  const cut = all.slice(page.offset, end);
  const next_token = end < all.length ? page.tokenAt(end) : '';
  return { page: { next_token, count: cut.length, total: all.length }, results: cut };
}

/** Exactly `{type,id}`, each once, of the type that was asked for. */
function entities(results: readonly JsonObject[], type: Json | undefined): JsonObject[] {
  const ids = new Set<string>();
  for (const result of results) {
    if (typeof result.type !== 'string' || typeof result.id !== 'string') throw malformed();
    if (result.type === type) ids.add(result.id);
  }
  return [...ids].sort().map((id) => ({ type: type ?? '', id }));
}

function actions(results: readonly JsonObject[]): JsonObject[] {
  const names = new Set<string>();
  for (const result of results) {
    if (typeof result.name !== 'string') throw malformed();
    names.add(result.name);
  }
  return [...names].sort().map((name) => ({ name }));
}

function malformed(): DatwatError {
  return new DatwatError('policy_error', { cause: new Error('a search result is no entity and no action') });
}
