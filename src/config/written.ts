/** Looks into settings as they were written, before the schema has spoken. */
import { isObject, type Json, type JsonObject } from '../decision/model.ts';

export function at(value: Json | undefined, path: readonly PropertyKey[]): Json | undefined {
  let here = value;
  for (const step of path) {
    if (Array.isArray(here)) here = here[Number(step)];
    else here = isObject(here) && Object.hasOwn(here, step) ? here[String(step)] : undefined;
  }
  return here;
}

export function textAt(value: JsonObject, key: string): string | undefined {
  const found = value[key];
  return typeof found === 'string' ? found : undefined;
}
