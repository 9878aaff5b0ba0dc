import { createHash } from 'node:crypto';
import { isObject, type JsonObject } from '../decision/model.ts';
import type { Bundle } from '../engine/bundle.ts';
import { documentDiffLines } from './check/document-diff.ts';
import { matrixDiff } from './check/matrix-diff.ts';
import { readNamedBundle } from './named-bundle.ts';
import { NO, saying, type Terminal, WRONG_USE, YES } from './terminal.ts';

export interface PolicyDiffOptions {
  readonly before: string;
  readonly after: string;
  readonly json: boolean;
}

/**
 * `datwat policy diff OLD NEW`: what a release changes, in terms of the domain and not of text.
 * Exit code: 0 nothing differs, 1 something does, 2 a bundle cannot be read.
 */
export async function policyDiff(options: PolicyDiffOptions, { out, err }: Terminal): Promise<number> {
  let before: Bundle;
  let after: Bundle;
  try {
    before = await readNamedBundle(options.before);
    after = await readNamedBundle(options.after);
  } catch (failure) {
    err(saying(failure));
    return WRONG_USE;
  }
  const [old, now] = [dataOf(before), dataOf(after)];
  const lines = [...documentDiffLines(old, now), ...rulesAndCases(before, after)];
  if (options.json) {
    const revisions = { before: before.revision, after: after.revision };
    out(JSON.stringify({ ...revisions, cells: matrixDiff(old, now), lines }));
  } else out(lines.length === 0 ? 'Nothing differs.' : lines.join('\n'));
  return lines.length === 0 ? YES : NO;
}

function rulesAndCases(before: Bundle, after: Bundle): readonly string[] {
  const changed = [...new Set([...before.files.keys(), ...after.files.keys()])]
    .filter((name) => digest(before.files.get(name)) !== digest(after.files.get(name)))
    .sort();
  const rules = changed.filter((name) => name.endsWith('.rego'));
  const cases = changed.filter((name) => name.startsWith('cases/'));
  return [
    ...(digest(before.wasm) === digest(after.wasm) ? [] : ['the compiled rules differ']),
    ...rules.map((name) => `rules: ${name} ${what(before, after, name)}`),
    ...cases.map((name) => `case: ${name.slice('cases/'.length)} ${what(before, after, name)}`),
  ];
}

function what(before: Bundle, after: Bundle, name: string): string {
  if (!before.files.has(name)) return 'added';
  return after.files.has(name) ? 'changed' : 'removed';
}

function dataOf(bundle: Bundle): JsonObject {
  const document: unknown = JSON.parse(bundle.dataText);
  return isObject(document) ? document : {};
}

function digest(content: Uint8Array | undefined): string {
  return content === undefined ? '' : createHash('sha256').update(content).digest('hex');
}
