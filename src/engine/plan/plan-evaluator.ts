import type { JsonObject, PolicyInput } from '../../decision/model.ts';
import { compilePlan } from './compile-plan.ts';
import { parseDocument } from './exact-json.ts';
import { plainJson } from './plain-json.ts';
import type { Value } from './values.ts';

/**
 * Far more than a decision takes, and little enough to end within a fraction of a second: a policy that needs more has
 * a loop over too much.
 */
const MOST_STEPS = 10_000_000;
/** Deeper than any door lets through; deep nesting overflows the stack of a comparison. */
const MOST_LEVELS = 200;

/** The plan engine behind the same face as the Wasm. */
export interface PlanEvaluator {
  readonly engine: 'plan';
  readonly entrypoints: ReadonlySet<string>;
  /**
   * The value at the entrypoint as plain JSON, or undefined where the policy says nothing. It may share parts with the
   * input and with the data, so it must be copied before it is changed.
   * Throws when the evaluation fails. INVARIANT: a failure leaves no trace in later evaluations.
   */
  evaluate(entrypoint: string, input: PolicyInput): unknown;
}

/**
 * Throws `PlanRefused` for a plan that this engine cannot serve, `SyntaxError` and `RangeError` for data that it cannot hold,
 * and `EvalError` where Node forbids to generate code.
 */
export function createPlanEvaluator(planText: string, dataText: string): PlanEvaluator {
  const plan = compilePlan(JSON.parse(planText), { maxSteps: MOST_STEPS });
  const data = parseDocument(dataText);
  return {
    engine: 'plan',
    entrypoints: new Set(plan.entrypoints),
    evaluate(entrypoint, input) {
      const document: unknown = input;
      refuseUnsafe(document, MOST_LEVELS);
      const value = plan.evaluate(entrypoint, document as Value, data);
      return value === undefined ? undefined : plainJson(value);
    },
  };
}

/** What the Wasm cannot take is refused here too, so that both engines answer the same questions. */
function refuseUnsafe(value: unknown, levels: number): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new Error('the input holds half a surrogate pair');
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (levels === 0) throw new Error(`the input is nested deeper than ${MOST_LEVELS} levels`);
  if (Array.isArray(value)) {
    for (const member of value) refuseUnsafe(member, levels - 1);
  } else {
    const object = value as JsonObject;
    for (const key in object) {
      if (!key.isWellFormed()) throw new Error('the input holds half a surrogate pair');
      refuseUnsafe(object[key], levels - 1);
    }
  }
}
