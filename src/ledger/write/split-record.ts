import type { DecisionRecord, Json, JsonObject } from '../../decision/model.ts';
import { canonicalNames, jcs, quotedName } from '../jcs.ts';
import { ITEM_MEMBERS } from '../record-form.ts';

const ITEM = new Set<string>(ITEM_MEMBERS);

/** A request in canonical form: as a whole, what is common, and per item. */
export interface SplitRequest {
  readonly batch: boolean;
  readonly whole: string;
  readonly common: string;
  readonly items: readonly string[];
}

/** A batch is what came in through the batch endpoint with at least one item; anything else is one item. */
export function splitRequest(record: DecisionRecord): SplitRequest {
  const evaluations = record.request.evaluations;
  const batch = record.eventName === 'adl.access_evaluations' && isList(evaluations) && evaluations.length > 0;
  if (batch) {
    const items = evaluations.map((item) => jcs(item));
    const { whole, outside } = cut(record.request, isEvaluations, items);
    return { batch, whole, common: outside, items };
  }
  const { whole, inside, outside } = cut(record.request, isOfItem);
  return { batch, whole, common: outside, items: [inside] };
}

/** The same of a response; `common` only in a batch. */
export interface SplitResponse {
  readonly whole?: string;
  readonly common?: string;
  readonly items: readonly string[];
}

/** Throws TypeError where there are more answers than questions. */
export function splitResponse(record: DecisionRecord, batch: boolean, count: number): SplitResponse {
  const response = record.response;
  if (response === null) return { items: [] };
  const evaluations = batch ? response.evaluations : undefined;
  if (!isList(evaluations)) {
    const whole = jcs(response);
    return batch ? { whole, common: whole, items: [] } : { whole, items: [whole] };
  }
  if (evaluations.length > count) throw new TypeError('a response has more items than its request');
  const items = evaluations.map((item) => jcs(item));
  const { whole, outside } = cut(response, isEvaluations, items);
  return { whole, common: outside, items };
}

const isEvaluations = (name: string) => name === 'evaluations';
const isOfItem = (name: string) => ITEM.has(name);

/**
 * An object in canonical form: whole, and as two objects of the members that are inside and outside. `ready` are the elements
 * of the member inside, where they have been serialised already.
 */
function cut(
  object: JsonObject,
  isInside: (name: string) => boolean,
  ready?: readonly string[],
): { whole: string; inside: string; outside: string } {
  let whole = '';
  let inside = '';
  let outside = '';
  for (const name of canonicalNames(object)) {
    const value = object[name];
    if (value === undefined) continue;
    const within = isInside(name);
    const member = `,${quotedName(name)}${within && ready !== undefined ? `[${ready.join()}]` : jcs(value)}`;
    whole += member;
    if (within) inside += member;
    else outside += member;
  }
  return { whole: `{${whole.slice(1)}}`, inside: `{${inside.slice(1)}}`, outside: `{${outside.slice(1)}}` };
}

function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}
