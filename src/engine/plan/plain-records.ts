import type { Block } from './plan-shape.ts';

/**
 * Locals that only ever hold an object made here with keys that are known: those can be assigned to without a look at
 * what they are. `__proto__` is no such key, as an assignment to it means something else.
 */
export function plainRecords(blocks: readonly Block[], params: readonly number[]): ReadonlySet<number> {
  const made = new Set<number>();
  const other = new Set<number>(params);
  const visit = (block: Block): void => {
    for (const s of block.statements) {
      if (s.type === 'MakeObjectStmt') made.add(s.target);
      else if (s.type === 'ObjectInsertStmt' || s.type === 'ObjectInsertOnceStmt') {
        const known = s.type === 'ObjectInsertStmt' && s.key.kind === 'constant' && typeof s.key.value === 'string';
        if (!known || s.key.value === '__proto__') other.add(s.object);
      } else {
        if ('target' in s) other.add(s.target);
        if ('result' in s) other.add(s.result);
      }
      if (s.type === 'ScanStmt') other.add(s.key).add(s.value);
      if (s.type === 'WithStmt') other.add(s.local);
      if ('block' in s) visit(s.block);
      if ('blocks' in s) s.blocks.forEach(visit);
    }
  };
  blocks.forEach(visit);
  return made.difference(other);
}
