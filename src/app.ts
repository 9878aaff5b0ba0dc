/**
 * The timetable: which steps run on which route, in which order. Express 5 carries the doors, tuned as design.md §8 says:
 * no etag, no query parser, no body parser, no more steps than these.
 */
import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { createWalk, type WalkParts } from './api/decision-walk.ts';
import { createEvaluationDoor } from './api/evaluation.ts';
import { createEvaluationsDoor } from './api/evaluations.ts';
import { type ApplyFacts, createFactChanges, FACTS_PATH } from './api/fact-changes.ts';
import { answerLive, answerReady, type Readiness, type StatusDetails } from './api/health.ts';
import { type Contact, openApi } from './api/openapi.ts';
import { API_BASE, METADATA_CACHE, METADATA_PATH, pdpMetadata } from './api/pdp-metadata.ts';
import { onRoute, openExchange } from './api/responses.ts';
import { createSearchDoor } from './api/search.ts';
import type { Decide } from './decision/decide.ts';
import type { DecideAll } from './decision/decide-all.ts';
import { DatwatError } from './decision/errors.ts';
import type { SearchKind } from './decision/model.ts';
import type { Search } from './decision/search.ts';

export interface AppParts extends WalkParts {
  readonly decide: Decide;
  readonly decideAll: DecideAll;
  readonly search: Search;
  /** Whether the policy in force answers this search. Throws `no_policy`. */
  readonly offers: (kind: SearchKind) => boolean;
  /** Takes changes of facts from the applications that are their source; absent where facts come in no such way. */
  readonly applyFacts?: ApplyFacts;
  readonly maxItems: number;
  /** What the metadata names. Asked at each request: without a configured one it is known after listening. */
  readonly publicUrl: () => string;
  /** Path of the configured public URL, `''` where it has none. */
  readonly publicPath: string;
  /** Who answers questions about this API. */
  readonly contact?: Contact;
  readonly readiness: Readiness;
  readonly details: StatusDetails;
  readonly exposition: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

const SEARCHES: readonly SearchKind[] = ['subject', 'resource', 'action'];

export function createApp(parts: AppParts): Express {
  const { responses, offers, publicUrl, publicPath } = parts;
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', false);
  // A trailing slash or another case is another path, and 404 (ADR, no-trailing-slash).
  app.enable('strict routing');
  app.enable('case sensitive routing');

  // 1. The clock starts; a proxy in front may keep the public path or take it off.
  app.use((request, response, next) => {
    openExchange(response);
    if (publicPath !== '' && request.url.startsWith(`${publicPath}/`))
      request.url = request.url.slice(publicPath.length);
    next();
  });

  // 2. Decisions first, for they are asked most: caller, body, personal numbers, core, answer.
  const evaluation = createWalk(parts, 'authzen', createEvaluationDoor(parts.decide));
  const evaluations = createWalk(
    parts,
    'authzen',
    createEvaluationsDoor(parts.decide, parts.decideAll, parts.maxItems),
  );
  offer('POST', `${API_BASE}/evaluation`, evaluation);
  offer('POST', `${API_BASE}/evaluations`, evaluations);
  for (const kind of SEARCHES) {
    const path = `${API_BASE}/search/${kind}`;
    // Before anything else: where the policy has no such entrypoint there is no such endpoint, for any method.
    app.all(path, (_request, _response, next) => next(offers(kind) ? undefined : new DatwatError('not_found')));
    offer('POST', path, createWalk(parts, 'authzen', createSearchDoor(kind, parts.search)));
  }

  // 3. What applications tell as it happens.
  if (parts.applyFacts) offer('POST', FACTS_PATH, createFactChanges(parts, parts.applyFacts));

  // 4. What anyone may know, without credentials.
  for (const path of new Set([METADATA_PATH, METADATA_PATH + literally(publicPath)])) {
    offer('GET', path, (_request, response) =>
      responses.json(response, 200, pdpMetadata(publicUrl(), offers), { 'Cache-Control': METADATA_CACHE }),
    );
  }
  offer('GET', `${API_BASE}/openapi.json`, (_request, response) =>
    responses.json(response, 200, openApi(publicUrl(), offers, parts.contact), { 'Access-Control-Allow-Origin': '*' }),
  );
  offer('GET', '/health/live', (_request, response) => answerLive(responses, response));
  offer('GET', '/health/ready', (_request, response) =>
    answerReady(responses, response, parts.readiness, parts.details),
  );
  offer('GET', '/metrics', async (_request, response) => {
    const { contentType, text } = await parts.exposition();
    responses.send(response, 200, contentType, text);
  });

  // 5. Everything else, and everything that went wrong.
  app.use((_request, response) => responses.problem(response, new DatwatError('not_found')));
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) =>
    responses.problem(response, error),
  );
  return app;

  /** One method on one path; another method is 405 with `Allow`. */
  function offer(method: 'GET' | 'POST', path: string, handler: RequestHandler): void {
    const allow = method === 'GET' ? 'GET, HEAD, OPTIONS' : 'POST, OPTIONS';
    const step: RequestHandler = (request, response, next) => {
      onRoute(response, path);
      return handler(request, response, next);
    };
    if (method === 'GET') app.get(path, step);
    else app.post(path, step);
    app.all(path, (request, response) => {
      onRoute(response, path);
      if (request.method === 'OPTIONS') responses.send(response, 204, 'text/plain', '', { Allow: allow });
      else responses.problem(response, new DatwatError('method_not_allowed'), { Allow: allow });
    });
  }
}

/** The path as text, where Express would read some characters as a pattern. */
function literally(path: string): string {
  return path.replace(/[\\{}()[\]:*?+!]/g, '\\$&');
}
