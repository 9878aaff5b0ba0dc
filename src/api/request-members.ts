/** The shape of the members of an AuthZEN request (AZ-10…13). Shape only: no word of any policy is known here. */
import type { Problem } from '../decision/errors.ts';
import {
  type Action,
  type Entity,
  type EvaluationRequest,
  isObject,
  type Json,
  type JsonObject,
} from '../decision/model.ts';

/** What a member must have; `subject.id` is not needed where subjects are searched for. */
export interface Shape {
  readonly member: 'subject' | 'action' | 'resource';
  readonly texts: readonly ('type' | 'id' | 'name')[];
}

export const SUBJECT: Shape = { member: 'subject', texts: ['type', 'id'] };
export const ACTION: Shape = { member: 'action', texts: ['name'] };
export const RESOURCE: Shape = { member: 'resource', texts: ['type', 'id'] };
/** One evaluation asks for all three (AZ-20). */
export const EVALUATION: readonly Shape[] = [SUBJECT, ACTION, RESOURCE];

/** Every problem of the members and of `context`, in the order of the shapes. */
export function shapeProblems(body: JsonObject, shapes: readonly Shape[]): Problem[] {
  const problems: Problem[] = [];
  for (const { member, texts } of shapes) {
    const value = own(body, member);
    if (value === undefined) problems.push({ pointer: `/${member}`, detail: `${member} is required` });
    else problems.push(...memberProblems(member, value, texts, true));
  }
  problems.push(...contextProblems(body));
  return problems;
}

/** Wrong types only: what is absent may still come from elsewhere (K-15). */
export function typeProblems(body: JsonObject, shapes: readonly Shape[]): Problem[] {
  const problems: Problem[] = [];
  for (const { member, texts } of shapes) {
    const value = own(body, member);
    if (value !== undefined) problems.push(...memberProblems(member, value, texts, false));
  }
  problems.push(...contextProblems(body));
  return problems;
}

export function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

export function ownObject(object: JsonObject, key: string): JsonObject | undefined {
  const value = own(object, key);
  return isObject(value) ? value : undefined;
}

function memberProblems(member: string, value: Json, texts: readonly string[], required: boolean): Problem[] {
  if (!isObject(value)) return [{ pointer: `/${member}`, detail: `${member} must be an object` }];
  const problems: Problem[] = [];
  for (const key of texts) {
    const text = own(value, key);
    if (text === undefined) {
      if (required) problems.push({ pointer: `/${member}/${key}`, detail: `${member}.${key} is required` });
    } else if (typeof text !== 'string') {
      problems.push({ pointer: `/${member}/${key}`, detail: `${member}.${key} must be a string` });
    }
  }
  const properties = own(value, 'properties');
  if (properties !== undefined && !isObject(properties)) {
    problems.push({ pointer: `/${member}/properties`, detail: `${member}.properties must be an object` });
  }
  return problems;
}

function contextProblems(body: JsonObject): Problem[] {
  const context = own(body, 'context');
  return context === undefined || isObject(context)
    ? []
    : [{ pointer: '/context', detail: 'context must be an object' }];
}

/** The request itself, where nothing is missing and every type is right. */
export function evaluationRequest({ subject, action, resource, context }: JsonObject): EvaluationRequest | undefined {
  if (!isEntity(subject) || !isAction(action) || !isEntity(resource)) return undefined;
  return { subject, action, resource, ...(isObject(context) && { context }) };
}

function isEntity(value: Json | undefined): value is Entity {
  return isObject(value) && typeof value.type === 'string' && typeof value.id === 'string';
}

function isAction(value: Json | undefined): value is Action {
  return isObject(value) && typeof value.name === 'string';
}
