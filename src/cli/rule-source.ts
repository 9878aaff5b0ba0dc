import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
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
  const texts = [...new Set(files)].map(async (file) => {
    // The first part is what the folder was called when the bundle was built.
    const [, ...below] = file.split('/');
    return [file, (await readFile(join(policies, ...below), 'utf8')).split('\n')] as const;
  });
  return new Map(await Promise.all(texts));
}
