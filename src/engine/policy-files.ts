import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';

/** What a file among the policies is to the engine. */
export type PolicyFileKind = 'rules' | 'data' | 'cases';

/** File → a mark that changes whenever the file is written or replaced. Names are relative, with forward slashes. */
export type Marks = ReadonlyMap<string, string>;

/** Looks at every file among the policies that matters to a running engine. */
export async function markPolicyFiles(policies: string): Promise<Marks> {
  const entries = await readdir(policies, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(policies, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((name) => kindOf(name) !== undefined);
  const marks = await Promise.all(names.map(async (name) => [name, await markOf(join(policies, name))] as const));
  return new Map(marks.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Files that are new, gone or other than they were, in order of name. */
export function changedFiles(before: Marks, after: Marks): readonly string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).sort();
}

/** Undefined for what no engine reads: tests of rules, checks, documentation, files that an editor leaves for a moment. */
export function kindOf(name: string): PolicyFileKind | undefined {
  const [top] = name.split('/');
  const file = basename(name);
  if (top === 'checks' || top === 'toolchain' || file.endsWith('_test.rego')) return undefined;
  if (top === 'cases') return /\.ya?ml$/.test(file) ? 'cases' : undefined;
  if (file.endsWith('.rego') || name === '.manifest' || name === 'capabilities.json') return 'rules';
  return file === 'data.yaml' || file === 'data.json' || file === 'schema.json' ? 'data' : undefined;
}

/** An editor that saves by renaming makes another inode; a file that is gone before it is looked at has no mark. */
async function markOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeNs } = await stat(file, { bigint: true });
    return `${ino}:${size}:${mtimeNs}`;
  } catch {
    return 'gone';
  }
}
