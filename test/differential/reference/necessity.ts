/** Steps 10 and 15: which fields the purpose needs of this domain, and which of those were asked for (R4, R5). */
import { existenceOf } from './consent.ts';
import { overlap } from './domains.ts';
import type { Domain, FieldSet, Level, PolicyData } from './policy-data.ts';
import type { Question } from './question.ts';

/** Field → the category that stands for it; a dat field stands for itself. */
export function fieldsByCategory(needed: FieldSet | undefined, level: Level): ReadonlyMap<string, string> {
  const dat = (needed?.dat ?? []).map((field) => [field, field] as const);
  const wat = Object.entries(needed?.wat ?? {}).flatMap(([category, fields]) =>
    fields.map((field) => [field, category] as const),
  );
  return new Map(level === 'dat' ? dat : wat);
}

/** Undefined where the purpose needs nothing of this domain, or none of what was named. */
export function fieldsAsked(
  needed: FieldSet | undefined,
  level: Level,
  part: string,
  question: Question,
  data: PolicyData,
): readonly string[] | undefined {
  if (needed === undefined) return undefined;
  if (question.action === 'ask_question') {
    const domains = data.questions[question.questionId ?? '']?.purposes[question.purpose ?? ''] ?? [];
    const exists = domains.some((domain) => overlap(domain, part));
    return exists && needed.dat?.includes('answer') ? ['answer'] : undefined;
  }
  const atLevel = [...fieldsByCategory(needed, level)].filter(([field]) => field !== 'answer');
  const { categories } = question;
  if (categories === undefined) {
    const all = [...fieldsByCategory(needed, 'dat'), ...fieldsByCategory(needed, 'wat')];
    return all.length > 0 ? atLevel.map(([field]) => field) : undefined;
  }
  const names = [...fieldsByCategory(needed, 'dat'), ...fieldsByCategory(needed, 'wat')].flat();
  if (!categories.some((item) => names.includes(item))) return undefined;
  const named = (pair: readonly string[]) => pair.some((item) => categories.includes(item));
  const fields = atLevel.filter(named).map(([field]) => field);
  const namesContent = [...fieldsByCategory(needed, 'wat')].some(named);
  if (level === 'wat' || !namesContent) return fields;
  // Who asks dat of a content asks whether it exists.
  const existence = existenceOf(atLevel.map(([field]) => field));
  return [...new Set([...fields, ...existence])];
}

/** † or ‡ */
export function isSensitive(field: string, domain: Domain): boolean {
  return Object.values(domain.categories).some(
    (category) => category.fields.includes(field) && (category.special === true || category.criminal === true),
  );
}
