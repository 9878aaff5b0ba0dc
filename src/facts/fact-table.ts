/** Writing single facts; within a transaction that is another's. */
import type { DatabaseSync } from 'node:sqlite';
import type { Fact, Place } from './fact.ts';
import { type FactKind, FORMS } from './kinds.ts';

export interface FactTable {
  /** `conflict`: there is one in that place already, with another content. */
  add(fact: Fact): 'added' | 'conflict';
  replace(fact: Fact): void;
  /** True where there was one. */
  remove(place: Place): boolean;
  clear(kind: FactKind): void;
}

export function createFactTable(db: DatabaseSync): FactTable {
  const insert = db.prepare('INSERT INTO fact VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING');
  const upsert = db.prepare('INSERT OR REPLACE INTO fact VALUES (?, ?, ?, ?, ?)');
  const at = 'data_subject = ? AND subject = ? AND kind = ? AND identity = ?';
  const docAt = db.prepare(`SELECT doc FROM fact WHERE ${at}`);
  const deleteAt = db.prepare(`DELETE FROM fact WHERE ${at}`);
  const deleteAboutResidents = db.prepare('DELETE FROM fact WHERE kind = ?');
  // The same, by key: these few rows lie together, and the others need not be looked through.
  const deleteAboutEveryone = db.prepare("DELETE FROM fact WHERE data_subject = '' AND subject = '' AND kind = ?");
  return {
    add(fact) {
      const doc = JSON.stringify(fact.row);
      if (Number(insert.run(...valuesOf(fact), doc).changes) === 1) return 'added';
      return docAt.get(...valuesOf(fact))?.doc === doc ? 'added' : 'conflict';
    },
    replace: (fact) => {
      upsert.run(...valuesOf(fact), JSON.stringify(fact.row));
    },
    remove: (place) => Number(deleteAt.run(...valuesOf(place)).changes) > 0,
    clear: (kind) => {
      (FORMS[kind].about === 'everyone' ? deleteAboutEveryone : deleteAboutResidents).run(kind);
    },
  };
}

function valuesOf({ dataSubject, subject, kind, identity }: Place): [string, string, string, string] {
  return [dataSubject, subject, kind, identity];
}
