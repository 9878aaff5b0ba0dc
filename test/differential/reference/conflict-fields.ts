/** The fields that conflict van plichten opens: those that were asked for by name, within the ids of the domain (§7.21). */

import { missingFromConflict, needsConfirmation } from './conflict-of-duties.ts';
import { existenceOf } from './consent.ts';
import type { PartOutcome } from './part.ts';
import type { PolicyData, Purpose } from './policy-data.ts';
import type { Question } from './question.ts';

export function judgeConflict(question: Question, purpose: Purpose, related: boolean, data: PolicyData): PartOutcome {
  if (!related && !data.roles[question.role ?? '']?.escape) return { reasons: ['NO_CASE_RELATION'] };
  const missing = missingFromConflict(question, related, data);
  if (missing !== undefined) return { reasons: [missing] };
  if (question.level === 'wat' && !Object.hasOwn(data.secrecy_kinds, question.secrecy ?? ''))
    return { reasons: ['SECRECY_MISSING'] };
  // A danger is a reason to know what is named, never to write, and no question of the list.
  if (question.action === 'write' || question.action === 'ask_question') return { reasons: ['DATA_NOT_NECESSARY'] };
  const domain = data.domains[question.domain ?? ''];
  const parts = domain?.parts ?? [question.domain ?? ''];
  const fields = parts.flatMap((part) => askedOf(part, question, data));
  if (fields.length === 0) return { reasons: ['DATA_NOT_NECESSARY'] };
  const confirm = needsConfirmation(question) ? ['confirm_by_named_person'] : [];
  return { fields: [...new Set(fields)], obligations: [...purpose.obligations, ...confirm] };
}

function askedOf(part: string, question: Question, data: PolicyData): readonly string[] {
  const domain = data.domains[part];
  const asked = (item: string) => question.categories?.includes(item) === true;
  if (domain === undefined) return [];
  const contents = Object.entries(domain.categories).flatMap(([id, category]) =>
    category.fields.filter((field) => asked(field) || asked(id)),
  );
  if (question.level === 'wat') return contents;
  // Of what may be seen it may be known that it exists.
  const named = domain.dat.filter(asked);
  return named.length === 0 && contents.length > 0 ? existenceOf(domain.dat) : named;
}
