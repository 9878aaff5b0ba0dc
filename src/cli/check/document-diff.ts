/** What differs between the data of two policies, in the words of the domain. */
import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json, type JsonObject } from '../../decision/model.ts';
import { matrixDiff, matrixDiffLines } from './matrix-diff.ts';

const TOLD_BY_CELL = ['settings', 'purposes', 'authorisation_matrix', 'local_decisions'];

/** Settings, purposes and cells by what they do to who may see what; every other registry by the entries that came, went or changed. */
export function documentDiffLines(before: JsonObject, after: JsonObject): readonly string[] {
  return [...matrixDiffLines(matrixDiff(before, after)), ...registryChanges(before, after)];
}

function registryChanges(before: JsonObject, after: JsonObject): readonly string[] {
  return Object.keys({ ...before, ...after })
    .filter((name) => !TOLD_BY_CELL.includes(name) && !isDeepStrictEqual(before[name], after[name]))
    .sort()
    .map((name) => `${name}: ${entryChanges(before[name], after[name])}`);
}

function entryChanges(before: Json | undefined, after: Json | undefined): string {
  if (!isObject(before)) return before === undefined ? 'added' : 'changed';
  if (!isObject(after)) return after === undefined ? 'removed' : 'changed';
  const listed = [
    ['added', Object.keys(after).filter((key) => !Object.hasOwn(before, key))],
    ['removed', Object.keys(before).filter((key) => !Object.hasOwn(after, key))],
    [
      'changed',
      Object.keys(after).filter((key) => Object.hasOwn(before, key) && !isDeepStrictEqual(before[key], after[key])),
    ],
  ] as const;
  return listed
    .filter(([, keys]) => keys.length > 0)
    .map(([what, keys]) => `${what} ${keys.sort().join(', ')}`)
    .join('; ');
}
