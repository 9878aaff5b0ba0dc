/** Steps 8 to 15, for one part of the domain that was asked (domain.md §7.15). */
import { judgeAgreements } from './agreement.ts';
import { cellFor, hasBasis, isCollege, isOwnToGive } from './basis.ts';
import { type ConsentNeed, judgeConsents, outlives } from './consent.ts';
import { overlap } from './domains.ts';
import { objects, text } from './lenient.ts';
import { fieldsAsked, fieldsByCategory, isSensitive } from './necessity.ts';
import type { Level, PolicyData, Purpose } from './policy-data.ts';
import type { Question } from './question.ts';

/** The parts of the answer that one part of a domain decides. */
export type PartOutcome =
  | { readonly fields: readonly string[]; readonly obligations: readonly string[] }
  | { readonly reasons: readonly string[] };

const LEVELS: readonly string[] = ['none', 'dat', 'wat'];
const rank = (level: string): number => LEVELS.indexOf(level);

/** Who receives: the professional, or for `provide` the recipient's role. */
export function receiverOf(question: Question): string {
  const role = question.action === 'provide' ? text(question.recipient?.role) : question.role;
  return role ?? '';
}

export function judgePart(
  part: string,
  question: Question,
  purpose: Purpose,
  related: boolean,
  data: PolicyData,
): PartOutcome {
  const alsoTrue: string[] = [];
  const stop = (...reasons: string[]): PartOutcome => ({ reasons: [...reasons, ...alsoTrue] });
  const domain = data.domains[part];
  const { person } = question;
  const level = question.level === 'wat' ? 'wat' : 'dat';
  const role = receiverOf(question);
  const cell = cellFor(part, question, role, data);
  const resident = data.roles[question.role ?? '']?.resident === true;
  if (domain === undefined) return stop('REQUEST_UNDERSPECIFIED');

  // 8. The record's own closure.
  if (question.receivedUnderPet !== undefined && question.receivedUnderPet !== question.pet)
    return stop('RECEIVED_UNDER_OTHER_PET');
  if (question.inConfidence && !purpose.breaks_secrecy) return stop('SECRECY');
  if (level === 'wat' && !resident && !Object.hasOwn(data.secrecy_kinds, question.secrecy ?? ''))
    return stop('SECRECY_MISSING');
  const needed = purpose.fields[part];
  const need: ConsentNeed = {
    purpose: question.purpose ?? '',
    fromDomain: part,
    role,
    toDomains: data.roles[role]?.domains ?? [],
    bases: [...(cell?.out_basis ?? []), ...(cell?.in_basis ?? [])],
    fields: fieldsByCategory(needed, level),
    content: fieldsByCategory(needed, 'wat'),
  };
  const consents = objects(question.facts.consents);
  const consent = person === undefined ? undefined : judgeConsents(consents, need, person, question.today, data);
  const wanted = fieldsAsked(needed, level, part, question, data);
  const consented = consent !== undefined && 'fields' in consent ? consent.fields : [];
  const opened = (field: string) => cell?.fields === undefined || cell.fields.includes(field);
  const agreesWithThis = wanted?.some((field) => consented.includes(field) && opened(field)) === true;
  // Who is not said to be the client of the casus is judged apart; without a relation, or in the
  // decision log, there is no casus to be family in.
  const apart =
    related &&
    question.resourceType !== 'decision_log' &&
    !purpose.own_data &&
    person !== undefined &&
    data.relations.person[person.relation ?? '']?.apart_when_adult !== false;
  if (apart && person.adult && !cell?.covers_family && !agreesWithThis) {
    if (consented.length === 0) return stop('ADULT_FAMILY_MEMBER');
    // A good consent of that person, but for other fields: whether that is "without a consent" the text leaves open.
    alsoTrue.push('ADULT_FAMILY_MEMBER');
  }
  if (domain.dat_gevoelig && cell === undefined) return stop('DAT_GEVOELIG');
  if (purpose.active_only && question.active === false && !cell?.historical) return stop('NOT_ACTIVE');

  // 9. What the client says of it.
  const objected = objects(question.facts.objections).filter((row) => isAgainst(row, part, question));
  const standing = objected.filter(
    (row) => person === undefined || !outlives(consents, String(row.made_at), need, person, question.today, data),
  );
  if (purpose.objection_blocks && standing.length > 0) return stop('OBJECTION');
  const involved = question.clientInvolved;
  const needsClient = purpose.needs_client === true || cell?.conditions.client_involved === true;
  if (needsClient && involved !== undefined && !['present', 'informed', 'cannot'].includes(involved))
    return stop('CLIENT_NOT_INVOLVED');

  // 10. Necessity.
  if (wanted === undefined) return stop('DATA_NOT_NECESSARY');

  // 11. Basis. Whether a consent is "shown" does not change that it stays closed.
  if (
    cell === undefined ||
    !hasBasis(cell, question, purpose, domain, data) ||
    !isOwnToGive(part, question, purpose, data)
  )
    return stop('NO_LEGAL_BASIS', 'CONSENT_CANNOT_CREATE_BASIS');

  // 12. Agreement.
  const asks = cell.conditions.agreement;
  let agreed: Level | string = 'wat';
  if (asks !== undefined && (asks.for_college || !isCollege(question, data))) {
    const outcome = judgeAgreements(objects(question.facts.agreements), part, asks.kinds, question, data);
    if ('reason' in outcome) return stop(outcome.reason);
    agreed = outcome.level;
  }

  // 13. The lowest cap.
  const caps = [purpose.level_cap, data.roles[role]?.level_cap ?? 'none', cell.level, agreed].map(rank);
  if (rank(level) > Math.min(...caps)) return stop('LEVEL_ABOVE_CAP');

  // 14. Consent.
  let allowed = wanted;
  if (cell.conditions.consent) {
    const given = consent ?? { reason: 'CONSENT_MISSING' };
    if ('reason' in given) return stop(given.reason, ...(wanted.length === 0 ? ['DATA_NOT_NECESSARY'] : []));
    allowed = wanted.filter((field) => given.fields.includes(field));
    if (allowed.length === 0) return stop('CONSENT_SCOPE', ...(wanted.length === 0 ? ['DATA_NOT_NECESSARY'] : []));
  }

  // 15. Fields.
  const fields = allowed.filter(opened);
  if (fields.length === 0) return stop('DATA_NOT_NECESSARY', 'CONSENT_SCOPE');
  if (question.decisionAtHand === undefined && fields.some((field) => isSensitive(field, domain)))
    return stop('AFWEGING_MISSING');
  if (alsoTrue.length > 0) return stop();
  return {
    fields,
    obligations: [
      ...(cell.obligations ?? []),
      ...(needsClient && involved === undefined ? ['involve_client'] : []),
      ...(related && standing.length > 0 && !purpose.objection_blocks ? ['record_justification'] : []),
    ],
  };
}

/** For what closes, any overlap of domains counts; an objection that names nothing is against everything. */
function isAgainst(row: ReturnType<typeof objects>[number], part: string, question: Question): boolean {
  const domain = text(row.domain);
  const purpose = text(row.purpose);
  return (domain === undefined || overlap(domain, part)) && (purpose === undefined || purpose === question.purpose);
}
