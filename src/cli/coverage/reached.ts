/** Which cells and reasons the cases come to, told by what the policy records of each decision. */
import { isObject, type Json, type JsonObject } from '../../decision/model.ts';
import type { CaseRun } from '../cases/run-cases.ts';
import { cellsOf } from '../check/cells.ts';

export interface Reached {
  /** By name: its id in the data, with where it stands. */
  readonly name: string;
  /** Ids of the cases, in their order. */
  readonly cases: readonly string[];
}

/** Each cell of the matrix and of the local decisions, with the cases whose permission rests on it. */
export function reachedCells(data: JsonObject, runs: readonly CaseRun[]): readonly Reached[] {
  const named = casesBy(runs, ({ record }) => texts(record.determining));
  return [...cellsOf(data).values()].map(({ role, where, cell }) => {
    const id = typeof cell.id === 'string' ? cell.id : '';
    return { name: `${id} (${where}, ${role})`, cases: named.get(id) ?? [] };
  });
}

/** Each reason of the data, with the cases that get it, outward or in the record only. */
export function reachedReasons(data: JsonObject, runs: readonly CaseRun[]): readonly Reached[] {
  const named = casesBy(runs, ({ record, context }) =>
    texts([record.reason_code ?? null, context.reason_code ?? null]),
  );
  const reasons = isObject(data.reasons) ? Object.keys(data.reasons) : [];
  return reasons.map((name) => ({ name, cases: named.get(name) ?? [] }));
}

interface Decided {
  readonly record: JsonObject;
  readonly context: JsonObject;
}

function casesBy(
  runs: readonly CaseRun[],
  namesOf: (decided: Decided) => readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const { given, answer } of runs) {
    for (const name of decisionsOf(answer).flatMap(namesOf))
      found.set(name, (found.get(name) ?? new Set()).add(given.id));
  }
  return new Map([...found].map(([name, ids]) => [name, [...ids]]));
}

function decisionsOf(answer: CaseRun['answer']): readonly Decided[] {
  if ('failure' in answer) return [];
  const { body, records } = answer;
  const bodies = Array.isArray(body.evaluations) ? body.evaluations : [body];
  return bodies.map((item: Json, i) => ({
    record: records[i] ?? {},
    context: isObject(item) && isObject(item.context) ? item.context : {},
  }));
}

function texts(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
