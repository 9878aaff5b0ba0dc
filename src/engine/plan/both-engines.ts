import type { Json, JsonObject } from '../../decision/model.ts';
import type { Evaluator } from '../evaluator.ts';
import { toJsonText } from './json-text.ts';
import type { Value } from './values.ts';

/** What the engines made of one question: per engine `{ value }` (absent where the policy says nothing) or `{ failed }`. */
export interface Outcomes extends JsonObject {
  readonly plan: JsonObject;
  readonly wasm: JsonObject;
}

/** The engines do not agree. INVARIANT: no answer leaves where they differ; this error keeps both for the record. */
export class EnginesDisagree extends Error {
  override name = 'EnginesDisagree';
  readonly outcomes: Outcomes;

  constructor(outcomes: Outcomes) {
    super('the plan engine and the Wasm do not agree');
    this.outcomes = outcomes;
  }
}

/** Asks both and answers only where they agree; where both fail, the plan engine's failure stands. */
export function createBothEngines(
  plan: Evaluator,
  wasm: Evaluator,
  differed: (error: EnginesDisagree) => void,
): Evaluator {
  return {
    engine: 'both',
    entrypoints: plan.entrypoints.intersection(wasm.entrypoints),
    evaluate(entrypoint, input) {
      const outcomes = outcomesOf(plan, wasm, entrypoint, input);
      if (!agree(outcomes)) {
        const error = new EnginesDisagree(outcomes);
        differed(error);
        throw error;
      }
      if ('failed' in outcomes.plan) throw new Error(String(outcomes.plan.failed));
      return outcomes.plan.value;
    },
  };
}

export interface SpotCheck {
  /** One in so many answers is checked. */
  readonly every: number;
  /** Runs a task once the answer is on its way. */
  later(task: () => void): void;
  differed(error: EnginesDisagree): void;
}

/** Answers by the plan engine, and has some of its answers checked by the Wasm after they were given. */
export function createSpotCheckedEngine(plan: Evaluator, wasm: Evaluator, check: SpotCheck): Evaluator {
  let asked = 0;
  return {
    engine: plan.engine,
    entrypoints: plan.entrypoints,
    evaluate(entrypoint, input) {
      asked += 1;
      if (asked % check.every === 0) {
        check.later(() => {
          const outcomes = outcomesOf(plan, wasm, entrypoint, input);
          if (!agree(outcomes)) check.differed(new EnginesDisagree(outcomes));
        });
      }
      return plan.evaluate(entrypoint, input);
    },
  };
}

function outcomesOf(plan: Evaluator, wasm: Evaluator, entrypoint: string, input: object): Outcomes {
  return { plan: outcomeOf(plan, entrypoint, input), wasm: outcomeOf(wasm, entrypoint, input) };
}

function outcomeOf(engine: Evaluator, entrypoint: string, input: object): JsonObject {
  try {
    const value = engine.evaluate(entrypoint, input);
    // An engine gives plain JSON or undefined.
    return value === undefined ? {} : { value: value as Json };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : 'unknown' };
  }
}

/** By the bytes that would leave. Two failures agree whatever they are called: neither answers. */
function agree({ plan, wasm }: Outcomes): boolean {
  if ('failed' in plan || 'failed' in wasm) return 'failed' in plan && 'failed' in wasm;
  return toJsonText(plan as Value) === toJsonText(wasm as Value);
}
