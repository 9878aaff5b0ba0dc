import type { ActivePolicy } from '../decision/ports.ts';
import { createActivePolicy } from './active-policy.ts';
import type { Bundle } from './bundle.ts';
import { BundleRefused } from './bundle-refused.ts';
import { identityOf } from './load-policy.ts';
import type { Builtin } from './plan/builtins/budget.ts';
import { BUILTINS } from './plan/builtins/builtins.ts';
import { prepareRead, readServedPlan } from './plan/compile-plan.ts';
import { assemble, cutDocument } from './plan/document-parts.ts';
import { createPlanEvaluator } from './plan/plan-evaluator.ts';
import { type Probe, probeName, type Site, type TracedRule, tracePlan } from './plan/trace-plan.ts';
import type { Value } from './plan/values.ts';

/** Is told what a traced policy does, while it does it. A value that is told of may not be kept: it may still change. */
export interface Tracer {
  /** An evaluation of this input begins. */
  began(input: object): void;
  /** A rule is worked out; where its value is remembered it is not, and tells nothing. */
  entered(rule: number, args: Values): void;
  /** With its value, or without any where it is undefined. */
  left(rule: number, values: Values): void;
  /** Only of a site that may stop, before it is known whether it does. */
  tried(site: number, values: Values): void;
  held(site: number, values: Values): void;
}

export type Values = readonly (Value | undefined)[];

export interface TracedProgram {
  readonly rules: readonly TracedRule[];
  readonly sites: readonly Site[];
  /** The bundle's policy, or that of the same bundle with other data. The plan engine alone decides. */
  policy(bundle: Bundle, tracer: Tracer): ActivePolicy;
}

/**
 * A second program of the same plan, which tells what it does; for people who look on, never for service.
 * Throws `BundleRefused` at step `plan` where the bundle has none that this engine can serve.
 */
export function traceProgram({ planText }: Bundle): TracedProgram {
  if (planText === undefined) throw new BundleRefused('plan', 'it carries no plan.json, and only a plan can be traced');
  const { plan, rules, sites, probes } = tracePlan(readServed(planText));
  const prepared = prepareRead(plan);
  return {
    rules,
    sites,
    policy(bundle, tracer) {
      const evaluator = createPlanEvaluator(
        prepared,
        assemble(cutDocument(bundle.dataText)),
        builtinsFor(probes, tracer),
      );
      return createActivePolicy(identityOf(bundle, evaluator), {
        ...evaluator,
        evaluate(entrypoint, input) {
          tracer.began(input);
          return evaluator.evaluate(entrypoint, input);
        },
      });
    },
  };
}

function readServed(planText: string) {
  try {
    return readServedPlan(JSON.parse(planText));
  } catch (cause) {
    throw new BundleRefused('plan', cause instanceof Error ? cause.message : 'unknown', { cause });
  }
}

/** Rego's own, and the probes. A probe gives true, so that what it stands beside goes on. */
export function builtinsFor(probes: readonly Probe[], tracer: Tracer): Readonly<Record<string, Builtin>> {
  const builtinOf = ({ event }: Probe): Builtin => {
    return (_, index, ...values) => {
      tracer[event](Number(index), values);
      return true;
    };
  };
  return { ...BUILTINS, ...Object.fromEntries(probes.map((probe) => [probeName(probe), builtinOf(probe)])) };
}
