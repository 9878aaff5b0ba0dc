import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json, type Outcome } from '../../decision/model.ts';

/** How a draft answers another way than the policy in force, the gravest first. */
export const DIFFERENCES = [
  'newly_permitted',
  'higher_level',
  'more_fields',
  'draft_fails',
  'newly_denied',
  'lower_level',
  'fewer_fields',
  'other_obligations',
  'other_reason',
  'other_answer',
] as const;
export type Difference = (typeof DIFFERENCES)[number];

const LEVELS: readonly unknown[] = ['none', 'dat', 'wat'];

/** The gravest difference in what the PEP would get; undefined where it would get the same. A draft that failed is null. */
export function differenceOf(live: Outcome, draft: Outcome | null): Difference | undefined {
  if (draft === null) return 'draft_fails';
  if (live.decision !== draft.decision) return draft.decision ? 'newly_permitted' : 'newly_denied';
  const [before, after] = [live.context ?? {}, draft.context ?? {}];
  if (isDeepStrictEqual(before, after)) return undefined;
  const [from, to] = [before, after].map(({ granted_level: level }) => Math.max(0, LEVELS.indexOf(level)));
  if (from !== undefined && to !== undefined && from !== to) return to > from ? 'higher_level' : 'lower_level';
  const [fields, drafted] = [texts(before.fields), texts(after.fields)];
  if (drafted.some((field) => !fields.includes(field))) return 'more_fields';
  if (fields.some((field) => !drafted.includes(field))) return 'fewer_fields';
  if (!isDeepStrictEqual(before.obligations, after.obligations)) return 'other_obligations';
  return before.reason_code === after.reason_code ? 'other_answer' : 'other_reason';
}

function texts(list: Json | undefined): readonly Json[] {
  return Array.isArray(list) ? list : [];
}

/** Under which role, purpose and domain a question is counted; what is no short text is counted as such. */
export interface Place {
  readonly role: string;
  readonly purpose: string;
  readonly domain: string;
}

export function placeOf(input: unknown): Place {
  return {
    role: textAt(input, ['subject', 'properties', 'role']),
    purpose: textAt(input, ['action', 'properties', 'purpose']),
    domain: textAt(input, ['resource', 'properties', 'domain']),
  };
}

const LONGEST = 80;

function textAt(value: unknown, path: readonly string[]): string {
  let here: unknown = value;
  for (const step of path) here = isObject(here) && Object.hasOwn(here, step) ? here[step] : undefined;
  return typeof here === 'string' && here.length <= LONGEST ? here : '?';
}
