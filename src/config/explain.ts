/** What the schema found, in words that say what to do. */
import type * as z from 'zod';
import { isObject, type JsonObject } from '../decision/model.ts';
import { FACT_KINDS } from '../facts/kinds.ts';
import { nearest } from '../facts/nearest.ts';
import { keysAt } from './schema.ts';
import type { ConfigProblem, Merged } from './sources.ts';
import { at } from './written.ts';

export function explain(issue: z.core.$ZodIssue, value: JsonObject, placeOf: Merged['placeOf']): ConfigProblem[] {
  const pointer = issue.path.map((step) => `/${String(step)}`).join('');
  const named = pointer === '' ? '' : `${pointer.slice(1).replaceAll('/', '.')} `;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const meant = nearest(key, keysAt(issue.path));
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      return { place: placeOf(`${pointer}/${key}`), message: `${named}has an unknown key ${key}${hint}` };
    });
  }
  if (issue.code === 'invalid_union') {
    // The branches are told apart by their type; the one that fits the type knows what is wrong.
    const given = at(value, issue.path);
    const branch = issue.errors.find((issues) =>
      issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
    );
    if (isObject(given) && branch !== undefined) {
      return branch.flatMap((inner) => explain({ ...inner, path: [...issue.path, ...inner.path] }, value, placeOf));
    }
  }
  if (issue.code === 'invalid_type' && at(value, issue.path) === undefined) {
    return [{ place: placeOf(pointer), message: `${named}is required` }];
  }
  const quotes = issue.code === 'invalid_type' && issue.expected === 'string' ? '; put it in quotes' : '';
  return [{ place: placeOf(pointer), message: `${named}${wordsFor(issue)}${quotes}` }];
}

function wordsFor(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${issue.expected === 'int' ? 'a whole number' : `of type ${issue.expected}`}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return issue.origin === 'string' ? 'must not be empty' : `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    case 'invalid_key':
      return `must be one of ${FACT_KINDS.join(', ')}`;
    case 'invalid_union':
      return issue.path[0] === 'quorum'
        ? 'must be a map with offices, or the word none'
        : 'must be a map with cert and key, or the words terminated_upstream';
    case 'invalid_format':
      return issue.message.startsWith('must') ? issue.message : `must be a valid ${issue.format}`;
    default:
      return issue.message;
  }
}
