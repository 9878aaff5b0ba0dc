/** Who someone is in the eyes of the law: child or adult, capable or not, and who speaks for them (domain.md §7.17, §7.18, §7.27). */
import type { JsonObject } from '../../../src/decision/model.ts';
import { ageOn, dateOf, within } from './calendar.ts';
import { object, objects, text } from './lenient.ts';
import type { PolicyData } from './policy-data.ts';

export interface Person {
  readonly id: string;
  /**
   * What this person is in the casus: the row of the case relation wins over what the request says (§7.14). A row that is
   * no relation tells nothing (§7.12).
   */
  readonly relation: string | undefined;
  /** Completed years; undefined where no birth date is known. */
  readonly age: number | undefined;
  readonly adult: boolean;
  /** Known not to be an adult; false where nothing is said. */
  readonly minor: boolean;
  /** False where a guardianship says `curator` or `mentor`. */
  readonly capable: boolean;
  readonly guardianship: readonly JsonObject[];
}

export function readPerson(
  given: JsonObject,
  facts: JsonObject,
  related: boolean,
  today: string,
  data: PolicyData,
): Person | undefined {
  const id = text(given.id);
  if (id === undefined) return undefined;
  const known = related ? text(object(facts.case_relation).person_relation) : undefined;
  const relation = known ?? text(given.relation);
  const birthDate = dateOf(given.birth_date);
  const age = birthDate === undefined ? undefined : ageOn(birthDate, today);
  const presumed = relation !== undefined && data.relations.person[relation]?.presumed_adult === true;
  const guardianship = objects(facts.guardianship);
  return {
    id,
    relation,
    age,
    adult: age === undefined ? given.adult === true || (given.adult !== false && presumed) : age >= 18,
    minor: age === undefined ? given.adult === false : age < 18,
    capable: !guardianship.some((row) => isCurator(row) && within(row.since, row.until, today)),
    guardianship,
  };
}

function isCurator(row: JsonObject): boolean {
  return row.kind === 'curator' || row.kind === 'mentor';
}

/** Under twelve or incapable, a person with gezag decides; otherwise only the person self. */
export function decidesForSelf(person: Person): boolean {
  if (!person.capable) return false;
  return person.age === undefined ? person.adult : person.age >= 12;
}

/** True where this guardian has gezag on that day. */
export function hasGezag(guardian: string, person: Person, day: string): boolean {
  return person.guardianship.some(
    (row) => row.person === guardian && row.gezag === true && within(row.since, row.until, day),
  );
}
