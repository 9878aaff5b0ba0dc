/** Conflict van plichten (R32–R36, R47, domain.md §7.21): five answers, another colleague, a danger, and a teamhoofd where needed. */
import { object, objects, text } from './lenient.ts';
import type { PolicyData } from './policy-data.ts';
import type { Question } from './question.ts';

export type ConflictReason = 'JUSTIFICATION_INCOMPLETE' | 'NO_SAFETY_GROUND' | 'TEAMHOOFD_ACK_MISSING';

/** The first thing that is missing, if any. Without a case relation a teamhoofd is always needed. */
export function missingFromConflict(
  question: Question,
  related: boolean,
  data: PolicyData,
): ConflictReason | undefined {
  const given = question.breakGlass;
  const answers = Object.keys(data.five_questions.questions).map((id) => text(given[id]));
  const colleague = text(given.consulted_colleague);
  const category = data.five_questions.categories[text(given.category) ?? ''];
  const complete =
    answers.every((answer) => answer !== undefined) &&
    colleague !== undefined &&
    colleague !== question.professional &&
    category !== undefined &&
    question.categories !== undefined;
  if (!complete) return 'JUSTIFICATION_INCOMPLETE';
  if (text(given.safety_risk) === undefined) return 'NO_SAFETY_GROUND';
  const ack = text(given.teamhoofd_ack);
  const needed = category.teamhoofd_ack || !related;
  if (needed && (ack === undefined || !mayAcknowledge(ack, question))) return 'TEAMHOOFD_ACK_MISSING';
  return undefined;
}

/** A teamhoofd other than the asker; somebody who is known to be something else is no teamhoofd. */
function mayAcknowledge(ack: string, question: Question): boolean {
  const known = staffRole(ack, question);
  return ack !== question.professional && (known === undefined || known === 'teamhoofd');
}

/** True where the colleague or the teamhoofd is known to nobody, so that they must confirm it themselves. */
export function needsConfirmation(question: Question): boolean {
  const { consulted_colleague: colleague, teamhoofd_ack: ack } = object(question.breakGlass);
  const named = [text(colleague), text(ack)].filter((id) => id !== undefined);
  return named.some((id) => staffRole(id, question) === undefined);
}

function staffRole(id: string, question: Question): string | undefined {
  const row = objects(question.facts.staff).find((entry) => entry.id === id);
  return row === undefined ? undefined : text(row.role);
}
