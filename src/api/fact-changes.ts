/**
 * `POST /facts/v1/changes`: an application that is a source of facts tells what has changed, as it happens (design.md §6b).
 * The body is `{ "facts": [ … ] }`, each as a line of an import, with `remove: true` to take one away. All or none.
 */
import type { IncomingMessage } from 'node:http';
import { DatwatError } from '../decision/errors.ts';
import type { Json } from '../decision/model.ts';
import type { Pseudonymiser } from '../decision/ports.ts';
import { invalidRequest } from './decision-door.ts';
import type { WalkParts } from './decision-walk.ts';
import { readBody, requireJson } from './read-body.ts';
import { own } from './request-members.ts';
import type { DoorResponse } from './responses.ts';
import { parseStrictJson } from './strict-json.ts';

export interface FactChanges {
  /** Personal numbers are pseudonyms already. */
  readonly facts: readonly Json[];
  readonly aliases: ReturnType<Pseudonymiser['pseudonymise']>['aliases'];
  /** Kinds that the caller is a source of. */
  readonly kinds: readonly string[];
  /** The caller's name. */
  readonly source: string;
}

/** Applies all or none, and resolves with how many of each kind; throws `invalid_request` with pointers, or `facts_unavailable`. */
export type ApplyFacts = (changes: FactChanges) => Promise<ReadonlyMap<string, number>>;

export const FACTS_PATH = '/facts/v1/changes';

export function createFactChanges(parts: WalkParts, applyFacts: ApplyFacts) {
  return async function changeFacts(request: IncomingMessage, response: DoorResponse): Promise<void> {
    const { caller, mayEnter } = await parts.authenticate(request.headers.authorization);
    if (!mayEnter('facts')) throw new DatwatError('door_not_allowed');
    parts.limitRate(caller);
    requireJson(request.headers);
    const sent = parseStrictJson(await readBody(request, parts.limits.body), parts.limits.depth);
    const { body, aliases } = parts.pseudonymiser.pseudonymise(sent);
    const facts = own(body, 'facts');
    if (!Array.isArray(facts)) throw invalidRequest('/facts', 'facts must be an array');
    const applied = await applyFacts({ facts, aliases, kinds: caller.mayAssert, source: caller.name });
    parts.responses.json(response, 200, { applied: Object.fromEntries(applied) });
  };
}
