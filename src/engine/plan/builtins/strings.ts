import { isNumeric } from '../exact-numbers.ts';
import { positionOf } from '../positions.ts';
import { entriesOf, isRegoObject, type Value } from '../values.ts';
import { characters, listOf } from './aggregates.ts';
import type { Budget, Builtin } from './budget.ts';
import { lower, upper } from './letter-case.ts';

/** Characters of work that count as one step. */
const CHARACTERS_PER_STEP = 64;

function spendText(budget: Budget, length: number): void {
  budget.spend(1 + Math.ceil(length / CHARACTERS_PER_STEP));
}

/** At each place of the text much of what is looked for may fit. */
function spendSearch(budget: Budget, text: string, part: string): void {
  spendText(budget, text.length * Math.max(1, Math.min(part.length, text.length - part.length + 1)));
}

function onText(calculate: (text: string) => Value): Builtin {
  return (budget, text) => {
    if (typeof text !== 'string') return undefined;
    spendText(budget, text.length);
    return calculate(text);
  };
}

function onTexts(calculate: (text: string, other: string, budget: Budget) => Value | undefined): Builtin {
  return (budget, text, other) => {
    if (typeof text !== 'string' || typeof other !== 'string') return undefined;
    spendSearch(budget, text, other);
    return calculate(text, other, budget);
  };
}

function concat(budget: Budget, separator?: Value, collection?: Value): Value | undefined {
  const list = listOf(collection);
  if (typeof separator !== 'string' || list === undefined) return undefined;
  let length = 0;
  for (const part of list) {
    if (typeof part !== 'string') return undefined;
    length += part.length + separator.length;
  }
  spendText(budget, length);
  return list.join(separator);
}

/** Positions count characters (code points), not JavaScript's units. */
function indexOf(text: string, part: string): number | undefined {
  if (part === '') return undefined;
  const at = text.indexOf(part);
  return at <= 0 ? at : characters(text.slice(0, at));
}

const ASCII = /^[\0-\x7f]*$/;

function substring(budget: Budget, text?: Value, from?: Value, length?: Value): Value | undefined {
  if (typeof text !== 'string' || !isNumeric(from) || !isNumeric(length)) return undefined;
  const start = positionOf(from);
  const wanted = positionOf(length);
  if (start === undefined || wanted === undefined || start < 0n) return undefined;
  spendText(budget, text.length);
  if (ASCII.test(text)) {
    const end = wanted < 0n || start + wanted > BigInt(text.length) ? text.length : Number(start + wanted);
    return start > BigInt(text.length) ? '' : text.slice(Number(start), end);
  }
  const points = [...text];
  const first = start > BigInt(points.length) ? points.length : Number(start);
  const most = points.length - first;
  return points.slice(first, first + (wanted < 0n || wanted > BigInt(most) ? most : Number(wanted))).join('');
}

function split(text: string, separator: string, budget: Budget): Value {
  const parts = separator === '' ? [...text] : text.split(separator);
  budget.spend(parts.length);
  return parts;
}

/**
 * All replacements in one pass over the text, so that what was put in is not replaced again;
 * where several fit at a place, the first pair counts.
 */
function replaceAll(budget: Budget, text: string, pairs: readonly (readonly [string, string])[]): string {
  spendText(budget, text.length * pairs.length);
  if (pairs.every(([old]) => old !== '')) return replaceTexts(budget, text, pairs);
  const out: string[] = [];
  let length = 0;
  let copied = 0;
  let emptyBefore = false;
  for (let i = 0; i <= text.length; ) {
    const pair = pairs.find(([old]) => !(emptyBefore && old === '') && text.startsWith(old, i));
    emptyBefore = pair?.[0] === '';
    if (pair === undefined) {
      i += (text.codePointAt(i) ?? 0) > 0xffff ? 2 : 1;
      continue;
    }
    out.push(text.slice(copied, i), pair[1]);
    length += pair[1].length;
    if (out.length % 1024 === 0) {
      spendText(budget, length);
      length = 0;
    }
    i += pair[0].length;
    copied = i;
  }
  spendText(budget, length);
  out.push(text.slice(copied));
  return out.join('');
}

