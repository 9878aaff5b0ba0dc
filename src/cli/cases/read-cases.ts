/** Cases as data (design.md §10): a YAML file each, whose name is the sentence that it proves. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isObject, type Json, type JsonObject } from '../../decision/model.ts';
import { readYaml, type YamlText } from '../read-yaml.ts';

/** What a case says of one answer; keys that it leaves out are not checked. */
export interface Expectation {
  readonly status?: number;
  readonly decision?: boolean;
  readonly level?: string;
  /** As a set. */
  readonly fields?: readonly string[];
  /** The outward one. */
  readonly reason_code?: string;
  /** Ids that must be among the answer's. */
  readonly obligations?: readonly string[];
  /** Types that must be among the answer's. */
  readonly alternatives?: readonly string[];
  /** What only the ledger may know. */
  readonly record?: JsonObject;
}

export interface Case {
  readonly file: string;
  readonly id: string;
  readonly title: string;
  readonly request: JsonObject;
  readonly facts: JsonObject;
  /** One for each answer of a batch, in order. */
  readonly expect: readonly Expectation[];
  readonly caller: { readonly organisation?: string; readonly mayAssert: readonly string[] };
  /** What is laid over the bundle's data for this case. */
  readonly data: JsonObject;
  /** Shorthand keys (`profile: PF-PRAKTIJK`), which the bundle's manifest maps to places in the data. */
  readonly shorthands: JsonObject;
}

/** Every problem of every file, each with file and line. */
export class CaseError extends Error {}

const OWN_KEYS = new Set(['id', 'title', 'request', 'facts', 'expect', 'caller', 'data']);
const EXPECT_KEYS = new Map<string, (value: Json) => boolean>([
  ['status', (value) => Number.isInteger(value)],
  ['decision', (value) => typeof value === 'boolean'],
  ['level', isText],
  ['fields', isTexts],
  ['reason_code', isText],
  ['obligations', isTexts],
  ['alternatives', isTexts],
  ['record', isObject],
]);

/**
 * Reads each `*.yaml` of the folders, in order of name; a folder may also be a single file.
 * `shorthands` are the keys that the bundle's manifest knows. Throws `CaseError` with all problems at once.
 */
export function readCases(places: readonly string[], shorthands: readonly string[]): readonly Case[] {
  const problems: string[] = [];
  const cases: Case[] = [];
  for (const file of places.flatMap(filesOf)) {
    try {
      const yaml = readYaml(readFileSync(file, 'utf8'), file);
      const found = check(yaml, file, new Set(shorthands));
      if (found.problems.length > 0) problems.push(...found.problems);
      else cases.push(caseOf(yaml.value, file));
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (problems.length > 0) throw new CaseError(problems.join('\n'));
  return cases;
}

function filesOf(place: string): readonly string[] {
  let isFolder: boolean;
  try {
    isFolder = statSync(place).isDirectory();
  } catch {
    throw new CaseError(`${place}: there is no such file or folder of cases`);
  }
  if (!isFolder) return [place];
  return readdirSync(place)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(place, name));
}

function check(yaml: YamlText, file: string, shorthands: ReadonlySet<string>): { problems: readonly string[] } {
  const { value } = yaml;
  if (!isObject(value)) return { problems: [`${file}:1: a case is a map with id, title, request and expect`] };
  const problems: string[] = [];
  const wrong = (pointer: string, message: string) => problems.push(`${file}:${yaml.lineOf(pointer)}: ${message}`);
  for (const key of Object.keys(value)) {
    if (OWN_KEYS.has(key) || shorthands.has(key)) continue;
    const known = [...OWN_KEYS, ...shorthands].join(', ');
    wrong(`/${key}`, `"${key}" is not a key of a case; this bundle knows ${known}`);
  }
  if (!isText(value.id)) wrong('/id', 'id must be a text');
  if (!isObject(value.request)) wrong('/request', 'request must be what the application sends, as a map');
  for (const key of ['facts', 'data', 'caller'] as const) {
    if (value[key] !== undefined && !isObject(value[key])) wrong(`/${key}`, `${key} must be a map`);
  }
  const caller = isObject(value.caller) ? value.caller : {};
  for (const key of Object.keys(caller)) {
    if (key !== 'organisation' && key !== 'may_assert')
      wrong(`/caller/${key}`, `a caller has organisation and may_assert`);
  }
  if (caller.may_assert !== undefined && !isTexts(caller.may_assert))
    wrong('/caller/may_assert', 'may_assert is a list of kinds');
  const batch = Array.isArray(value.expect);
  const entries = batch ? value.expect : [value.expect ?? null];
  if (Array.isArray(entries)) {
    for (const [index, entry] of entries.entries()) {
      const pointer = batch ? `/expect/${index}` : '/expect';
      if (!isObject(entry)) {
        wrong(pointer, 'expect must be a map, or a list of maps for a batch');
        continue;
      }
      for (const [key, given] of Object.entries(entry)) {
        const fits = EXPECT_KEYS.get(key);
        if (fits === undefined)
          wrong(`${pointer}/${key}`, `expect knows ${[...EXPECT_KEYS.keys()].join(', ')}; not "${key}"`);
        else if (!fits(given)) wrong(`${pointer}/${key}`, `expect.${key} has the wrong type`);
      }
    }
  }
  return { problems };
}

/** Expects a value that `check` accepts. */
function caseOf(value: Json, file: string): Case {
  const given = isObject(value) ? value : {};
  const caller = isObject(given.caller) ? given.caller : {};
  const expect = Array.isArray(given.expect) ? given.expect : [given.expect];
  return {
    file: basename(file),
    id: String(given.id),
    title: typeof given.title === 'string' ? given.title : basename(file),
    request: objectOr(given.request),
    facts: objectOr(given.facts),
    data: objectOr(given.data),
    expect: expect as readonly Expectation[],
    caller: {
      ...(typeof caller.organisation === 'string' && { organisation: caller.organisation }),
      mayAssert: isTexts(caller.may_assert) ? caller.may_assert : [],
    },
    shorthands: Object.fromEntries(Object.entries(given).filter(([key]) => !OWN_KEYS.has(key))),
  };
}

function objectOr(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

function isTexts(value: Json | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
