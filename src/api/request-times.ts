/**
 * Puts the times of design.md §4 in one normal form, so that policies compare them as strings. A time that cannot be read is
 * left out, and its place is noted for the record (K-6); a birth date leaves null behind. Keys that nobody knows stay as they are, and so does
 * `context.asserted`, which belongs to the facts.
 */
import { isObject, type JsonObject } from '../decision/model.ts';
import { normaliseDate, normaliseInstant } from '../decision/time.ts';

interface Place {
  readonly member: 'subject' | 'resource' | 'context';
  /** Objects to go through; the last step is the time itself. */
  readonly path: readonly [string, ...string[]];
  readonly normalise: (text: string) => string | undefined;
  /** INVARIANT: where not saying it can open something, what cannot be read must not look as if nothing was said. */
  readonly leavesNull?: true;
}

const PLACES: readonly Place[] = [
  { member: 'subject', path: ['properties', 'training_valid_until'], normalise: normaliseDate },
  {
    member: 'resource',
    path: ['properties', 'data_subject', 'birth_date'],
    normalise: normaliseDate,
    leavesNull: true,
  },
  { member: 'context', path: ['time'], normalise: normaliseInstant },
  { member: 'context', path: ['pet_notice_at'], normalise: normaliseInstant },
  { member: 'context', path: ['casus', 'meervoudig_vastgesteld_at'], normalise: normaliseInstant },
];

export interface Members {
  readonly subject?: JsonObject;
  readonly action?: JsonObject;
  readonly resource?: JsonObject;
  readonly context?: JsonObject;
}

/** The same members with their times in normal form; what needed no change is the same object. `leftOut`: JSON pointers. */
export function normaliseTimes<M extends Members>(
  members: M,
): { readonly members: M; readonly leftOut: readonly string[] } {
  let result = members;
  const leftOut: string[] = [];
  for (const place of PLACES) {
    const { member, path } = place;
    const before = result[member];
    if (before === undefined) continue;
    const after = normaliseAt(before, path, place);
    if (after === undefined) continue;
    if (after.unreadable) leftOut.push(`/${member}/${path.join('/')}`);
    result = { ...result, [member]: after.object };
  }
  return { members: result, leftOut };
}

/** A copy with the one place changed; undefined where nothing stands there or nothing had to change. */
function normaliseAt(
  object: JsonObject,
  [key, ...rest]: readonly string[],
  place: Place,
): { readonly object: JsonObject; readonly unreadable: boolean } | undefined {
  if (key === undefined || !Object.hasOwn(object, key)) return undefined;
  const value = object[key];
  if (rest.length > 0) {
    const inner = isObject(value) ? normaliseAt(value, rest, place) : undefined;
    return inner && { object: { ...object, [key]: inner.object }, unreadable: inner.unreadable };
  }
  const time = typeof value === 'string' ? place.normalise(value) : undefined;
  if (time === undefined) {
    const { [key]: _, ...others } = object;
    return { object: place.leavesNull ? { ...others, [key]: null } : others, unreadable: true };
  }
  return time === value ? undefined : { object: { ...object, [key]: time }, unreadable: false };
}
