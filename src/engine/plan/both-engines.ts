import type { PolicyInput } from '../../decision/model.ts';
import { toJsonText } from './json-text.ts';
import type { Value } from './values.ts';

/** What both engines have in common, and what they are here: two ways to ask the same policy. */
export interface Asked {
  readonly entrypoints: ReadonlySet<string>;
  evaluate(entrypoint: string, input: PolicyInput): unknown;
}

/** What one engine made of a question. */
export type EngineOutcome = { readonly value: unknown } | { readonly failed: string };

/** The engines do not agree. INVARIANT: no answer leaves where they differ; this error keeps both for the record. */
export class EnginesDisagree extends Error {
  override name = 'EnginesDisagree';
  readonly plan: EngineOutcome;
  readonly wasm: EngineOutcome;

  constructor(plan: EngineOutcome, wasm: EngineOutcome) {
    super('the plan engine and the Wasm do not agree');
    this.plan = plan;
    this.wasm = wasm;
  }
}

/** Asks both and answers only where they agree; where both fail, the plan engine's failure stands. */
export function createBothEngines(plan: Asked, wasm: Asked): Asked & { readonly engine: 'both' } {
  return {
    engine: 'both',
    entrypoints: plan.entrypoints.intersection(wasm.entrypoints),
    evaluate(entrypoint, input) {
      const outcomes = compared(plan, wasm, entrypoint, input);
      if (!outcomes.agree) throw new EnginesDisagree(outcomes.plan, outcomes.wasm);
      if ('failed' in outcomes.plan) throw new Error(outcomes.plan.failed);
      return outcomes.plan.value;
    },
  };
}

/**
 * Answers by the plan engine, and has one in `every` answers checked by the Wasm after it was given: `later` runs its
 * task once the answer is on its way.
 */
export function createSpotCheckedEngine(
  plan: Asked,
  wasm: Asked,
  { every, later, differed }: { every: number; later(task: () => void): void; differed(error: EnginesDisagree): void },
): Asked & { readonly engine: 'plan' } {
  let asked = 0;
  return {
    engine: 'plan',
    entrypoints: plan.entrypoints,
    evaluate(entrypoint, input) {
      asked += 1;
      if (asked % every === 0) {
        later(() => {
          const outcomes = compared(plan, wasm, entrypoint, input);
          if (!outcomes.agree) differed(new EnginesDisagree(outcomes.plan, outcomes.wasm));
        });
      }
      return plan.evaluate(entrypoint, input);
    },
  };
}

function compared(plan: Asked, wasm: Asked, entrypoint: string, input: PolicyInput) {
  const outcomes = { plan: outcomeOf(plan, entrypoint, input), wasm: outcomeOf(wasm, entrypoint, input) };
  return { ...outcomes, agree: agree(outcomes.plan, outcomes.wasm) };
}

function outcomeOf(engine: Asked, entrypoint: string, input: PolicyInput): EngineOutcome {
  try {
    return { value: engine.evaluate(entrypoint, input) };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : 'unknown' };
  }
}

/** Two failures agree whatever they are called: neither answers. */
function agree(plan: EngineOutcome, wasm: EngineOutcome): boolean {
  if ('failed' in plan || 'failed' in wasm) return 'failed' in plan && 'failed' in wasm;
  return textOf(plan.value) === textOf(wasm.value);
}

/** The bytes that would leave. Both engines give plain JSON. */
function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : toJsonText(value as Value);
}
