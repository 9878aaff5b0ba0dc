/** Whether a changed member of a cell or purpose opens more or less, where that can be told from the data. */
import { isDeepStrictEqual as same } from 'node:util';
import { isObject, type Json } from '../../decision/model.ts';

/** `changed` says that it cannot be told from the data alone whether more or less opens. */
export type Effect = 'opened' | 'closed' | 'widened' | 'narrowed' | 'changed';

const LEVELS: readonly Json[] = ['none', 'dat', 'wat'];
/** Members that say how a cell or purpose is kept, and not what it opens. */
const UPKEEP = [
  'owner',
  'review_date',
  'retention',
  'title',
  'task',
  'activity',
  'processing_activity_id',
  'werkproces_id',
  'dpia_id',
];
/** Lists of what may: without `fields`, a cell opens all that its purpose needs. */
const ALLOWED = ['fields', 'pets', 'roles', 'own_domains', 'givers'];
/** Flags that, when true, let fewer requests through; and those that let more. */
const NARROWING = [
  'case_relation_required',
  'objection_blocks',
  'needs_meervoudig',
  'needs_finding',
  'needs_client',
  'active_only',
  'wams',
];
const WIDENING = ['historical', 'covers_family', 'breaks_secrecy', 'needs_individual_data'];

/** What one changed member does: `undefined` for upkeep, which opens and closes nothing. */
export function effectOf(key: string, old: Json | undefined, now: Json | undefined): Effect | undefined {
  if (UPKEEP.includes(key)) return undefined;
  if (key === 'level' || key === 'level_cap') {
    return LEVELS.indexOf(now ?? 'none') > LEVELS.indexOf(old ?? 'none') ? 'widened' : 'narrowed';
  }
  if (ALLOWED.includes(key)) return listDirection(old, now);
  if (NARROWING.includes(key)) return now === true ? 'narrowed' : 'widened';
  if (WIDENING.includes(key)) return now === true ? 'widened' : 'narrowed';
  // Each condition more lets fewer requests through.
  if (key === 'conditions') return opposite(listDirection(conditionNames(old), conditionNames(now)), old, now);
  return 'changed';
}

function listDirection(old: Json | undefined, now: Json | undefined): Effect {
  if (old === undefined) return 'narrowed';
  if (now === undefined) return 'widened';
  const before = leaves(old);
  const after = leaves(now);
  const more = [...after].some((item) => !before.has(item));
  const less = [...before].some((item) => !after.has(item));
  if (more === less) return 'changed';
  return more ? 'widened' : 'narrowed';
}

/** The texts in a list, or in a map of lists with the path that leads to them. */
function leaves(value: Json, path = ''): ReadonlySet<string> {
  if (Array.isArray(value)) return new Set(value.map((item) => `${path}${JSON.stringify(item)}`));
  if (!isObject(value)) return new Set([`${path}${JSON.stringify(value)}`]);
  return new Set(Object.entries(value).flatMap(([key, inner]) => [...leaves(inner, `${path}${key}/`)]));
}

/** Conditions that are asked; one that is false is not. */
export function conditionNames(conditions: Json | undefined): readonly string[] {
  return isObject(conditions) ? Object.keys(conditions).filter((name) => conditions[name] !== false) : [];
}

function opposite(effect: Effect, old: Json | undefined, now: Json | undefined): Effect {
  if (effect === 'widened') return sharedAlike(old, now) ? 'narrowed' : 'changed';
  if (effect === 'narrowed') return sharedAlike(old, now) ? 'widened' : 'changed';
  return 'changed';
}

/** True where what both ask has the same value, so that only the names that differ count. */
function sharedAlike(old: Json | undefined, now: Json | undefined): boolean {
  if (!isObject(old) || !isObject(now)) return true;
  return Object.keys(old).every((key) => !old[key] || !now[key] || same(old[key], now[key]));
}

/** The effect of several: the one that all have, or `changed`. */
export function together(effects: readonly (Effect | undefined)[]): Effect {
  const said = new Set(effects.filter((effect) => effect !== undefined));
  const [only] = said;
  return said.size === 1 && only !== undefined ? only : 'changed';
}
