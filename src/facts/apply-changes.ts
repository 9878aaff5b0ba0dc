/** Changes to facts as they happen, from an application that is their source. */
import { DatwatError, type Problem } from '../decision/errors.ts';
import { isObject, type Json } from '../decision/model.ts';
import { readFact } from './fact.ts';
import { type FactsFile, openForWriting } from './facts-file.ts';
import { openFeedWriter } from './feed-writer.ts';
import type { FactKind } from './kinds.ts';

export interface Changes {
  /** Facts in the form of an import, personal numbers already pseudonyms; `remove: true` takes one away. */
  readonly facts: readonly Json[];
  /** What the pseudonymiser gave for them. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  /** Kinds that the caller is a source of; a fact of another kind refuses all. */
  readonly kinds: readonly string[];
  /** Becomes the `source` of each row. */
  readonly source: string;
}

/** A caller is kept waiting only shortly for an import that is writing. */
const WAITS_MS = 250;

/** Makes a change durable in the ledger: how many facts of each kind. */
export type RecordChange = (applied: ReadonlyMap<FactKind, number>) => Promise<void>;

/**
 * Applies all changes or none; look-ups see them from the next call on. One call at a time: while the ledger writes, the
 * file is locked for others.
 * INVARIANT: facts change only after `record` resolved. Where it rejects, nothing changes and its error is thrown on; where
 * the file cannot be finished afterwards, the ledger names a change that did not come, never the other way round.
 * @throws DatwatError `invalid_request` with a pointer below `/facts` for each problem, `facts_unavailable` where nothing can be written now.
 */
export async function applyChanges(
  file: FactsFile,
  changes: Changes,
  now: string,
  record: RecordChange,
): Promise<ReadonlyMap<FactKind, number>> {
  const problems: Problem[] = [];
  const facts = changes.facts.flatMap((raw, index) => {
    const refused = (column: string, detail: string) => {
      const step = column.replaceAll('~', '~0').replaceAll('/', '~1');
      problems.push({ pointer: `/facts/${index}${step === '' ? '' : `/${step}`}`, detail });
      return [];
    };
    if (!isObject(raw)) return refused('', 'must be an object');
    const { fact, problems: found } = readFact(raw, changes.aliases, { changes: true });
    if (fact === undefined) return found.flatMap(({ column, detail }) => refused(column, detail));
    if (!changes.kinds.includes(fact.kind)) return refused('fact', 'is a kind that this caller is no source of');
    return [{ ...fact, row: { ...fact.row, source: changes.source } }];
  });
  if (problems.length > 0) throw new DatwatError('invalid_request', { problems });
  try {
    const db = openForWriting(file, WAITS_MS);
    try {
      const writer = openFeedWriter(db, 'changes');
      try {
        for (const fact of facts) writer.put(fact);
        const applied = writer.written();
        await record(applied);
        writer.commit(now);
        return applied;
      } catch (error) {
        writer.rollback();
        throw error;
      }
    } finally {
      db.close();
    }
  } catch (cause) {
    if (cause instanceof DatwatError) throw cause;
    throw new DatwatError('facts_unavailable', { cause });
  }
}