/** The same where every pair looks for some text: straight to the next place where one does. */
function replaceTexts(budget: Budget, text: string, pairs: readonly (readonly [string, string])[]): string {
  const next = pairs.map(([old]) => text.indexOf(old));
  let result = '';
  for (let at = 0; ; ) {
    let first = -1;
    for (let i = 0; i < pairs.length; i++) {
      let found = next[i] ?? -1;
      if (found >= 0 && found < at) found = next[i] = text.indexOf(pairs[i]?.[0] ?? '', at);
      if (found >= 0 && (first < 0 || found < (next[first] ?? 0))) first = i;
    }
    const pair = pairs[first];
    const place = next[first];
    if (pair === undefined || place === undefined) return result + text.slice(at);
    result += text.slice(at, place) + pair[1];
    spendText(budget, pair[1].length);
    at = place + pair[0].length;
  }
}

function replace(budget: Budget, text?: Value, old?: Value, by?: Value): Value | undefined {
  if (typeof text !== 'string' || typeof old !== 'string' || typeof by !== 'string') return undefined;
  return replaceAll(budget, text, [[old, by]]);
}

function replaceN(budget: Budget, patterns?: Value, text?: Value): Value | undefined {
  if (!isRegoObject(patterns) || typeof text !== 'string') return undefined;
  const pairs: (readonly [string, string])[] = [];
  for (const [old, by] of entriesOf(patterns)) {
    if (typeof old !== 'string' || typeof by !== 'string') return undefined;
    pairs.push([old, by]);
  }
  return replaceAll(budget, text, pairs);
}

/** Characters that are one unit each, so that a text can be walked through unit by unit. */
const BASIC = /^[\0-\ud7ff\ue000-\uffff]*$/;

function trimLeft(text: string, cutset: string): string {
  if (BASIC.test(cutset)) {
    let start = 0;
    while (start < text.length && cutset.includes(text.charAt(start))) start++;
    return text.slice(start);
  }
  const cut = new Set(cutset);
  const points = [...text];
  const first = points.findIndex((point) => !cut.has(point));
  return first < 0 ? '' : points.slice(first).join('');
}

function trimRight(text: string, cutset: string): string {
  if (BASIC.test(cutset)) {
    let end = text.length;
    while (end > 0 && cutset.includes(text.charAt(end - 1))) end--;
    return text.slice(0, end);
  }
  const cut = new Set(cutset);
  const points = [...text];
  return points.slice(0, points.findLastIndex((point) => !cut.has(point)) + 1).join('');
}

/** Unicode's White_Space, which is not what JavaScript's `trim` takes away. */
const SPACE = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const LEADING = new RegExp(`^${SPACE}+`);
const SPACE_CHARACTER = new RegExp(SPACE);

function trimSpace(text: string): string {
  const start = text.replace(LEADING, '');
  let end = start.length;
  while (end > 0 && SPACE_CHARACTER.test(start.charAt(end - 1))) end--;
  return start.slice(0, end);
}

export const STRINGS: Readonly<Record<string, Builtin>> = {
  concat,
  contains: onTexts((text, part) => text.includes(part)),
  startswith: onTexts((text, part) => text.startsWith(part)),
  endswith: onTexts((text, part) => text.endsWith(part)),
  indexof: onTexts(indexOf),
  lower: onText(lower),
  upper: onText(upper),
  replace,
  'strings.replace_n': replaceN,
  'strings.reverse': onText((text) => [...text].reverse().join('')),
  split: onTexts(split),
  substring,
  trim: onTexts((text, cutset) => trimRight(trimLeft(text, cutset), cutset)),
  trim_left: onTexts(trimLeft),
  trim_right: onTexts(trimRight),
  trim_prefix: onTexts((text, prefix) => (text.startsWith(prefix) ? text.slice(prefix.length) : text)),
  trim_suffix: onTexts((text, suffix) => (text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text)),
  trim_space: onText(trimSpace),
};
