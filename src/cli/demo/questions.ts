import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonObject } from '../../decision/model.ts';
import { readYaml } from '../read-yaml.ts';

export interface DemoQuestion {
  readonly title: string;
  readonly request: JsonObject;
}

export interface DemoAnswer {
  readonly question: DemoQuestion;
  readonly body: JsonObject;
  readonly decisionId: string;
}

/** The demo's questions, in order: a wat, a dat, and a refusal last. */
export function readQuestions(): readonly DemoQuestion[] {
  const file = join(import.meta.dirname, 'questions.yaml');
  const { value } = readYaml(readFileSync(file, 'utf8'), file);
  const questions = Array.isArray(value) ? value.filter(isObject) : [];
  return questions.flatMap(({ title, request }) =>
    typeof title === 'string' && isObject(request) ? [{ title, request }] : [],
  );
}

/** Asks one over the real door. Throws Error where there is no answer. */
export async function askQuestion(url: string, question: DemoQuestion): Promise<DemoAnswer> {
  const response = await fetch(`${url}/access/v1/evaluation`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(question.request),
  });
  const body: unknown = await response.json();
  if (response.status !== 200 || !isObject(body)) throw new Error(`the demo got ${response.status} for an answer`);
  return { question, body, decisionId: response.headers.get('Decision-Id') ?? '' };
}
