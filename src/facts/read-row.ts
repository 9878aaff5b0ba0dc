/** Reads one row of a kind from outside: only known columns, of the right type, times in normal form. */
import { isObject, type Json, type JsonObject } from '../decision/model.ts';
import { normaliseDate, normaliseInstant } from '../decision/time.ts';
import { type Column, columnNames, type FactKind, FORMS, type Row } from './kinds.ts';
import { nearest } from './nearest.ts';

/** INVARIANT: names the column and what it must be, never the value. */
export interface ColumnProblem {
  readonly column: string;
  readonly detail: string;
}

export interface RowReading {
  /** The columns that could be read, in the order of the kind's form. */
  readonly row: Row;
  readonly problems: readonly ColumnProblem[];
}

/** A value of null is a column that is left out. `requires` says which columns must be there. */
export function readRow(
  kind: FactKind,
  raw: JsonObject,
  requires: (name: string, column: Column) => boolean,
): RowReading {
  const { columns } = FORMS[kind];
  const row: Record<string, Json> = {};
  const problems: ColumnProblem[] = [];
  for (const [name, column] of Object.entries(columns)) {
    const given = column.from ?? name;
    const value = Object.hasOwn(raw, given) ? raw[given] : undefined;
    if (value === undefined || value === null) {
      if (requires(name, column)) problems.push({ column: name, detail: `is required for ${kind}` });
      continue;
    }
    const read = READERS[column.type](value);
    if (read === undefined && column.from !== undefined) continue;
    if (read === undefined) problems.push({ column: name, detail: MUST_BE[column.type] });
    else if (column.oneOf !== undefined && !column.oneOf.includes(String(read))) {
      problems.push({ column: name, detail: `must be one of ${column.oneOf.join(', ')}` });
    } else row[name] = read;
  }
  for (const name of Object.keys(raw)) {
    if (!columnNames(kind).includes(name)) problems.push({ column: name, detail: unknownColumn(kind, name) });
  }
  return { row, problems };
}

function unknownColumn(kind: FactKind, name: string): string {
  const known = columnNames(kind);
  const near = nearest(name, known);
  return near === undefined
    ? `is no column of ${kind}; its columns are ${known.join(', ')}`
    : `is no column of ${kind}; did you mean ${near}?`;
}

const MUST_BE: Readonly<Record<Column['type'], string>> = {
  text: 'must be a text that is not empty and holds no NUL',
  date: 'must be a date that exists, such as 2026-12-31',
  instant: 'must be a time with its offset, such as 2026-12-31T09:00:00Z, or a date that exists',
  list: 'must be a list of texts that are not empty and hold no NUL',
  boolean: 'must be true or false',
  anything: 'must be a text, a list of texts, true or false',
};

const READERS: Readonly<Record<Column['type'], (value: Json) => Json | undefined>> = {
  text: readText,
  date: (value) => (typeof value === 'string' ? normaliseDate(value) : undefined),
  instant: (value) => (typeof value === 'string' ? normaliseInstant(value) : undefined),
  list: readList,
  boolean: (value) => (typeof value === 'boolean' ? value : undefined),
  anything: (value) => (typeof value === 'boolean' ? value : (readText(value) ?? readList(value))),
};

/** Fixed-width exports fill with NUL; a person or a fact under such a name would never be found by anyone who asks. */
function readText(value: Json): string | undefined {
  if (typeof value !== 'string' || value.trim() === '' || !value.isWellFormed()) return undefined;
  return value.includes('\0') ? undefined : value;
}

function readList(value: Json): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const texts = value.map((entry: Json) => readText(entry)).filter((entry) => entry !== undefined);
  return texts.length === value.length ? texts : undefined;
}

/** Whom a row is about, once personal numbers are pseudonyms: a text, or an object with an `id`. */
export function readPerson(value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (isObject(value)) return Object.keys(value).length === 1 ? readPerson(value.id) : undefined;
  return readText(value);
}
