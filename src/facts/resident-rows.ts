/** The one look-up of a decision: what is known of a resident, and of a professional's relations with them. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { FactQuery } from '../decision/ports.ts';
import { type FactKind, isFactKind, type Row } from './kinds.ts';

export type ResidentRows = ReadonlyMap<FactKind, readonly Row[]>;

export type ResidentLookup = (query: Pick<FactQuery, 'dataSubject' | 'professional'>) => ResidentRows;

const NOTHING: ResidentRows = new Map();

export function createResidentLookup(db: DatabaseSync): ResidentLookup {
  const statements = new Map<number, StatementSync>();

  function statementFor(professionals: number): StatementSync {
    const known = statements.get(professionals);
    if (known !== undefined) return known;
    const places = ["''", ...Array.from({ length: professionals }, () => '?')].join(', ');
    // The plus keeps SQLite from searching once per subject: a resident has few rows, and they lie together.
    const statement = db.prepare(
      `SELECT kind, identity, doc FROM fact WHERE data_subject = ? AND +subject IN (${places})
       ORDER BY data_subject, subject, kind, identity`,
    );
    statement.setReturnArrays(true);
    statements.set(professionals, statement);
    return statement;
  }

  return ({ dataSubject, professional }) => {
    if (dataSubject.length === 0) return NOTHING;
    const statement = statementFor(professional.length);
    const found = new Map<FactKind, Row[]>();
    const seen = new Set<string>();
    for (const alias of dataSubject) {
      // `setReturnArrays` makes each row an array, which the types of node:sqlite do not know.
      for (const values of statement.all(alias, ...professional)) {
        const { 0: kind, 1: identity, 2: doc } = values;
        if (typeof kind !== 'string' || !isFactKind(kind) || typeof doc !== 'string') continue;
        if (dataSubject.length > 1) {
          // The writing key comes first: the same fact under an older key is an older version of it.
          const key = `${kind} ${identity}`;
          if (seen.has(key)) continue;
          seen.add(key);
        }
        const row: Row = JSON.parse(underFirst(underFirst(doc, dataSubject), professional));
        const rows = found.get(kind);
        if (rows === undefined) found.set(kind, [row]);
        else rows.push(row);
      }
    }
    return found;
  };
}

/** Residents and professionals; a screen asks several questions about the same two, and so does each item of a batch. */
const MOST_REMEMBERED = 256;
/** Characters of what was asked: a caller may call somebody by a text as long as a body. */
const LONGEST_REMEMBERED = 2048;

/** INVARIANT: for as long as nothing is written in the file, which is for who uses it to see to (snapshot.ts). */
export function remembering(lookUp: ResidentLookup): ResidentLookup {
  const known = new Map<string, ResidentRows>();
  return (query) => {
    const key = JSON.stringify([query.dataSubject, query.professional]);
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    const rows = lookUp(query);
    if (key.length > LONGEST_REMEMBERED) return rows;
    if (known.size === MOST_REMEMBERED) known.clear();
    known.set(key, rows);
    return rows;
  };
}

/** The policy compares people by text, so a person is called by one pseudonym, whatever key a row was written under. */
function underFirst(doc: string, aliases: readonly string[]): string {
  const [first, ...others] = aliases;
  return others.reduce((text, alias) => text.replaceAll(JSON.stringify(alias), JSON.stringify(first)), doc);
}
