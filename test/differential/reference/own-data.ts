/** Residents who ask about themselves or a child (domain.md §7.23, Wmo 5.3.2). */
import { hasGezag } from './person.ts';
import type { Question } from './question.ts';

/** The person self, unless known to be under twelve or incapable; a person with gezag until sixteen, or for who is incapable. */
export function mayAskAboutOwnData(question: Question): boolean {
  const { person, professional } = question;
  if (person === undefined || professional === undefined || question.subjectType !== 'betrokkene') return false;
  const { age } = person;
  if (professional === person.id) return person.capable && (age === undefined ? !person.minor : age >= 12);
  const minor = age === undefined ? false : age < 16;
  return (minor || !person.capable) && hasGezag(professional, person, question.today);
}
