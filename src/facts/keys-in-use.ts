import type { DatabaseSync } from 'node:sqlite';

/**
 * Ids of the pseudonym keys that people in the facts file stand under. A rotation is finished when one is left
 * (design.md §3). Steps from key to key by the index, so it costs a look-up for each key.
 */
export function keysInUse(db: DatabaseSync): readonly string[] {
  const next = db.prepare("SELECT data_subject FROM fact WHERE data_subject >= ? AND data_subject < 'psn;' LIMIT 1");
  const keys: string[] = [];
  let from = 'psn:';
  for (;;) {
    const found = next.get(from)?.data_subject;
    const key = typeof found === 'string' ? found.split(':')[1] : undefined;
    if (key === undefined) return keys;
    keys.push(key);
    // The character after the colon: behind all that stands under this key.
    from = `psn:${key};`;
  }
}
