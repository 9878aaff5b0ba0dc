import { isObject, type Json, type JsonObject } from '../../decision/model.ts';

export interface PlacedCell {
  readonly role: string;
  /** `domain / purpose`, and the profile where it holds in one only. */
  readonly where: string;
  readonly cell: JsonObject;
}

/** Cells of the matrix, and of the local decisions of each profile, by a key that stays theirs whatever they hold. */
export function cellsOf(data: JsonObject): ReadonlyMap<string, PlacedCell> {
  const cells = new Map<string, PlacedCell>();
  const add = (matrix: Json, profile: string) => {
    for (const [domain, purposes] of members(matrix)) {
      for (const [purpose, roles] of members(purposes)) {
        for (const [role, cell] of members(roles)) {
          const where = `${domain} / ${purpose}${profile === '' ? '' : ` (only in ${profile})`}`;
          if (isObject(cell)) cells.set(JSON.stringify([role, domain, purpose, profile]), { role, where, cell });
        }
      }
    }
  };
  add(data.authorisation_matrix ?? null, '');
  for (const [profile, matrix] of members(data.local_decisions ?? null)) add(matrix, profile);
  return cells;
}

function members(value: Json): readonly (readonly [string, Json])[] {
  return isObject(value) ? Object.entries(value) : [];
}
