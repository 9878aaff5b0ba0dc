/** Steps 3 and 4: are the feeds fresh enough (R135), and does this organisation act for this municipality (R60)? */
import { within } from './calendar.ts';
import { overlap } from './domains.ts';
import { object, objects, texts } from './lenient.ts';
import type { PolicyData, Purpose } from './policy-data.ts';
import type { Question } from './question.ts';
import type { Stop } from './verdict.ts';

export function stopAtFreshness(question: Question, purpose: Purpose): Stop {
  const feeds = object(question.facts.feeds);
  const fresh = purpose.needs_facts.every((kind) => object(feeds[kind]).stale === false);
  return fresh ? undefined : ['STALE_ATTRIBUTES'];
}

export function stopAtMandate(question: Question, purpose: Purpose, data: PolicyData): Stop {
  const role = data.roles[question.role ?? ''];
  if (role?.resident) return undefined;
  const type = data.organisation_types[question.organisation.type ?? ''];
  if (type !== undefined && !type.needs_mandate) return undefined;
  const laws = purpose.law === null ? lawsOfRole(question, data) : [purpose.law];
  const mandated = objects(question.facts.mandates).some(
    (row) =>
      row.organisation === question.organisation.oin &&
      question.organisation.oin !== undefined &&
      row.municipality === question.municipality &&
      within(row.valid_from, row.valid_until, question.today) &&
      texts(row.laws).some((law) => laws.includes(law)),
  );
  if (type === undefined) return ['NO_MANDATE', 'REQUEST_UNDERSPECIFIED', 'WRONG_MUNICIPALITY'];
  return mandated ? undefined : ['NO_MANDATE'];
}

/** The law of the domain that this professional works in: of the team's where it names one (R64). */
function lawsOfRole(question: Question, data: PolicyData): readonly string[] {
  const { teamDomain } = question;
  const domains = (data.roles[question.role ?? '']?.domains ?? []).filter(
    (domain) => teamDomain === undefined || overlap(domain, teamDomain),
  );
  return domains.map((domain) => data.domains[domain]?.law).filter((law) => typeof law === 'string');
}
