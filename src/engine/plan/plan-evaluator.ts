import type { JsonObject } from '../../decision/model.ts';
import type { Evaluator } from '../evaluator.ts';
import type { Budget } from './builtins/budget.ts';
import { BUILTINS } from './builtins/builtins.ts';
import { linkPlan, PlanFailed, type PreparedPlan } from './compile-plan.ts';
import { plainJson } from './plain-json.ts';
import type { PlainObject } from './values.ts';
import { onBudget } from './work.ts';

/**
 * Far more than a decision takes, and little enough to end within a fraction of a second: a policy that needs more has
 * a loop over too much.
 */
const MOST_STEPS = 10_000_000;
/** Deeper than any door lets through; deep nesting overflows the stack of a comparison. */
const MOST_LEVELS = 200;

/**
 * The plan engine behind the same face as the Wasm; `data` is the document under `data`.
 * Throws `EvalError` where Node forbids to generate code.
 */
export function createPlanEvaluator(prepared: PreparedPlan, data: PlainObject, builtins = BUILTINS): Evaluator {
  const plan = linkPlan(prepared, { maxSteps: MOST_STEPS, builtins });
  return {
    engine: 'plan',
    entrypoints: new Set(plan.entrypoints),
    evaluate(entrypoint, input) {
      refuseUnsafe(input, MOST_LEVELS);
      const value = plan.evaluate(entrypoint, input as PlainObject, data);
      return value === undefined ? undefined : onBudget(answerBudget(), () => plainJson(value));
    },
  };
}

/** A list that holds the same list many times over is small here and endless as JSON. */
function answerBudget(): Budget {
  let left = MOST_STEPS;
  return {
    spend(steps) {
      left -= steps;
      if (left < 0) throw new PlanFailed('the answer is too large');
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
