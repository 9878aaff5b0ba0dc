import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { builtFromTheseRules } from '../engine/build-bundle.ts';
import type { Bundle } from '../engine/bundle.ts';

/** Lines of the rules by the name that the plan gives a file; null where what lies there is not what was built. */
export type RuleSource = ReadonlyMap<string, readonly string[]> | null;

/**
 * The rules as they were written. The bundle itself holds them without their comments, so that its lines are others than
 * those that the compiler counted.
 */
export async function readRuleSource(bundle: Bundle, policies: string, files: Iterable<string>): Promise<RuleSource> {
  if (!(await builtFromTheseRules(bundle, policies))) return null;
  const above = dirname(resolve(policies));
  const texts = [...new Set(files)].map(async (file) => {
    return [file, (await readFile(join(above, file), 'utf8')).split('\n')] as const;
  });
  return new Map(await Promise.all(texts));
}
