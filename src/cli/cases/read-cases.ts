/** Cases as data (design.md §10): a YAML file each, whose name is the sentence that it proves. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isObject, type Json, type JsonObject } from '../../decision/model.ts';
import { readYaml } from '../read-yaml.ts';
import { caseProblems, isTexts, OWN_KEYS } from './check-case.ts';

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

/** The same as `readSoundCases`. Throws `CaseError` with all problems at once. */
export function readCases(places: readonly string[], shorthands: readonly string[]): readonly Case[] {
  const { cases, problems } = readSoundCases(places, shorthands);
  if (problems.length > 0) throw new CaseError(problems.join('\n'));
  return cases;
}

export interface SoundCases {
  readonly cases: readonly Case[];
  /** What is wrong with the others, as `file:line: what`. */
  readonly problems: readonly string[];
}

/**
 * Reads each `*.yaml` of the folders, in order of name; a folder may also be a single file.
 * `shorthands` are the keys that the bundle's manifest knows. Throws `CaseError` where there is no such folder or file.
 */
export function readSoundCases(places: readonly string[], shorthands: readonly string[]): SoundCases {
  const problems: string[] = [];
  const cases: Case[] = [];
  for (const file of places.flatMap(filesOf)) {
    try {
      const yaml = readYaml(readFileSync(file, 'utf8'), file);
      const found = caseProblems(yaml, file, new Set(shorthands));
      if (found.length > 0) problems.push(...found);
      else cases.push(caseOf(yaml.value, file));
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { cases, problems };
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

/** Expects a value in which `caseProblems` finds nothing. */
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
