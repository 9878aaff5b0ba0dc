import type { Bundle } from './bundle.ts';
import { BundleRefused } from './bundle-refused.ts';
import type { Evaluator } from './evaluator.ts';
import { createBothEngines, createSpotCheckedEngine, type EnginesDisagree } from './plan/both-engines.ts';
import { type PreparedPlan, preparePlan } from './plan/compile-plan.ts';
import { assemble, assembleInParts, cutDocument, type DocumentParts } from './plan/document-parts.ts';
import { createPlanEvaluator } from './plan/plan-evaluator.ts';
import type { PlainObject } from './plan/values.ts';
import { createWasmEvaluator, createWasmEvaluatorInParts, type LoadedWasm, loadWasm } from './wasm-policy.ts';

export type EngineChoice = 'plan' | 'wasm' | 'both';

export interface EngineOptions {
  /** Who answers: the plan engine, spot-checked by the Wasm; the Wasm alone; or both, where they agree. */
  readonly engine: EngineChoice;
  /** Told why the Wasm answers alone although the plan engine was asked for. */
  wasmAlone(reason: string): void;
  /** Told of each question on which the engines do not agree. */
  differed(error: EnginesDisagree): void;
}

/** What both engines need of a bundle; may be handed from one thread to another. */
export interface LoadedEngines {
  readonly wasm: LoadedWasm;
  /** The plan, or why the plan engine cannot serve this bundle. */
  readonly plan: PreparedPlan | { readonly refused: string };
  /** The data once more, for the plan engine. */
  readonly document: DocumentParts;
}

const ONE_IN = 100;

/** Throws `BundleRefused` at step `compile`, `builtins` or `load`. */
export async function loadEngines(bundle: Bundle): Promise<LoadedEngines> {
  const wasm = await loadWasm(bundle.wasm, bundle.dataText);
  return { wasm, plan: planOf(bundle), document: cutDocument(bundle.dataText) };
}

function planOf({ planText }: Bundle): LoadedEngines['plan'] {
  if (planText === undefined) return { refused: 'the bundle carries no plan.json' };
  try {
    return preparePlan(JSON.parse(planText));
  } catch (cause) {
    return { refused: reasonOf(cause) };
  }
}

/**
 * The engine that answers. Where the plan engine cannot serve a bundle the Wasm does, unless both were asked for.
 * Throws `BundleRefused` at step `plan`.
 */
export function chooseEvaluator(loaded: LoadedEngines, options: EngineOptions): Evaluator {
  return chosen(loaded, createWasmEvaluator(loaded.wasm), () => assemble(loaded.document), options);
}

/** The same without holding up what else runs on this thread, however large the data are. */
export async function chooseEvaluatorInParts(loaded: LoadedEngines, options: EngineOptions): Promise<Evaluator> {
  const wasm = await createWasmEvaluatorInParts(loaded.wasm);
  const planned = options.engine !== 'wasm' && !('refused' in loaded.plan);
  const data = planned ? await assembleInParts(loaded.document) : {};
  return chosen(loaded, wasm, () => data, options);
}

function chosen(loaded: LoadedEngines, wasm: Evaluator, data: () => PlainObject, options: EngineOptions): Evaluator {
  const { engine, differed } = options;
  const plan = engine === 'wasm' ? undefined : planEvaluator(loaded, data, options);
  if (plan === undefined) return wasm;
  const unequal = [...plan.entrypoints.symmetricDifference(wasm.entrypoints)];
  if (unequal.length > 0) {
    throw new BundleRefused('plan', `its plan and its Wasm do not offer the same entrypoints: ${unequal.join(', ')}`);
  }
  if (engine === 'both') return createBothEngines(plan, wasm, differed);
  return createSpotCheckedEngine(plan, wasm, { every: ONE_IN, later: (task) => setImmediate(task), differed });
}

function planEvaluator(
  { plan }: LoadedEngines,
  data: () => PlainObject,
  { engine, wasmAlone }: EngineOptions,
): Evaluator | undefined {
  let reason: string;
  try {
    if (!('refused' in plan)) return createPlanEvaluator(plan, data());
    reason = plan.refused;
  } catch (cause) {
    reason = reasonOf(cause);
  }
  if (engine === 'both') throw new BundleRefused('plan', `the plan engine cannot serve it: ${reason}`);
  wasmAlone(reason);
  return undefined;
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : 'unknown';
}
