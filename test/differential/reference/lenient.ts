/** Reads what may have any shape: what is not of the type that is asked for counts as absent. */
import { isObject, type Json, type JsonObject } from '../../../src/decision/model.ts';

export function object(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** A text with at least one visible character. */
export function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && /[^\s\p{Z}\p{C}]/u.test(value) ? value : undefined;
}

export function texts(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

export function objects(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
