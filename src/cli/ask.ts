/** `datwat ask`: one question to a running Datwat, from flags or a file. */
import { readFileSync } from 'node:fs';
import { isObject, type Json, type JsonObject } from '../decision/model.ts';
import { answerLines } from './answer-text.ts';
import { readYaml } from './read-yaml.ts';
import { NO, saying, type Terminal, WRONG_USE, YES } from './terminal.ts';

export interface AskOptions {
  readonly url: string;
  readonly file?: string;
  readonly key?: string;
  readonly explain: boolean;
  readonly json: boolean;
  readonly role?: string;
  readonly pet?: string;
  readonly purpose?: string;
  readonly domain?: string;
  readonly level: string;
  readonly action: string;
  readonly professional?: string;
  readonly resource?: string;
  readonly person?: string;
  readonly relation: string;
  readonly category?: readonly string[];
  readonly question?: string;
  readonly organisation: string;
  readonly municipality?: string;
  readonly secrecy?: string;
}

/** Exit code: 0 permitted, 1 not permitted, 2 no answer. */
export async function ask(options: AskOptions, { out, err }: Terminal): Promise<number> {
  try {
    const question = withExplain(
      options.file === undefined ? fromFlags(options) : fromFile(options.file),
      options.explain,
    );
    const endpoint = Array.isArray(question.evaluations) ? 'evaluations' : 'evaluation';
    const response = await fetch(`${options.url}/access/v1/${endpoint}`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(options.key !== undefined && { Authorization: `Bearer ${options.key}` }),
      },
      body: JSON.stringify(question),
    });
    const body: unknown = await response.json();
    if (!isObject(body)) throw new Error(`${options.url} gave no AuthZEN answer`);
    if (response.status !== 200) throw new Error(problemText(response.status, body));
    const decisionId = response.headers.get('Decision-Id');
    const answers = Array.isArray(body.evaluations) ? body.evaluations.filter(isObject) : [body];
    if (options.json) out(JSON.stringify(body));
    else {
      for (const answer of answers) out(`${answerLines(answer).join('\n')}\n`);
      out(`${'Vastgelegd'.padEnd(15)} ${decisionId}`);
    }
    return answers.every((answer) => answer.decision === true) ? YES : NO;
  } catch (error) {
    err(`No answer: ${unreachable(error, options.url)}`);
    return WRONG_USE;
  }
}

function fromFile(file: string): JsonObject {
  const { value } = readYaml(readFileSync(file, 'utf8'), file);
  // A case is a question with its facts and expectation around it.
  const question: Json = isObject(value) && isObject(value.request) ? value.request : value;
  if (!isObject(question)) throw new Error(`${file}: a question is a map with subject, action, resource and context`);
  return question;
}

function fromFlags(options: AskOptions): JsonObject {
  const missing = (['role', 'pet', 'purpose', 'domain', 'professional', 'person'] as const).filter(
    (name) => options[name] === undefined,
  );
  if (missing.length > 0) {
    throw new Error(
      `say also ${missing.map((name) => `--${name}`).join(', ')}, or give the whole question with --file`,
    );
  }
  const { role, pet, purpose, domain, professional, person, municipality, secrecy, question, category } = options;
  return {
    subject: {
      type: 'medewerker',
      id: professional ?? '',
      properties: {
        role: role ?? '',
        active_pet: pet ?? '',
        organisation: { type: options.organisation, ...(municipality !== undefined && { municipality }) },
        ...(secrecy !== undefined && { secrecy }),
      },
    },
    action: {
      name: options.action,
      properties: {
        requested_level: options.level,
        purpose: purpose ?? '',
        ...(question !== undefined && { question }),
        ...(category !== undefined && { categories: category }),
      },
    },
    resource: {
      type: 'dossier',
      id: options.resource ?? `dossier-${domain}`,
      properties: {
        domain: domain ?? '',
        active: true,
        ...(municipality !== undefined && { municipality }),
        data_subject: { id: person ?? '', relation: options.relation },
      },
    },
    context: {},
  };
}

function withExplain(question: JsonObject, explain: boolean): JsonObject {
  if (!explain) return question;
  return { ...question, context: { ...(isObject(question.context) ? question.context : {}), explain: true } };
}

function problemText(status: number, body: JsonObject): string {
  const errors = Array.isArray(body.errors) ? body.errors.filter(isObject) : [];
  const places = errors.map((entry) => `\n  ${String(entry.pointer) || '(body)'}: ${String(entry.detail)}`);
  return `${status} ${String(body.title ?? '')}${places.join('')}`;
}

function unreachable(error: unknown, url: string): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const refused = isObject(cause) || cause instanceof Error ? String((cause as { code?: unknown }).code ?? '') : '';
  return refused === '' ? saying(error) : `${url} cannot be reached (${refused}); start one with: datwat serve`;
}
