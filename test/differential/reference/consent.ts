/** Step 14: consent is a condition inside an open cell (R39), for one purpose, giver, recipient and set of fields. */
import type { JsonObject } from '../../../src/decision/model.ts';
import { dateOf, within } from './calendar.ts';
import { covers } from './domains.ts';
import { text, texts } from './lenient.ts';
import { decidesForSelf, hasGezag, isDecidedFor, type Person } from './person.ts';
import type { PolicyData } from './policy-data.ts';

/** What the consent would have to be about. */
export interface ConsentNeed {
  readonly purpose: string;
  readonly fromDomain: string;
  readonly role: string;
  /** Domains that the receiving professional works in. */
  readonly toDomains: readonly string[];
  /** Legal bases of the cell: a written declaration of no objection counts only where one of them names it. */
  readonly bases: readonly string[];
  /** Field → category, for the level that was asked. */
  readonly fields: ReadonlyMap<string, string>;
  /** The same for wat, whatever was asked. */
  readonly content: ReadonlyMap<string, string>;
}

const EXISTENCE = 'actief';

/** In the order in which a consent is judged: what stands further down came further. */
const ORDER = [
  'CONSENT_MISSING',
  'CONSENT_WITHDRAWN',
  'CONSENT_EXPIRED',
  'CONSENT_WRONG_PERSON',
  'CONSENT_NOT_SPECIFIC',
  'CONSENT_SCOPE',
] as const;

export type ConsentReason = (typeof ORDER)[number];
export type ConsentOutcome = { readonly fields: readonly string[] } | { readonly reason: ConsentReason };

/** The fields that all good consents together leave; or, where none is good, the reason of the one that came furthest. */
export function judgeConsents(
  consents: readonly JsonObject[],
  need: ConsentNeed,
  person: Person,
  today: string,
  data: PolicyData,
): ConsentOutcome {
  const outcomes = consents.map((consent) => judgeConsent(consent, need, person, today, data));
  const fields = outcomes.flatMap((outcome) => ('fields' in outcome ? outcome.fields : []));
  if (fields.length > 0) return { fields: [...new Set(fields)].sort() };
  const reached = outcomes.map((outcome) => ('reason' in outcome ? ORDER.indexOf(outcome.reason) : 0));
  return { reason: ORDER[Math.max(0, ...reached)] ?? 'CONSENT_MISSING' };
}

function judgeConsent(
  consent: JsonObject,
  need: ConsentNeed,
  person: Person,
  today: string,
  data: PolicyData,
): ConsentOutcome {
  if (!kindCounts(consent, need, data)) return { reason: 'CONSENT_MISSING' };
  if (consent.withdrawn_at !== undefined && consent.withdrawn_at !== null) return { reason: 'CONSENT_WITHDRAWN' };
  if (!inForce(consent, today)) return { reason: 'CONSENT_EXPIRED' };
  if (!givenByTheRightPerson(consent, person, today)) return { reason: 'CONSENT_WRONG_PERSON' };
  if (isBlanket(consent)) return { reason: 'CONSENT_NOT_SPECIFIC' };
  if (!inScope(consent, need)) return { reason: 'CONSENT_SCOPE' };
  const items = texts(consent.items);
  const covered = (fields: ReadonlyMap<string, string>) =>
    [...fields].filter((names) => names.some((name) => items.includes(name))).map(([field]) => field);
  const fields = covered(need.fields);
  if (fields.length > 0) return { fields };
  // Who may know the content may know that it exists.
  if (covered(need.content).length === 0) return { reason: 'CONSENT_SCOPE' };
  const existence = existenceOf([...need.fields.keys()]);
  return existence.length > 0 ? { fields: existence } : { reason: 'CONSENT_SCOPE' };
}

/** What says that something exists: `actief`, or where the purpose needs another fact, that. */
export function existenceOf(facts: readonly string[]): readonly string[] {
  return facts.includes(EXISTENCE) ? [EXISTENCE] : facts;
}

function kindCounts(consent: JsonObject, need: ConsentNeed, data: PolicyData): boolean {
  const kind = data.consent_kinds[text(consent.kind) ?? ''];
  if (kind === undefined || kind.counts === 'never') return false;
  if (kind.counts === 'always') return true;
  if (need.bases.some((basis) => data.legal_bases[basis]?.asks_explicit_consent === true)) return false;
  return need.bases.some((basis) => kind.laws.includes(basis));
}

function inForce(consent: JsonObject, today: string): boolean {
  return dateOf(consent.given_at) !== undefined && within(consent.given_at, consent.valid_until, today);
}

/** By the data subject, or by a person with gezag both then and now; from twelve and capable only by the person self. */
function givenByTheRightPerson(consent: JsonObject, person: Person, today: string): boolean {
  const giver = text(consent.given_by);
  if (giver === undefined) return false;
  if (decidesForSelf(person)) return giver === person.id;
  if (!isDecidedFor(person)) return false;
  const then = dateOf(consent.given_at);
  return then !== undefined && hasGezag(giver, person, then) && hasGezag(giver, person, today);
}

function isBlanket(consent: JsonObject): boolean {
  const recipient = text(consent.to_role) ?? text(consent.to_domain);
  return text(consent.purpose) === undefined || recipient === undefined || texts(consent.items).length === 0;
}

function inScope(consent: JsonObject, need: ConsentNeed): boolean {
  const from = text(consent.from_domain);
  const toRole = text(consent.to_role);
  const toDomain = text(consent.to_domain);
  const forRecipient =
    toRole === need.role || (toDomain !== undefined && need.toDomains.some((domain) => covers(toDomain, domain)));
  return consent.purpose === need.purpose && from !== undefined && covers(from, need.fromDomain) && forRecipient;
}

/**
 * An objection stands until it is withdrawn, or until a later consent for exactly that purpose and domain (§7.17).
 * Such a consent must be good in every other respect.
 */
export function outlives(
  consents: readonly JsonObject[],
  madeAt: string,
  need: ConsentNeed,
  person: Person,
  today: string,
  data: PolicyData,
): boolean {
  return consents.some((consent) => {
    const outcome = judgeConsent(consent, need, person, today, data);
    return 'fields' in outcome && typeof consent.given_at === 'string' && consent.given_at > madeAt;
  });
}
