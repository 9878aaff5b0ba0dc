import { Decimal, numberText } from '../exact-numbers.ts';
import { entriesOf, isArray, isRegoObject, RegoSet, type Value } from '../values.ts';
import type { Budget, Builtin } from './budget.ts';

/** A value as Rego writes it. */
function termText(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' || value instanceof Decimal) return numberText(value);
  if (isArray(value)) return `[${value.map(termText).join(', ')}]`;
  if (value instanceof RegoSet) return value.size === 0 ? 'set()' : `{${value.sorted().map(termText).join(', ')}}`;
  if (!isRegoObject(value)) return String(value);
  return `{${entriesOf(value)
    .map(([key, member]) => `${termText(key)}: ${termText(member)}`)
    .join(', ')}}`;
}

/** `$"text {expression}"`: the planner hands each expression over as a set, which is empty where it is undefined. */
function template(budget: Budget, parts?: Value): Value | undefined {
  if (!isArray(parts)) return undefined;
  let text = '';
  for (const part of parts) {
    let shown: Value | undefined = part;
    if (part instanceof RegoSet) {
      if (part.size > 1) return undefined;
      shown = part.size === 0 ? '<undefined>' : part.sorted()[0];
    }
    if (shown === undefined) return undefined;
    text += typeof shown === 'string' ? shown : termText(shown);
  }
  budget.spend(1 + Math.ceil(text.length / 16));
  return text;
}

export const TEMPLATE: Readonly<Record<string, Builtin>> = { 'internal.template_string': template };
