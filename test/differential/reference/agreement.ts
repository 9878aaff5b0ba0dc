/** Step 12: a convenant or dataparagraaf between exactly these parties, for this domain, in the meeting it names (R83–R90). */
import type { JsonObject } from '../../../src/decision/model.ts';
import { within } from './calendar.ts';
import { covers } from './domains.ts';
import { text, texts } from './lenient.ts';
import type { PolicyData } from './policy-data.ts';
import type { Question } from './question.ts';

export type AgreementOutcome =
  | { readonly level: string }
  | { readonly reason: 'AGREEMENT_MISSING' | 'AGREEMENT_EXPIRED' | 'NOT_IN_NAMED_MEETING' };

/** `kinds` are the kinds that the cell accepts. */
export function judgeAgreements(
  agreements: readonly JsonObject[],
  domain: string,
  kinds: readonly string[],
  question: Question,
  data: PolicyData,
): AgreementOutcome {
  const fitting = agreements.filter((row) => isAboutThis(row, domain, kinds, question));
  if (fitting.length === 0) return { reason: 'AGREEMENT_MISSING' };
  const current = fitting.filter((row) => within(row.valid_from, row.valid_until, question.today));
  if (current.length === 0) return { reason: 'AGREEMENT_EXPIRED' };
  const met = current.filter((row) => inItsMeeting(row, question, data));
  if (met.length === 0) return { reason: 'NOT_IN_NAMED_MEETING' };
  return { level: met.some((row) => row.max_level === 'wat') ? 'wat' : 'dat' };
}

function isAboutThis(row: JsonObject, domain: string, kinds: readonly string[], question: Question): boolean {
  const parties = texts(row.parties);
  const holder = question.holder.oin;
  return (
    kinds.includes(text(row.kind) ?? '') &&
    question.organisation.oin !== undefined &&
    parties.includes(question.organisation.oin) &&
    (holder === undefined || parties.includes(holder)) &&
    texts(row.domains).some((wide) => covers(wide, domain))
  );
}

/** A convenant must hang on a meeting with a name (R84); another kind only where it names one. */
function inItsMeeting(row: JsonObject, question: Question, data: PolicyData): boolean {
  const name = text(row.overleg);
  if (name === undefined) return data.agreement_kinds[text(row.kind) ?? '']?.named_meeting !== true;
  return question.overleg.id !== undefined && question.overleg.name === name;
}
