/**
 * `context.asserted`: facts that the caller itself supplies. INVARIANT (domain.md §7.28): they add. They never remove,
 * replace, reopen or freshen anything stored; the only thing they change in a stored row is to end it earlier.
 */
import { isObject, type Json, type JsonObject } from '../decision/model.ts';
import type { FactQuery } from '../decision/ports.ts';
import { assertedSource, domainsOverlap, hasEnded } from './case-relation.ts';
import {
  type Column,
  columnNames,
  FACT_KINDS,
  type FactKind,
  FORMS,
  identityOf,
  isFactKind,
  type Row,
  type RowsByKind,
} from './kinds.ts';
import { readPerson, readRow } from './read-row.ts';

interface WithAsserted {
  readonly rows: RowsByKind;
  /** Kinds of which at least one row was taken in. */
  readonly asserted: readonly string[];
  /** Kinds of which at least one row was not; a kind may stand in both. */
  readonly ignored: readonly string[];
}

export function addAsserted(stored: RowsByKind, query: FactQuery): WithAsserted {
  if (query.asserted === undefined) return { rows: stored, asserted: [], ignored: [] };
  if (!isObject(query.asserted)) return { rows: stored, asserted: [], ignored: ['asserted'] };
  const rows: Record<FactKind, readonly Row[]> = { ...stored };
  const asserted = new Set<string>();
  const ignored = new Set<string>();
  for (const [kind, value] of Object.entries(query.asserted)) {
    if (value === null) continue;
    const given = kind === 'case_relation' && isObject(value) ? [value] : value;
    if (!isFactKind(kind) || !query.mayAssert.includes(kind) || !Array.isArray(given)) {
      ignored.add(kind);
      continue;
    }
    for (const raw of given) {
      const next = added(kind, raw, rows, stored, query);
      if (next === undefined) ignored.add(kind);
      else {
        rows[kind] = next;
        asserted.add(kind);
      }
    }
  }
  const inOrder = (kinds: ReadonlySet<string>) => [
    ...FACT_KINDS.filter((kind) => kinds.has(kind)),
    ...[...kinds].filter((kind) => !isFactKind(kind)).sort(),
  ];
  return { rows, asserted: inOrder(asserted), ignored: inOrder(ignored) };
}

/** The rows of the kind with this one taken in, or undefined where it is ignored. */
function added(
  kind: FactKind,
  raw: Json,
  rows: RowsByKind,
  stored: RowsByKind,
  query: FactQuery,
): readonly Row[] | undefined {
  if (!isObject(raw) || !isAboutThem(kind, raw, query)) return undefined;
  const row = readAsserted(kind, raw);
  if (row === undefined) return undefined;
  const identity = identityOf(kind, row);
  const same = rows[kind].findIndex((other) => identityOf(kind, other) === identity);
  const known = rows[kind][same];
  if (known !== undefined) {
    const ended = endedEarlier(kind, known, row);
    return ended === undefined ? undefined : rows[kind].with(same, ended);
  }
  if (kind === 'case_relation' && reopensRelation(row, stored, query.now.date)) return undefined;
  if (kind === 'consents' && reopensConsent(row, stored)) return undefined;
  const complete = kind === 'case_relation' ? withStoredPersonRelation(row, stored) : row;
  return [...rows[kind], { ...complete, source: assertedSource(query.assertedBy) }];
}

/** A row may say whom it is about; then it must be the person that the question is about. */
function isAboutThem(kind: FactKind, raw: JsonObject, query: FactQuery): boolean {
  const { about } = FORMS[kind];
  if (about === 'everyone') return true;
  if (query.dataSubject.length === 0) return false;
  const named = (value: Json | undefined, people: readonly string[]) =>
    value === undefined || people.includes(readPerson(value) ?? '');
  return named(raw.data_subject, query.dataSubject) && (about === 'resident' || named(raw.subject, query.professional));
}

/**
 * What opens must be true, so a row with a column that cannot be read does not count. What closes counts by being there:
 * an objection stays with what could be read of it, and of a curator the word that there is one: not who, for that opens too.
 * Unknown columns are left out.
 */
function readAsserted(kind: FactKind, raw: JsonObject): Row | undefined {
  const known = Object.fromEntries(columnNames(kind).map((name) => [name, raw[name] ?? null]));
  const { row, problems } = readRow(kind, known, requiredWhenAsserted);
  if (problems.length === 0) return row;
  if (kind === 'objections') return row;
  if (kind === 'guardianship' && row.kind !== undefined) return { kind: row.kind };
  return undefined;
}

/** In a feed `person_relation` is required; beside a request, the request says it. */
function requiredWhenAsserted(name: string, { required }: Column): boolean {
  return required === true && name !== 'person_relation';
}

/** The known row with the earlier of two ends, or undefined where nothing ends earlier. */
function endedEarlier(kind: FactKind, known: Row, row: Row): Row | undefined {
  const ends = FORMS[kind].ends.flatMap((column): [string, Json][] => {
    const end = row[column];
    const was = known[column];
    return typeof end === 'string' && (typeof was !== 'string' || end < was) ? [[column, end]] : [];
  });
  return ends.length === 0 ? undefined : { ...known, ...Object.fromEntries(ends) };
}

/** What a person is in a casus is not the caller's to say where it is known (domain.md §7.14). */
function withStoredPersonRelation(row: Row, { case_relation }: RowsByKind): Row {
  const known = case_relation.find((other) => other.person_relation !== undefined && !ofOtherCasus(other, row));
  return known?.person_relation === undefined ? row : { ...row, person_relation: known.person_relation };
}

function ofOtherCasus(one: Row, other: Row): boolean {
  return typeof one.casus_id === 'string' && typeof other.casus_id === 'string' && one.casus_id !== other.casus_id;
}

/** A relation that has ended in a domain stays ended until the feed says otherwise, unless it is about another casus. */
function reopensRelation(row: Row, { case_relation }: RowsByKind, today: string): boolean {
  return case_relation.some(
    (ended) =>
      (ended.kind === 'voormalig' || ended.kind === 'geen' || hasEnded(ended, today)) &&
      overlap(ended.domain, row.domain) &&
      !ofOtherCasus(ended, row),
  );
}

/** A later consent lifts an objection or follows on a withdrawal only when the feed itself brings it. */
function reopensConsent(row: Row, { consents, objections }: RowsByKind): boolean {
  return (
    consents.some(
      (other) =>
        other.withdrawn_at !== undefined &&
        (other.purpose === undefined || row.purpose === undefined || other.purpose === row.purpose) &&
        overlap(other.from_domain, row.from_domain),
    ) || objections.some((other) => other.purpose === row.purpose && overlap(other.domain, row.from_domain))
  );
}

/** What names no domain is about all of them. */
function overlap(one: Json | undefined, other: Json | undefined): boolean {
  return typeof one !== 'string' || typeof other !== 'string' || domainsOverlap(one, other);
}
