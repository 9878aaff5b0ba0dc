/** The facts of one case, written into a real facts file, as an import would. */
import type { DatabaseSync } from 'node:sqlite';
import { isObject, type Json, type JsonObject } from '../../decision/model.ts';
import type { Pseudonymiser } from '../../decision/ports.ts';
import { normaliseInstant, nowAt } from '../../decision/time.ts';
import { readFact } from '../../facts/fact.ts';
import { openFeedWriter } from '../../facts/feed-writer.ts';
import { FACT_KINDS, type FactKind, FORMS } from '../../facts/kinds.ts';
import type { Case } from './read-cases.ts';

/** One professional and one resident that a case asks about. */
interface Pair {
  readonly professional: string;
  readonly resident: string;
  /** What the request says that the resident is in the casus; the default for a relation row of a case. */
  readonly relation: string;
}

/**
 * Replaces everything in the file by the facts of this case: kinds that it leaves out are empty and fresh, and the `as_of`
 * of a row is that of its feed (design.md §10). Throws Error with what cannot be read.
 */
export function writeCaseFacts(db: DatabaseSync, given: Case, pseudonymiser: Pseudonymiser): void {
  const now = timeOf(given.request);
  const pairs = pairsOf(given.request, pseudonymiser);
  const problems: string[] = [];
  const writer = openFeedWriter(db, 'whole');
  for (const kind of FACT_KINDS) {
    const rows = rowsOf(given.facts[kind]);
    const said = rows.map((row) => row.as_of).find((text) => typeof text === 'string');
    const asOf = said === undefined ? undefined : normaliseInstant(said);
    writer.declare(kind, { asOf: asOf ?? now, source: 'case' });
    for (const raw of rows.flatMap((row) => addressed(kind, row, pairs))) {
      const { body, aliases } = pseudonymiser.pseudonymise(raw);
      const { fact, problems: found } = readFact(body, aliases, { kind, changes: false });
      problems.push(...found.map(({ column, detail }) => `facts.${kind}: ${column} ${detail}`));
      if (fact && writer.put(fact) === 'conflict') problems.push(`facts.${kind}: two rows are the same fact`);
    }
  }
  if (problems.length > 0) {
    writer.rollback();
    throw new Error(problems.join('\n'));
  }
  writer.commit(now);
}

/** `case_relation` is an object or null, the other kinds are lists. */
function rowsOf(value: Json | undefined): readonly JsonObject[] {
  if (isObject(value)) return [value];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A row of a case names no people: it is about everyone whom the case asks about. */
function addressed(kind: FactKind, row: JsonObject, pairs: readonly Pair[]): readonly JsonObject[] {
  switch (FORMS[kind].about) {
    case 'everyone':
      return [row];
    case 'resident': {
      const residents = new Set(pairs.map(({ resident }) => resident));
      return [...residents].map((resident) => ({ ...row, data_subject: resident }));
    }
    case 'relation':
      return pairs.map(({ professional, resident, relation }) => ({
        person_relation: relation,
        ...row,
        data_subject: resident,
        subject: professional,
      }));
  }
}

function pairsOf(request: JsonObject, pseudonymiser: Pseudonymiser): readonly Pair[] {
  let body: JsonObject;
  try {
    ({ body } = pseudonymiser.pseudonymise(request));
  } catch {
    // What the door refuses has no facts; the case expects its status.
    return [];
  }
  const items = Array.isArray(body.evaluations) && body.evaluations.length > 0 ? body.evaluations : [{}];
  const pairs = new Map<string, Pair>();
  for (const item of items) {
    const members: JsonObject = { ...body, ...(isObject(item) ? item : {}) };
    const subject = isObject(members.subject) ? members.subject : {};
    const resource = isObject(members.resource) ? members.resource : {};
    const properties = isObject(resource.properties) ? resource.properties : {};
    const person = isObject(properties.data_subject) ? properties.data_subject : {};
    if (typeof subject.id !== 'string' || typeof person.id !== 'string' || subject.id === '' || person.id === '')
      continue;
    const relation = typeof person.relation === 'string' && person.relation !== '' ? person.relation : 'client';
    const pair = { professional: subject.id, resident: person.id, relation };
    const key = JSON.stringify([pair.professional, pair.resident]);
    if (!pairs.has(key)) pairs.set(key, pair);
  }
  return [...pairs.values()];
}

/** The time at which the case is decided, in normal form. */
function timeOf(request: JsonObject): string {
  const context = isObject(request.context) ? request.context : {};
  const time = typeof context.time === 'string' ? Date.parse(context.time) : Number.NaN;
  return nowAt(Number.isNaN(time) ? Date.now() : time).time;
}
