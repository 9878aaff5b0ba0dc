import { isObject, type JsonObject } from '../../decision/model.ts';
import type { TriedRule } from './tried-rules.ts';

export interface Step {
  /** `taak`, `activiteit_doel`, `gegevens`, `grondslag`; empty for a bundle that names no steps. */
  readonly name: string;
  /** In the order in which they were tried. */
  readonly rules: readonly TriedRule[];
}

/**
 * The rules that belong to a step, in the order of the steps: the manifest's `metadata.datwat.steps`, a list of `step` and
 * `rules` (files). Of a bundle that names none, what the entrypoint's rule asks stands in one step.
 */
export function byStep(tried: readonly TriedRule[], { steps }: JsonObject): readonly Step[] {
  if (!Array.isArray(steps)) return [{ name: '', rules: tried.flatMap(({ asked }) => asked) }];
  return steps.filter(isObject).map(({ step, rules }) => {
    const ends = Array.isArray(rules) ? rules.map((file) => `/${String(file)}`) : [];
    const belongs = (file: string) => ends.some((end) => `/${file}`.endsWith(end));
    return { name: String(step), rules: withoutDoubles(outermost(tried, belongs)) };
  });
}

/** A rule of the step stands for those that it asks in the same step. */
function outermost(rules: readonly TriedRule[], belongs: (file: string) => boolean): readonly TriedRule[] {
  return rules.flatMap((rule) => (belongs(rule.file) ? [rule] : outermost(rule.asked, belongs)));
}

/** A rule with arguments is worked out each time; the same question has the same answer. */
function withoutDoubles(rules: readonly TriedRule[]): readonly TriedRule[] {
  return [...new Map(rules.map((rule) => [JSON.stringify([rule.name, rule.args]), rule])).values()];
}
