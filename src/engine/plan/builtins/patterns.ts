import { RE2JS } from 're2js';
import { isNumeric } from '../exact-numbers.ts';
import { positionOf } from '../positions.ts';
import { isArray, type Value } from '../values.ts';
import type { Budget, Builtin } from './budget.ts';
import { globToPattern } from './globs.ts';

/**
 * Regular expressions in RE2's dialect, which never backtracks: work is bounded by pattern times text.
 * Compiled patterns are kept for the next evaluation; they hold no state of their own.
 */
const KEPT = 100;
const kept = new Map<string, RE2JS | undefined>();

/** `a{1000}` is a short text and a large program, which takes the time. */
function compiled(budget: Budget, pattern: string): RE2JS | undefined {
  if (kept.has(pattern)) return kept.get(pattern);
  budget.spend(1 + pattern.length);
  let expression: RE2JS | undefined;
  try {
    expression = RE2JS.compile(pattern);
  } catch {
    expression = undefined;
  }
  budget.spend(10 * (expression?.programSize() ?? 0));
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value ?? '');
  kept.set(pattern, expression);
  return expression;
}

function spendMatch(budget: Budget, expression: RE2JS, text: string): void {
  budget.spend(1 + Math.ceil((expression.programSize() * (text.length + 1)) / 64));
}

function match(budget: Budget, pattern?: Value, text?: Value): Value | undefined {
  if (typeof pattern !== 'string' || typeof text !== 'string') return undefined;
  const expression = compiled(budget, pattern);
  if (expression === undefined) return undefined;
  spendMatch(budget, expression, text);
  return expression.matcher(text).find();
}

/** Every match with its groups, at most `limit` of them (−1: all). A group that took no part is an empty text. */
function findAllSubmatches(budget: Budget, pattern?: Value, text?: Value, limit?: Value): Value | undefined {
  if (typeof pattern !== 'string' || typeof text !== 'string' || !isNumeric(limit)) return undefined;
  const most = positionOf(limit);
  const expression = compiled(budget, pattern);
  if (most === undefined || expression === undefined) return undefined;
  spendMatch(budget, expression, text);
  const matcher = expression.matcher(text);
  const found: Value[] = [];
  let last = -1;
  while ((most < 0n || BigInt(found.length) < most) && matcher.find()) {
    // An empty match right behind the one before it does not count.
    if (matcher.start() === matcher.end() && matcher.start() === last) continue;
    last = matcher.end();
    budget.spend(1 + matcher.groupCount());
    found.push(Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? ''));
  }
  return found;
}

function globMatch(budget: Budget, pattern?: Value, delimiters?: Value, text?: Value): Value | undefined {
  if (typeof pattern !== 'string' || typeof text !== 'string') return undefined;
  const separators = delimiters === null ? [] : isArray(delimiters) ? delimiters : undefined;
  if (separators === undefined || !separators.every((part) => typeof part === 'string')) return undefined;
  const expression = globToPattern(pattern, delimiters !== null && separators.length === 0 ? ['.'] : separators);
  return expression === undefined ? undefined : match(budget, expression, text);
}

export const PATTERNS: Readonly<Record<string, Builtin>> = {
  'regex.match': match,
  re_match: match,
  'regex.is_valid': (budget, pattern) => typeof pattern === 'string' && compiled(budget, pattern) !== undefined,
  'regex.find_all_string_submatch_n': findAllSubmatches,
  'glob.match': globMatch,
};
