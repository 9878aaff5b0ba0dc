/** One question, from flags or a file. */
import { isObject, type Json, type JsonObject } from '../decision/model.ts';
import { readText } from './read-file.ts';
import { readYaml } from './read-yaml.ts';

export interface QuestionOptions {
  readonly file?: string;
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

/** What to send. Throws an Error that says which flags miss or why the file cannot be read, or `YamlError`. */
export function questionOf(options: QuestionOptions): JsonObject {
  return options.file === undefined ? fromFlags(options) : fromFile(options.file);
}

/** Whether a file holds a case: a question with its facts and expectation around it. */
export function isCaseFile(file: string): boolean {
  const { value } = readYaml(readText(file), file);
  return isObject(value) && isObject(value.request);
}

function fromFile(file: string): JsonObject {
  const { value } = readYaml(readText(file), file);
  const question: Json = isObject(value) && isObject(value.request) ? value.request : value;
  if (!isObject(question)) throw new Error(`${file}: a question is a map with subject, action, resource and context`);
  return question;
}

function fromFlags(options: QuestionOptions): JsonObject {
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

/** The same, asking for the four steps with the answer. */
export function withExplain(question: JsonObject): JsonObject {
  return { ...question, context: { ...(isObject(question.context) ? question.context : {}), explain: true } };
}
