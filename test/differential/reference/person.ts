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
  /**
   * Nothing at all is said of the age, and nothing tells of a child: the relation, gezag in force, or a file or a case in a
   * domain that is about minors. The cases that name no age (A13, A14, A24, A37) take such a person for old enough.
   */
  readonly takenForOldEnough: boolean;
  /** False where a guardianship says `curator` or `mentor`. */
  readonly capable: boolean;
  readonly guardianship: readonly JsonObject[];
}

export function readPerson(
  given: JsonObject,
  facts: JsonObject,
  place: { readonly related: boolean; readonly domain: string | undefined },
  today: string,
  data: PolicyData,
): Person | undefined {
  const id = text(given.id);
  if (id === undefined) return undefined;
  const known = place.related ? text(object(facts.case_relation).person_relation) : undefined;
  const relation = known ?? text(given.relation);
  const birthDate = dateOf(given.birth_date);
  const age = birthDate === undefined ? undefined : ageOn(birthDate, today);
  const presumed = relation !== undefined && data.relations.person[relation]?.presumed_adult === true;
  const guardianship = objects(facts.guardianship);
  const domains = [place.domain, text(object(facts.case_relation).domain)];
  const tellsOfChild =
    (relation !== undefined && data.relations.person[relation]?.presumed_minor === true) ||
    domains.some((domain) => domain !== undefined && data.domains[domain]?.about_minors === true) ||
    guardianship.some((row) => row.gezag === true && within(row.since, row.until, today));
  const ageSaid = Object.hasOwn(given, 'birth_date') || Object.hasOwn(given, 'adult');
  return {
    id,
    relation,
    age,
    adult: age === undefined ? given.adult === true || (given.adult !== false && presumed) : age >= 18,
    minor: age === undefined ? given.adult === false : age < 18,
    takenForOldEnough: !ageSaid && !tellsOfChild,
    capable: !guardianship.some((row) => isCurator(row) && within(row.since, row.until, today)),
    guardianship,
  };
}

function isCurator(row: JsonObject): boolean {
  return row.kind === 'curator' || row.kind === 'mentor';
}

/** From twelve and capable, only the person self decides. */
export function decidesForSelf(person: Person): boolean {
  if (!person.capable) return false;
  return person.age === undefined ? person.adult || person.takenForOldEnough : person.age >= 12;
}

/** Under twelve or incapable, a person with gezag decides; of a child of unknown age nobody can say who does. */
export function isDecidedFor(person: Person): boolean {
  return !person.capable || (person.age !== undefined && person.age < 12);
}

/** True where this guardian has gezag on that day. */
export function hasGezag(guardian: string, person: Person, day: string): boolean {
  return person.guardianship.some(
    (row) => row.person === guardian && row.gezag === true && within(row.since, row.until, day),
  );
}
