/** What a change of policy data does to who may see what, in words. Works on two documents as they stand under `data`. */
import { isDeepStrictEqual as same } from 'node:util';
import { isObject, type Json, type JsonObject } from '../../decision/model.ts';
import { cellsOf, type PlacedCell } from './cells.ts';
import { conditionNames, type Effect, effectOf, together } from './effect.ts';

export interface MatrixChange {
  readonly effect: Effect;
  /** The role whose view changes; absent where the change is not about one role. */
  readonly role?: string;
  /** The cell (`domain / purpose`), the purpose or the setting. */
  readonly where: string;
  /** What changed, a phrase each. */
  readonly what: readonly string[];
}

/** Changes in the order: settings and purposes, then cells by role. Empty where nothing that opens or closes differs. */
export function matrixDiff(before: JsonObject, after: JsonObject): readonly MatrixChange[] {
  return [
    ...settingChanges(part(before, 'settings'), part(after, 'settings')),
    ...purposeChanges(part(before, 'purposes'), part(after, 'purposes')),
    ...cellChanges(cellsOf(before), cellsOf(after)),
  ];
}

/** One line a change, grouped by role; a line says nothing that the next reader must look up. */
export function matrixDiffLines(changes: readonly MatrixChange[]): readonly string[] {
  const roles = [...new Set(changes.map(({ role }) => role ?? ''))].sort();
  return roles.flatMap((role) => [
    role === '' ? 'for everyone:' : `${role}:`,
    ...changes
      .filter((change) => (change.role ?? '') === role)
      .map(({ effect, where, what }) => `  ${effect}  ${where}${what.length > 0 ? `: ${what.join('; ')}` : ''}`),
  ]);
}

function settingChanges(before: JsonObject, after: JsonObject): MatrixChange[] {
  return changedKeys(before, after).map((key) => ({
    effect: 'changed',
    where: `setting ${key}`,
    what: [`${shown(before[key])} becomes ${shown(after[key])}`],
  }));
}

function purposeChanges(before: JsonObject, after: JsonObject): MatrixChange[] {
  return changedKeys(before, after).map((id) => {
    const where = `purpose ${id}`;
    const old = before[id];
    const now = after[id];
    if (!isObject(old)) return { effect: grants(now) ? 'opened' : 'changed', where, what: ['is new'] };
    if (!isObject(now)) return { effect: grants(old) ? 'closed' : 'changed', where, what: ['is gone'] };
    const keys = changedKeys(old, now);
    return {
      effect: purposeEffect(old, now, keys),
      where,
      what: keys.map((key) => memberPhrase(key, old[key], now[key])),
    };
  });
}

function grants(purpose: Json | undefined): boolean {
  return isObject(purpose) && purpose.status === 'vastgesteld';
}

function purposeEffect(old: JsonObject, now: JsonObject, keys: readonly string[]): Effect {
  if (grants(old) !== grants(now)) return grants(now) ? 'opened' : 'closed';
  return together(keys.map((key) => (key === 'status' ? undefined : effectOf(key, old[key], now[key]))));
}

function cellChanges(before: ReadonlyMap<string, PlacedCell>, after: ReadonlyMap<string, PlacedCell>): MatrixChange[] {
  const changes: MatrixChange[] = [];
  for (const key of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const old = before.get(key);
    const now = after.get(key);
    if (old === undefined && now !== undefined) {
      changes.push({ effect: 'opened', role: now.role, where: now.where, what: [cellPhrase(now.cell)] });
    } else if (old !== undefined && now === undefined) {
      changes.push({ effect: 'closed', role: old.role, where: old.where, what: [`was ${cellPhrase(old.cell)}`] });
    } else if (old !== undefined && now !== undefined) {
      const keys = changedKeys(old.cell, now.cell);
      if (keys.length === 0) continue;
      const effect = together(keys.map((name) => effectOf(name, old.cell[name], now.cell[name])));
      changes.push({
        effect,
        role: now.role,
        where: now.where,
        what: keys.map((name) => memberPhrase(name, old.cell[name], now.cell[name])),
      });
    }
  }
  return changes;
}

/** Level, the fields where the cell names them, and what it asks. */
function cellPhrase(cell: JsonObject): string {
  const fields = cell.fields === undefined ? '' : ` ${shown(cell.fields)}`;
  const asks = conditionNames(cell.conditions);
  return `${shown(cell.level)}${fields}${asks.length > 0 ? `, asks ${asks.join(', ')}` : ''}`;
}

function memberPhrase(key: string, old: Json | undefined, now: Json | undefined): string {
  if (Array.isArray(old) && Array.isArray(now)) {
    const added = now.filter((item) => !old.some((other) => same(item, other)));
    const removed = old.filter((item) => !now.some((other) => same(item, other)));
    const moves = [...added.map((item) => `+${shown(item)}`), ...removed.map((item) => `-${shown(item)}`)];
    return `${key} ${moves.length > 0 ? moves.join(' ') : 'in another order'}`;
  }
  if (isObject(old) && isObject(now)) {
    return changedKeys(old, now)
      .map((name) => `${key}.${memberPhrase(name, old[name], now[name])}`)
      .join(', ');
  }
  return `${key} ${shown(old)} becomes ${shown(now)}`;
}

function changedKeys(before: JsonObject, after: JsonObject): readonly string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.filter((key) => !same(own(before, key), own(after, key)));
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function part(data: JsonObject, name: string): JsonObject {
  const value = own(data, name);
  return isObject(value) ? value : {};
}

function shown(value: Json | undefined): string {
  if (value === undefined) return '(not set)';
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
