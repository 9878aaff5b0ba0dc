/** What the demo prints: for a newcomer at a terminal, so in plain Dutch. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type Json, type JsonObject } from '../../decision/model.ts';
import { outcome } from '../answer-text.ts';
import type { DemoAnswer } from './questions.ts';

/** A small table: the question, what came of it, and why. */
export function table(answers: readonly DemoAnswer[]): readonly string[] {
  const rows = answers.map(({ question, body }) => {
    const context = contextOf(body);
    const permitted = body.decision === true;
    return [
      question.title,
      outcome(permitted, String(context.granted_level ?? '')),
      permitted ? texts(context.fields).join(', ') : String(context.reason_user ?? ''),
    ];
  });
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(([title = '', level = '', rest = '']) => {
    return `  ${title.padEnd(widths[0] ?? 0)}  ${level.toUpperCase().padEnd(widths[1] ?? 0)}  ${rest}`;
  });
}

/** What would be possible instead of a refusal, a line each. */
export function instead(answer: DemoAnswer): readonly string[] {
  const alternatives = contextOf(answer.body).alternatives;
  const found = Array.isArray(alternatives) ? alternatives.filter(isObject) : [];
  return found.map(({ type, user }) => `  - ${String(user ?? type)}`);
}

export function curl(url: string, answer: DemoAnswer): string {
  const body = JSON.stringify(answer.question.request).replaceAll("'", "'\\''");
  return `curl -s ${url}/access/v1/evaluation -H 'Content-Type: application/json' -d '${body}'`;
}

/** The line that a decision left in the ledger: where it stands, its place in the chain and its hash. */
export function ledgerLine(folder: string, decisionId: string): readonly string[] {
  for (const name of readdirSync(join(folder, 'segments'))) {
    const file = join(folder, 'segments', name);
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (line === '') continue;
      const record: JsonObject = JSON.parse(line);
      if (`${String(record.trace_id)}-${String(record.span_id)}` !== decisionId) continue;
      const attributes = isObject(record.attributes) ? record.attributes : {};
      return [
        `  ${file}, regel ${String(attributes['datwat.ledger.seq'])} (${line.length} tekens)`,
        `  Decision-Id  ${decisionId}`,
        `  reden        ${String(attributes['datwat.reason'])}`,
        `  hash         ${String(attributes['datwat.ledger.hash'])}`,
        `  vorige       ${String(attributes['datwat.ledger.prev_hash'])}`,
      ];
    }
  }
  return ['  (de regel is niet gevonden)'];
}

export const WHAT_HAPPENED: readonly string[] = [
  '  1. De toepassing vroeg vóór het tonen: mag deze medewerker, met deze pet en dit doel, dit van deze inwoner zien?',
  '  2. Datwat zocht op wat het zelf weet: wie de inwoner helpt, en waarvoor de inwoner toestemming gaf.',
  '  3. De regels in policies/ beslisten: niets, alleen dát er iets is, of ook wát, en dan alleen de genoemde velden.',
  '  4. De beslissing is opgeschreven en vastgeketend aan de vorige. Pas daarna ging het antwoord weg.',
  '  5. Bij een weigering staat erbij waarom, en wat wel kan.',
];

function contextOf(body: JsonObject): JsonObject {
  return isObject(body.context) ? body.context : {};
}

function texts(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
