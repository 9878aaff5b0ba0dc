import { isObject, type Json, type JsonObject, type Outcome } from '../decision/model.ts';

/**
 * What a policy must answer (design.md §5). A value is believed only when it keeps to this; anything else is a fault of the
 * policy, never a permit. Errors name the member and never its value.
 */
export function checkedOutcome(value: unknown): Outcome {
  if (value === undefined) throw new Error('authz/decision is undefined for this input');
  if (!isObject(value)) throw new ContractBroken('authz/decision is not an object');
  if (typeof value.decision !== 'boolean') throw new ContractBroken('authz/decision: decision is not a boolean');
  const context = optionalObject(value, 'context');
  const record = optionalObject(value, 'record');
  return { decision: value.decision, ...(context && { context }), ...(record && { record }) };
}

/** The same for a search: `{ results: [object, …] }`. */
export function checkedResults(entrypoint: string, value: unknown): readonly JsonObject[] {
  if (value === undefined) throw new Error(`${entrypoint} is undefined for this input`);
  if (!isObject(value)) throw new ContractBroken(`${entrypoint} is not an object`);
  const { results } = value;
  if (!Array.isArray(results) || !results.every(isObject)) {
    throw new ContractBroken(`${entrypoint}: results is not an array of objects`);
  }
  return results.map(sortedObject);
}

/** A policy that answers in another form than the contract; at activation that is reason to refuse it. */
export class ContractBroken extends Error {}

function optionalObject(value: JsonObject, member: 'context' | 'record'): JsonObject | undefined {
  const found = value[member];
  if (found === undefined) return undefined;
  if (!isObject(found)) throw new ContractBroken(`authz/decision: ${member} is not an object`);
  return sortedObject(found);
}

/**
 * The same value with the keys of every object in one order, so that the answer is the same, byte for byte, from any
 * instance of any engine: Wasm gives keys in the order of their hashes.
 */
function sorted(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return isObject(value) ? sortedObject(value) : value;
}

function sortedObject(object: JsonObject): JsonObject {
  const result: { [key: string]: Json } = {};
  for (const key of Object.keys(object).sort()) {
    const member = sorted(object[key] ?? null);
    // A plain assignment would take this key for the prototype.
    if (key === '__proto__')
      Object.defineProperty(result, key, { value: member, enumerable: true, configurable: true });
    else result[key] = member;
  }
  return result;
}
