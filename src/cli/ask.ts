/** `datwat ask`: one question to a running Datwat, from flags or a file. */
import { isObject } from '../decision/model.ts';
import { answerLines, problemText, row } from './answer-text.ts';
import { type QuestionOptions, questionOf, withExplain } from './question.ts';
import { NO, saying, type Terminal, WRONG_USE, YES } from './terminal.ts';

export interface AskOptions extends QuestionOptions {
  readonly url?: string;
  readonly key?: string;
  /** Show the four steps too, as the service tells them. */
  readonly explain: boolean;
  /** Only an explanation that is worked out here looks at these. */
  readonly bundle?: string;
  readonly facts?: string;
  readonly json: boolean;
}

const LOCAL = 'http://127.0.0.1:8181';

/** Exit code: 0 permitted, 1 not permitted, 2 no answer. */
export async function ask(options: AskOptions, { out, err }: Terminal): Promise<number> {
  const { url = LOCAL } = options;
  try {
    if (options.bundle !== undefined || options.facts !== undefined) {
      throw new Error('a service has its own policy and facts; --bundle and --facts go with --explain, without --url');
    }
    if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
      throw new Error(`--url ${url} is no address; such as ${LOCAL}`);
    const asked = questionOf(options);
    const question = options.explain ? withExplain(asked) : asked;
    const endpoint = Array.isArray(question.evaluations) ? 'evaluations' : 'evaluation';
    const response = await fetch(`${url}/access/v1/${endpoint}`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(options.key !== undefined && { Authorization: `Bearer ${options.key}` }),
      },
      body: JSON.stringify(question),
    }).catch((failure: unknown) => unreachable(url, failure));
    const body: unknown = await response.json();
    if (!isObject(body)) throw new Error(`${url} gave no AuthZEN answer`);
    if (response.status !== 200) throw new Error(problemText(response.status, body));
    const decisionId = response.headers.get('Decision-Id');
    const answers = Array.isArray(body.evaluations) ? body.evaluations.filter(isObject) : [body];
    if (options.json) out(JSON.stringify(body));
    else {
      for (const answer of answers) out(`${answerLines(answer).join('\n')}\n`);
      out(row('Vastgelegd', String(decisionId)));
    }
    return answers.every((answer) => answer.decision === true) ? YES : NO;
  } catch (error) {
    err(`No answer: ${saying(error)}`);
    return WRONG_USE;
  }
}

function unreachable(url: string, failure: unknown): never {
  const cause = failure instanceof Error ? failure.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const why = UNREACHABLE[code] ?? saying(cause ?? failure);
  throw new Error(`${url} cannot be reached (${why}); mend --url, or start one with: datwat serve`);
}

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it broke off without an answer',
  ENOTFOUND: 'there is no such machine',
};
