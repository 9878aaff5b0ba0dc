import type { JsonObject } from '../../decision/model.ts';
import type { RuleSource } from '../rule-source.ts';
import type { Step } from './by-step.ts';
import type { TriedLine, TriedRule } from './tried-rules.ts';

/** How far down is told why what a rule asked is so. */
const DEPTH = 3;

/** For people: each step with its rules, under each the lines that made it so, and under those what they asked. */
export function stepLines(steps: readonly Step[], source: RuleSource): readonly string[] {
  return steps.flatMap(({ name, rules }) => [
    '',
    name,
    ...(rules.length === 0 ? ['  (geen regel geprobeerd)'] : rules.flatMap((rule) => ruleLines(rule, source))),
  ]);
}

function ruleLines(rule: TriedRule, source: RuleSource): readonly string[] {
  return [
    `  ${outcomeOf(rule).padEnd(14)}  ${titleOf(rule)}  ${rule.file}:${rule.row}`,
    ...rule.lines.flatMap(({ row, values, asked }) => {
      const text = source?.get(rule.file)?.[row - 1]?.trim() ?? '';
      return [
        `      ${String(row).padStart(4)}  ${text}`.trimEnd(),
        ...[...values].map(([name, value]) => `            ${name} = ${value}`),
        ...asked.flatMap((inner) => askedLines(inner, DEPTH, ' '.repeat(12))),
      ];
    }),
  ];
}

/** A rule that another asked, on one line, with what it looked at. */
function askedLines(rule: TriedRule, depth: number, indent: string): readonly string[] {
  if (depth === 0) return [];
  const values = rule.lines.flatMap((line) => [...line.values].map(([name, value]) => `${name} = ${value}`));
  return [
    `${indent}→ ${outcomeOf(rule)}: ${titleOf(rule)}  ${rule.file}:${rule.row}`,
    ...(values.length === 0 ? [] : [`${indent}    ${[...new Set(values)].join('; ')}`]),
    ...rule.lines.flatMap(({ asked }) => asked.flatMap((inner) => askedLines(inner, depth - 1, `${indent}  `))),
  ];
}

function outcomeOf({ value }: TriedRule): string {
  if (value === undefined) return 'ongedefinieerd';
  return value === 'true' || value === '{…}' ? 'waar' : `= ${value}`;
}

function titleOf({ name, args }: TriedRule): string {
  const short = name.split('.').slice(-2).join('.');
  return args.length === 0 ? short : `${short}(${args.join(', ')})`;
}

/** For programs. */
export function stepsJson(steps: readonly Step[]): readonly JsonObject[] {
  return steps.map(({ name, rules }) => ({ step: name, rules: rules.map(ruleJson) }));
}

function ruleJson({ name, args, file, row, value, lines }: TriedRule): JsonObject {
  return {
    rule: name,
    args,
    file,
    row,
    outcome: value === undefined ? 'undefined' : 'defined',
    ...(value !== undefined && { value }),
    lines: lines.map(lineJson),
  };
}

function lineJson({ row, values, asked }: TriedLine): JsonObject {
  return { row, values: Object.fromEntries(values), asked: asked.map(ruleJson) };
}
