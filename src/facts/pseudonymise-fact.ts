/** Personal numbers become pseudonyms on the way in, so that a facts file never holds one (design.md §6b). */
import { DatwatError } from '../decision/errors.ts';
import { isObject, type JsonObject } from '../decision/model.ts';
import type { Pseudonymiser } from '../decision/ports.ts';
import type { ColumnProblem } from './read-row.ts';

export interface PseudonymisedFact {
  readonly raw: JsonObject;
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  readonly problems: readonly ColumnProblem[];
}

const NO_ALIASES: ReadonlyMap<string, readonly string[]> = new Map();

/**
 * The person may be given as `data_subject` (an id or a number, or an object with `id` or `bsn`) or as `bsn`, which must
 * pass the 11-proof. It comes out as `data_subject`.
 */
export function pseudonymiseFact(given: JsonObject, pseudonymiser: Pseudonymiser): PseudonymisedFact {
  const { bsn, data_subject, ...columns } = given;
  const named = isObject(data_subject) ? data_subject : isGiven(data_subject) ? { id: data_subject } : {};
  const person = isGiven(bsn) ? { ...named, bsn } : named;
  try {
    // As in a request, so that a feed and a request make the same pseudonym of the same number.
    const { body, aliases } = pseudonymiser.pseudonymise({
      columns,
      resource: { properties: { data_subject: person } },
    });
    return { raw: { ...objectAt(body, 'columns'), ...personIn(body) }, aliases, problems: [] };
  } catch (error) {
    if (!(error instanceof DatwatError)) throw error;
    const problems = error.problems.map(({ pointer, detail }) => ({
      column: pointer.endsWith('/bsn') ? 'bsn' : 'columns',
      detail,
    }));
    return { raw: columns, aliases: NO_ALIASES, problems };
  }
}

function personIn(body: JsonObject): JsonObject {
  const person = objectAt(objectAt(objectAt(body, 'resource'), 'properties'), 'data_subject');
  return Object.keys(person).length === 0 ? {} : { data_subject: person };
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isObject(value) ? value : {};
}

function isGiven<Value>(value: Value): value is Exclude<Value, null | undefined> {
  return value !== undefined && value !== null;
}
