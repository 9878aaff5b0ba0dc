/**
 * `POST /access/v1/evaluations`: a batch (AZ-30…42). Faults of the whole payload are refused; a fault of one item is
 * `decision: false` for that item (K-15). An item's member replaces the default whole, never merged (K-4).
 */
import type { Decide } from '../decision/decide.ts';
import type { DecideAll } from '../decision/decide-all.ts';
import type { Problem } from '../decision/errors.ts';
import {
  type BatchSemantic,
  type EvaluationRequest,
  type IncompleteItem,
  isObject,
  type Json,
  type JsonObject,
} from '../decision/model.ts';
import { type DecisionDoor, invalidRequest } from './decision-door.ts';
import { evaluationProblems, readEvaluation } from './evaluation.ts';
import { EVALUATION, evaluationRequest, own, ownObject, shapeProblems, typeProblems } from './request-members.ts';
import { normaliseTimes } from './request-times.ts';

const SEMANTICS: readonly BatchSemantic[] = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'];

export function createEvaluationsDoor(decide: Decide, decideAll: DecideAll, maxItems: number): DecisionDoor {
  return {
    problems(body) {
      const members = asksOne(body) ? evaluationProblems(body) : typeProblems(body, EVALUATION);
      return [...envelopeProblems(body, maxItems), ...members];
    },
    question(body) {
      if (asksOne(body)) {
        const { request, leftOut } = readEvaluation(body);
        return { leftOut, ask: (call) => decide(call, request) };
      }
      const { items, semantic, leftOut } = readEvaluations(body);
      return { leftOut, ask: (call) => decideAll(call, items, semantic) };
    },
  };
}

/** Throws `invalid_request` for an unknown semantic. */
export function readEvaluations(body: JsonObject): {
  items: readonly (EvaluationRequest | IncompleteItem)[];
  semantic: BatchSemantic;
  leftOut: readonly string[];
} {
  const semantic = semanticOf(body);
  if (semantic === undefined) throw invalidRequest('/options/evaluations_semantic', unknownSemantic());
  const leftOut = new Set<string>();
  const items = itemsOf(body).map((item, index) => {
    const read = readItem(isObject(item) ? item : {}, body);
    for (const pointer of read.leftOut) {
      const [, member = ''] = pointer.split('/');
      leftOut.add(isObject(item) && Object.hasOwn(item, member) ? `/evaluations/${index}${pointer}` : pointer);
    }
    return read.item;
  });
  return { items, semantic, leftOut: [...leftOut] };
}

function readItem(
  item: JsonObject,
  defaults: JsonObject,
): { item: EvaluationRequest | IncompleteItem; leftOut: readonly string[] } {
  const whole: Record<string, Json> = {};
  for (const member of ['subject', 'action', 'resource', 'context']) {
    const value = own(Object.hasOwn(item, member) ? item : defaults, member);
    if (value !== undefined) whole[member] = value;
  }
  const problems = shapeProblems(whole, EVALUATION);
  const request = evaluationRequest(whole);
  if (request === undefined || problems.length > 0) {
    return { item: { missing: problems.map(({ pointer }) => pointer.slice(1).replaceAll('/', '.')) }, leftOut: [] };
  }
  const { members, leftOut } = normaliseTimes(request);
  return { item: members, leftOut };
}

function envelopeProblems(body: JsonObject, maxItems: number): Problem[] {
  const problems: Problem[] = [];
  const items = own(body, 'evaluations');
  if (items !== undefined && !Array.isArray(items)) {
    problems.push({ pointer: '/evaluations', detail: 'evaluations must be an array' });
  } else if (Array.isArray(items)) {
    if (items.length > maxItems) {
      problems.push({ pointer: '/evaluations', detail: `evaluations holds more than ${maxItems} items` });
    }
    for (const [index, item] of items.slice(0, maxItems).entries()) {
      if (!isObject(item)) problems.push({ pointer: `/evaluations/${index}`, detail: 'an item must be an object' });
    }
  }
  const options = own(body, 'options');
  if (options !== undefined && !isObject(options)) {
    problems.push({ pointer: '/options', detail: 'options must be an object' });
  } else if (semanticOf(body) === undefined) {
    problems.push({ pointer: '/options/evaluations_semantic', detail: unknownSemantic() });
  }
  return problems;
}

function itemsOf(body: JsonObject): readonly Json[] {
  const items = own(body, 'evaluations');
  return Array.isArray(items) ? items : [];
}

/** AZ-31: without items it is one evaluation. Something else than an array was meant as a batch. */
function asksOne(body: JsonObject): boolean {
  const items = own(body, 'evaluations');
  return items === undefined || (Array.isArray(items) && items.length === 0);
}

/** `execute_all` where nothing is said; undefined where it is no semantic of AZ-36. */
function semanticOf(body: JsonObject): BatchSemantic | undefined {
  const said = own(ownObject(body, 'options') ?? {}, 'evaluations_semantic');
  return said === undefined ? 'execute_all' : SEMANTICS.find((semantic) => semantic === said);
}

function unknownSemantic(): string {
  return `evaluations_semantic must be one of ${SEMANTICS.join(', ')}`;
}
