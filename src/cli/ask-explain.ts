/**
 * `datwat ask --explain`: the answer, and every rule that was tried for it. Worked out in this process and not by a running
 * service, because the rules are for whoever has the policy and not for whoever may ask.
 */
import { statSync } from 'node:fs';
import { isObject, type JsonObject } from '../decision/model.ts';
import type { Bundle } from '../engine/bundle.ts';
import { shorthandsOf } from '../engine/data-overlay.ts';
import { openBundle } from '../engine/open-bundle.ts';
import { traceProgram } from '../engine/traced-policy.ts';
import { POLICIES } from '../product.ts';
import { answerLines, problemText, row } from './answer-text.ts';
import type { CaseAnswer } from './cases/compare.ts';
import { type Case, readCases } from './cases/read-cases.ts';
import { runCases } from './cases/run-cases.ts';
import { openDevelopmentBundle } from './development-bundle.ts';
import { byStep, type Step } from './explain/by-step.ts';
import { stepLines, stepsJson } from './explain/explain-text.ts';
import { refuseRealPeople } from './explain/invented-people.ts';
import { createShown, wordsOf } from './explain/shown-value.ts';
import { createRuleTrace } from './explain/tried-rules.ts';
import { isCaseFile, type QuestionOptions, questionOf, withExplain } from './question.ts';
import { readRuleSource } from './rule-source.ts';
import { NO, saying, type Terminal, WRONG_USE, YES } from './terminal.ts';

export interface ExplainOptions extends QuestionOptions {
  /** File or folder; by default the policies of the checkout as they stand. */
  readonly bundle?: string;
  /** A facts file with invented people, for a question that brings no facts of its own. */
  readonly facts?: string;
  /** Of no use here, so whoever gives one means a service. */
  readonly key?: string;
  readonly json: boolean;
}

interface Explained {
  readonly answer: CaseAnswer;
  /** Of each evaluation, in their order. */
  readonly tried: readonly (readonly Step[])[];
}

/** Exit code: 0 permitted, 1 not permitted, 2 no answer. */
export async function askExplain(options: ExplainOptions, { out, err }: Terminal): Promise<number> {
  try {
    if (options.key !== undefined) throw new Error('no service is asked; --key goes with --url');
    const bundle = await bundleOf(options.bundle, err);
    const { answer, tried } = await explained(bundle, options);
    const { body, records } = answer;
    const answers = Array.isArray(body.evaluations) ? body.evaluations.filter(isObject) : [body];
    if (options.json) out(JSON.stringify({ ...body, rules: tried.map(stepsJson) }));
    else {
      answers.forEach((one, i) => {
        out(answerLines(one).join('\n'));
        out(`${row('Ware reden', String(records[i]?.reason_code ?? 'onbekend'))}\n`);
      });
      out(row('Feiten', factsOf(options)));
      out(row('Vastgelegd', 'nee: op deze computer nagerekend, geen dienst gevraagd'));
      for (const line of await ruleLines(bundle, rulesBeside(options.bundle), tried)) out(line);
    }
    return answers.every((one) => one.decision === true) ? YES : NO;
  } catch (error) {
    err(`No answer: ${saying(error)}`);
    return WRONG_USE;
  }
}

async function bundleOf(path: string | undefined, err: Terminal['err']): Promise<Bundle> {
  if (path !== undefined) return openBundle(path, { mode: 'development' });
  const warn = (event: string, fields: object = {}) => err(`${event} ${JSON.stringify(fields)}`);
  return openDevelopmentBundle(POLICIES, { info() {}, warn, error() {} });
}

async function explained(bundle: Bundle, options: ExplainOptions): Promise<Explained> {
  const asked = caseOf(bundle, options);
  const program = traceProgram(bundle);
  const words = wordsOf(JSON.parse(bundle.dataText), JSON.parse(bundle.planText ?? '{}').static);
  const trace = createRuleTrace(program, (input) => createShown(words, todayOf(input)));
  const [run] = await runCases(bundle, [{ ...asked, request: withExplain(asked.request) }], {
    load: (laid) => program.policy(laid, trace.tracer),
    ...(options.facts !== undefined && { facts: options.facts }),
  });
  const answer = run?.answer ?? { failure: 'it was not asked' };
  if ('failure' in answer) throw new Error(answer.failure);
  const { status, body } = answer;
  if (status !== 200) throw new Error(problemText(status, body));
  return { answer, tried: trace.evaluations().map((rules) => byStep(rules, bundle.manifest.datwat)) };
}

/** A case brings its facts, caller and settings; another question has those of the facts file, or none. */
function caseOf(bundle: Bundle, options: ExplainOptions): Case {
  const { file, facts } = options;
  if (facts !== undefined) refuseRealPeople(facts);
  if (file !== undefined && isCaseFile(file)) {
    if (facts !== undefined) throw new Error(`${file} is a case and brings its own facts; leave out --facts`);
    const [given] = readCases([file], shorthandsOf(bundle));
    if (given !== undefined) return given;
  }
  const nothingElse = { facts: {}, expect: [], caller: { mayAssert: [] }, data: {}, shorthands: {} };
  return { file: '', id: 'question', title: '', request: questionOf(options), ...nothingElse };
}

function factsOf({ file, facts }: ExplainOptions): string {
  if (facts !== undefined) return `uit ${facts}`;
  return file !== undefined && isCaseFile(file) ? 'die van de casus' : 'geen; geef een casus in --file, of --facts';
}

function todayOf(input: object): string {
  const { now }: { now?: JsonObject } = input;
  return typeof now?.date === 'string' ? now.date : '';
}

/** Where the rules of a bundle may lie as they were written. */
function rulesBeside(bundle: string | undefined): string {
  return bundle !== undefined && statSync(bundle).isDirectory() ? bundle : POLICIES;
}

async function ruleLines(bundle: Bundle, policies: string, tried: Explained['tried']): Promise<readonly string[]> {
  const rules = tried.flatMap((steps) => steps.flatMap((step) => step.rules));
  const source = await readRuleSource(
    bundle,
    policies,
    rules.map(({ file }) => file),
  );
  return tried.flatMap((steps, i) => [
    `\nGeprobeerde regels${tried.length > 1 ? ` bij vraag ${i + 1}` : ''}`,
    ...stepLines(steps, source),
  ]);
}
