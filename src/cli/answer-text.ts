/** An AuthZEN answer in words and lines, for people at a terminal. */
import { isObject, type Json, type JsonObject } from '../decision/model.ts';

/** Lines of plain Dutch: the outcome, the fields, the reason, duties, and what is possible instead. */
export function answerLines(body: JsonObject): readonly string[] {
  const context = isObject(body.context) ? body.context : {};
  const lines = [row('Besluit', outcome(body.decision === true, text(context.granted_level)))];
  const add = (label: string, value: string) => {
    if (value !== '') lines.push(row(label, value));
  };
  add('Velden', texts(context.fields).join(', '));
  add('Reden', [text(context.reason_code), text(context.reason_user)].filter((part) => part !== '').join(': '));
  add('Grondslag', texts(context.legal_basis).join(', '));
  add('Regel', text(context.rule_id));
  add('Plichten', named(context.obligations, 'id').join(', '));
  add('Wat wel kan', named(context.alternatives, 'type').join(', '));
  for (const step of Array.isArray(context.steps) ? context.steps : []) {
    if (isObject(step)) add(text(step.step), stepText(step));
  }
  return lines;
}

/** What an answer that is no decision says is wrong, and where. */
export function problemText(status: number, body: JsonObject): string {
  const errors = Array.isArray(body.errors) ? body.errors.filter(isObject) : [];
  const places = errors.map((entry) => `\n  ${String(entry.pointer) || '(body)'}: ${String(entry.detail)}`);
  return `${status} ${String(body.title ?? '')}${places.join('')}`;
}

/** `wat`, `dat` or `niets`: what the professional sees in the end. */
export function outcome(permitted: boolean, level: string): string {
  return permitted && level !== '' ? level : permitted ? 'ja' : 'niets';
}

const OUTCOMES: Readonly<Record<string, string>> = {
  passed: 'gehaald',
  failed: 'niet gehaald',
  not_reached: 'niet bereikt',
};

function stepText(step: JsonObject): string {
  return OUTCOMES[text(step.outcome)] ?? text(step.outcome);
}

/** A label and what it says. */
export function row(label: string, value: string): string {
  return `${label.padEnd(15)} ${value}`;
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

function named(list: Json | undefined, key: string): readonly string[] {
  return Array.isArray(list) ? list.flatMap((entry) => (isObject(entry) ? texts([entry[key] ?? null]) : [])) : [];
}
