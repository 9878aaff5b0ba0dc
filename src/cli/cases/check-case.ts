/** The format of a case (design.md §10). What would be passed over in silence is an error, for the case would prove less than it says. */
import { isObject, type Json, type JsonObject } from '../../decision/model.ts';
import { FACT_KINDS, type FactKind, FORMS, isFactKind } from '../../facts/kinds.ts';
import { readRow } from '../../facts/read-row.ts';
import type { YamlText } from '../read-yaml.ts';

/** Keys of a case that are no shorthands of a bundle. */
export const OWN_KEYS: ReadonlySet<string> = new Set(['id', 'title', 'request', 'facts', 'expect', 'caller', 'data']);

interface Shape {
  readonly words: string;
  fits(value: Json): boolean;
}

const TEXT: Shape = { words: 'a text', fits: isText };
const TEXTS: Shape = { words: 'a list of texts', fits: isTexts };
const MAP: Shape = { words: 'a map', fits: isObject };
const EXPECT_KEYS: ReadonlyMap<string, Shape> = new Map([
  ['status', { words: 'a whole number, such as 400', fits: Number.isInteger }],
  ['decision', { words: 'true or false', fits: (value) => typeof value === 'boolean' }],
  ['level', TEXT],
  ['fields', TEXTS],
  ['reason_code', TEXT],
  ['obligations', TEXTS],
  ['alternatives', TEXTS],
  ['record', MAP],
]);
const CALLER_KEYS: ReadonlyMap<string, Shape> = new Map([
  ['organisation', TEXT],
  [
    'may_assert',
    { words: `a list of ${FACT_KINDS.join(', ')}`, fits: (value) => isTexts(value) && value.every(isFactKind) },
  ],
]);

type Wrong = (pointer: string, message: string) => void;

/** Every problem, as `file:line: what`. `shorthands` are the keys that the bundle's manifest knows. */
export function caseProblems(yaml: YamlText, file: string, shorthands: ReadonlySet<string>): readonly string[] {
  const { value } = yaml;
  if (!isObject(value)) return [`${file}:1: a case is a map with id, title, request and expect`];
  const problems: string[] = [];
  const wrong: Wrong = (pointer, message) => problems.push(`${file}:${yaml.lineOf(pointer)}: ${message}`);
  for (const key of Object.keys(value)) {
    if (OWN_KEYS.has(key) || shorthands.has(key)) continue;
    const known = [...OWN_KEYS, ...shorthands].join(', ');
    wrong(`/${key}`, `"${key}" is not a key of a case; this bundle knows ${known}`);
  }
  const { id, title, request, facts = {}, data = {}, caller = {}, expect = null } = value;
  if (!isText(id)) wrong('/id', 'id must be a text');
  if (title !== undefined && !isText(title)) wrong('/title', 'title must be a text');
  if (!isObject(request)) wrong('/request', 'request must be what the application sends, as a map');
  if (!isObject(data)) wrong('/data', 'data must be a map, laid over the data of the bundle');
  if (isObject(caller)) checkMembers('caller', caller, CALLER_KEYS, wrong);
  else wrong('/caller', 'caller must be a map of organisation and may_assert');
  if (isObject(facts)) for (const [kind, given] of Object.entries(facts)) checkFacts(kind, given, wrong);
  else wrong('/facts', `facts must be a map of ${FACT_KINDS.join(', ')}`);
  checkExpect(expect, request, wrong);
  return problems;
}

function checkMembers(
  name: string,
  given: JsonObject,
  keys: ReadonlyMap<string, Shape>,
  wrong: Wrong,
  at = `/${name}`,
) {
  for (const [key, value] of Object.entries(given)) {
    const shape = keys.get(key);
    if (shape === undefined) wrong(`${at}/${key}`, `${name} knows ${[...keys.keys()].join(', ')}; not "${key}"`);
    else if (!shape.fits(value)) wrong(`${at}/${key}`, `${name}.${key} must be ${shape.words}`);
  }
}

function checkFacts(kind: string, given: Json, wrong: Wrong): void {
  const at = `/facts/${kind}`;
  if (!isFactKind(kind)) {
    const age = kind === 'feeds' ? ' (the as_of of a row is that of its feed)' : '';
    wrong(at, `facts: ${kind} is no kind of fact; there are ${FACT_KINDS.join(', ')}${age}`);
    return;
  }
  const single = FORMS[kind].about === 'relation';
  // A key with nothing behind it, which YAML reads as null: there are none.
  if (given === null) return;
  if (single ? !isObject(given) : !Array.isArray(given)) {
    const needs = requiredColumns(kind).join(', ');
    const shape = single
      ? `one map with at least ${needs}, or nothing`
      : `a list of maps with at least ${needs}, or nothing`;
    wrong(at, `facts.${kind} must be ${shape}`);
    return;
  }
  const ages = new Set<Json>();
  for (const [index, row] of (Array.isArray(given) ? given : [given]).entries()) {
    const place = single ? at : `${at}/${index}`;
    if (!isObject(row)) {
      wrong(place, `facts.${kind}: each must be a map with at least ${requiredColumns(kind).join(', ')}`);
      continue;
    }
    for (const { column, detail } of readRow(kind, row, (name) => requiredColumns(kind).includes(name)).problems) {
      wrong(`${place}/${column}`, `facts.${kind}: ${column} ${detail}`);
    }
    if (row.as_of !== undefined) ages.add(row.as_of);
  }
  if (ages.size > 1) wrong(at, `facts.${kind}: its rows have one as_of, which is that of their feed`);
}

/** What the person is in a casus comes from the request where a case leaves it out. */
function requiredColumns(kind: FactKind): readonly string[] {
  return Object.entries(FORMS[kind].columns)
    .filter(([name, { required }]) => required === true && name !== 'person_relation')
    .map(([name]) => name);
}

function checkExpect(expect: Json, request: Json | undefined, wrong: Wrong): void {
  const listed = Array.isArray(expect);
  const asked = isObject(request) ? request.evaluations : undefined;
  if (listed && !(Array.isArray(asked) && asked.length > 0))
    wrong('/expect', 'expect is a list only where the request has evaluations; write one map');
  const entries: readonly Json[] = listed ? expect : [expect];
  if (entries.length === 0) wrong('/expect', 'expect is empty, so this case proves nothing');
  for (const [index, entry] of entries.entries()) {
    const at = listed ? `/expect/${index}` : '/expect';
    if (!isObject(entry)) {
      wrong(at, 'expect must be a map, or a list of maps for a batch');
      continue;
    }
    checkMembers('expect', entry, EXPECT_KEYS, wrong, at);
    const keys = Object.keys(entry);
    if (keys.length === 0) wrong(at, 'expect is empty, so this case proves nothing');
    const refused = entry.status !== undefined && entry.status !== 200;
    if (refused && (listed || keys.length > 1))
      wrong(`${at}/status`, 'what the door refuses has a status and nothing else: write expect: { status: … } alone');
  }
}

export function isText(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

export function isTexts(value: Json | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
