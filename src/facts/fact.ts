/** One fact as it comes in: from a line of a feed, or as a change. */
import type { Json, JsonObject } from '../decision/model.ts';
import { type Column, FACT_KINDS, type FactKind, FORMS, identityOf, isFactKind, type Row } from './kinds.ts';
import { nearest } from './nearest.ts';
import { type ColumnProblem, readPerson, readRow } from './read-row.ts';

/** Where a fact is kept. Texts; empty where the kind has no such person. */
export interface Place {
  readonly kind: FactKind;
  readonly dataSubject: string;
  readonly subject: string;
  readonly identity: string;
}

export interface Fact extends Place {
  readonly row: Row;
  /** A change may also say that a fact is no longer one. */
  readonly remove: boolean;
  /** The same place as older keys would have called it: what stands there is an older version of this fact. */
  readonly olderPlaces: readonly Place[];
}

export interface FactReading {
  readonly fact?: Fact;
  readonly problems: readonly ColumnProblem[];
}

export interface ReadingRules {
  /** The kind of what names none in `fact`. */
  readonly kind?: FactKind;
  /** Changes may have `remove: true`. */
  readonly changes: boolean;
}

/** Columns that say whom a fact is about and what it is; the others are those of its kind. */
const FACT = 'fact';
const DATA_SUBJECT = 'data_subject';
const SUBJECT = 'subject';
const REMOVE = 'remove';

/**
 * Reads a fact in which personal numbers are pseudonyms already.
 * `aliases` are those that the pseudonymiser gave for it.
 */
export function readFact(
  raw: JsonObject,
  aliases: ReadonlyMap<string, readonly string[]>,
  rules: ReadingRules,
): FactReading {
  const { [FACT]: named, [DATA_SUBJECT]: dataSubject, [SUBJECT]: subject, [REMOVE]: removed, ...columns } = raw;
  const kind = named === undefined || named === null ? rules.kind : readKind(named);
  if (kind === undefined) return { problems: [{ column: FACT, detail: kindProblem(named) }] };
  if (rules.kind !== undefined && kind !== rules.kind) {
    return { problems: [{ column: FACT, detail: `must be ${rules.kind}, the kind that this feed is of` }] };
  }
  const { about } = FORMS[kind];
  const remove = removed === true;
  const { row, problems } = readRow(kind, columns, (name, column) => isRequired(kind, name, column, remove));
  const all = [
    ...personProblems(DATA_SUBJECT, dataSubject, kind, about !== 'everyone'),
    ...personProblems(SUBJECT, subject, kind, about === 'relation'),
    ...removeProblems(removed, rules.changes),
    ...problems,
  ];
  if (all.length > 0) return { problems: all };
  const place = {
    kind,
    dataSubject: readPerson(dataSubject) ?? '',
    subject: readPerson(subject) ?? '',
    identity: identityOf(kind, row),
  };
  return { fact: { ...place, row, remove, olderPlaces: olderPlaces(place, aliases) }, problems: [] };
}

/** A kind by its name, or by the singular of it. */
export function readKind(named: Json): FactKind | undefined {
  if (typeof named !== 'string') return undefined;
  if (isFactKind(named)) return named;
  const plural = `${named}s`;
  return isFactKind(plural) ? plural : undefined;
}

function kindProblem(named: Json | undefined): string {
  const near = typeof named === 'string' ? nearest(named, FACT_KINDS) : undefined;
  return near === undefined
    ? `must name the kind: ${FACT_KINDS.join(', ')}`
    : `is no kind of fact; did you mean ${near}?`;
}

/** To take a fact away it is enough to say which it is. */
function isRequired(kind: FactKind, name: string, column: Column, remove: boolean): boolean {
  return column.required === true && (!remove || FORMS[kind].identity.includes(name));
}

function personProblems(column: string, value: Json | undefined, kind: FactKind, wanted: boolean): ColumnProblem[] {
  const given = value !== undefined && value !== null;
  if (wanted && !given) return [{ column, detail: `is required for ${kind}` }];
  if (!wanted && given) return [{ column, detail: `is no column of ${kind}` }];
  if (wanted && readPerson(value) === undefined) {
    return [{ column, detail: 'must be a text that is not empty, or an object with id or bsn and nothing else' }];
  }
  return [];
}

function removeProblems(value: Json | undefined, changes: boolean): ColumnProblem[] {
  if (value === undefined || value === null) return [];
  if (!changes)
    return [{ column: REMOVE, detail: 'belongs to changes; a whole feed leaves out what is no longer true' }];
  return typeof value === 'boolean' ? [] : [{ column: REMOVE, detail: 'must be true or false' }];
}

/** The n-th alias of every person at once: a row was written under one key. */
function olderPlaces(place: Place, aliases: ReadonlyMap<string, readonly string[]>): readonly Place[] {
  const keys = Math.max(1, ...[...aliases.values()].map((all) => all.length));
  return Array.from({ length: keys - 1 }, (_, index) => {
    const older = (text: string) => aliases.get(text)?.[index + 1] ?? text;
    return {
      kind: place.kind,
      dataSubject: older(place.dataSubject),
      subject: older(place.subject),
      identity: JSON.stringify(inTexts(JSON.parse(place.identity), older)),
    };
  });
}

function inTexts(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  return Array.isArray(value) ? value.map((entry: Json) => inTexts(entry, change)) : value;
}
