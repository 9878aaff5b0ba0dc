/** The vendor attributes by which records are filtered. INVARIANT: no personal data but pseudonyms. */
import type { Call, Json, JsonObject, Outcome } from './model.ts';
import { at, type ItemContext, textAt } from './opened-record.ts';
import type { Members } from './policy-question.ts';
import type { FactsFound } from './ports.ts';

/** What became of one item, as far as it came. */
export interface ItemTrail {
  readonly members: Members;
  readonly item: ItemContext;
  readonly found?: FactsFound;
  readonly outcome?: Outcome;
  /** What an item that failed leaves for the ledger. */
  readonly evidence?: JsonObject;
  /** What was answered for this item; a search has none. */
  readonly decision?: boolean;
}

/** Attributes of a call with one item. */
export function singleAttributes(call: Call, trail: ItemTrail): JsonObject {
  return { ...callAttributes(call, [trail]), ...itemAttributes(trail) };
}

/** What all items of a batch share stands at the top, as in a single call; what differs stands per item. */
export function batchAttributes(call: Call, trails: readonly ItemTrail[]): JsonObject {
  const all = trails.map(itemAttributes);
  const [first = {}, ...others] = all;
  const common = Object.entries(first).filter(([key, value]) => others.every((other) => same(other[key], value)));
  const shared = new Set(common.map(([key]) => key));
  const items = all.map((own) => {
    const differing = Object.entries(own).filter(([key]) => !shared.has(key));
    return Object.fromEntries(differing.map(([key, value]) => [key.slice('datwat.'.length), value]));
  });
  return { ...callAttributes(call, trails), ...Object.fromEntries(common), 'datwat.items': items };
}

function same(one: Json | undefined, other: Json): boolean {
  return one === other || (typeof other === 'object' && JSON.stringify(one) === JSON.stringify(other));
}

function callAttributes(call: Call, trails: readonly ItemTrail[]): JsonObject {
  const { caller } = call;
  const prefix = (index: number) => (trails.length > 1 || 'evaluations' in call.body ? `/evaluations/${index}` : '');
  const ignored = [
    ...(call.leftOut ?? []),
    ...trails.flatMap((trail, index) => trail.item.ignored.map((pointer) => prefix(index) + pointer)),
    ...trails.flatMap((trail, index) =>
      (trail.found?.ignored ?? []).map((kind) => `${prefix(index)}/context/asserted/${kind}`),
    ),
  ];
  const asserted = [...new Set(trails.flatMap((trail) => trail.found?.asserted ?? []))].sort();
  return {
    'datwat.caller': {
      name: caller.name,
      ...(caller.organisation !== undefined && { organisation: caller.organisation }),
      asserts: caller.mayAssert,
      authenticated: caller.authenticated,
      may_set_time: caller.maySetTime,
      may_simulate: caller.maySimulate,
    },
    ...(call.requestId !== undefined && { 'datwat.request_id': call.requestId }),
    ...(call.otherTraceId !== undefined && { 'datwat.other_trace_id': call.otherTraceId }),
    ...(call.fscTransactionId !== undefined && { 'adl.fsc.transaction_id': call.fscTransactionId }),
    ...(ignored.length > 0 && { 'datwat.ignored': [...new Set(ignored)].sort() }),
    ...(asserted.length > 0 && { 'datwat.asserted': asserted }),
  };
}

function itemAttributes({ members, item, outcome, decision }: ItemTrail): JsonObject {
  const domain = textAt(members.resource, 'properties', 'domain');
  const purpose = textAt(members.action, 'properties', 'purpose');
  const asked = textAt(members.action, 'properties', 'requested_level');
  const level = textAt(outcome?.context, 'granted_level');
  const reason = textAt(outcome?.record, 'reason_code') ?? textAt(outcome?.context, 'reason_code');
  return {
    'datwat.now': { ...item.now, source: item.timeSource },
    ...(decision !== undefined && { 'datwat.decision': decision }),
    ...(domain !== undefined && { 'datwat.domain': domain }),
    ...(purpose !== undefined && { 'datwat.purpose': purpose }),
    ...(asked !== undefined && { 'datwat.requested_level': asked }),
    ...(level !== undefined && { 'datwat.level': level }),
    ...(reason !== undefined && { 'datwat.reason': reason }),
    ...(item.context.simulation === true && { 'datwat.simulation': true }),
    ...(at(item.context, 'break_glass') !== undefined && { 'datwat.break_glass': true }),
  };
}
