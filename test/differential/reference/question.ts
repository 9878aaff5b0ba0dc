/** The evaluation as domain.md names its parts; what is missing or of another type is undefined. */
import type { Json, JsonObject, PolicyInput } from '../../../src/decision/model.ts';
import { object, text, texts } from './lenient.ts';
import { type Person, readPerson } from './person.ts';
import type { PolicyData } from './policy-data.ts';
import { hasCaseRelation } from './relation.ts';

export interface Question {
  readonly caller: PolicyInput['caller'];
  readonly professional: string | undefined;
  readonly subjectType: string | undefined;
  readonly role: string | undefined;
  readonly pet: string | undefined;
  readonly organisation: Organisation;
  readonly secrecy: string | undefined;
  readonly teamDomain: string | undefined;
  readonly action: string | undefined;
  readonly level: string | undefined;
  readonly purpose: string | undefined;
  readonly questionId: string | undefined;
  /** Undefined where none are named. */
  readonly categories: readonly string[] | undefined;
  readonly recipient: JsonObject | undefined;
  readonly resourceType: string | undefined;
  readonly domain: string | undefined;
  /** There is a case relation that suffices for this level and domain. */
  readonly hasCase: boolean;
  readonly municipality: string | undefined;
  readonly holder: Organisation;
  readonly active: Json | undefined;
  readonly receivedUnderPet: string | undefined;
  readonly inConfidence: boolean;
  readonly personTwice: boolean;
  readonly person: Person | undefined;
  readonly casus: JsonObject;
  readonly wamsPhase: string | undefined;
  readonly overleg: { readonly id: string | undefined; readonly name: string | undefined };
  readonly clientInvolved: string | undefined;
  readonly decisionAtHand: string | undefined;
  readonly petNoticeAt: string | undefined;
  readonly noticeReceipt: JsonObject;
  readonly orderRef: string | undefined;
  readonly breakGlass: JsonObject;
  readonly simulation: boolean;
  readonly facts: JsonObject;
  readonly today: string;
  readonly now: string;
}

export interface Organisation {
  readonly oin: string | undefined;
  readonly type: string | undefined;
  readonly municipality: string | undefined;
}

export function readQuestion(input: PolicyInput, data: PolicyData): Question {
  const who = object(input.subject?.properties);
  const how = object(input.action?.properties);
  const what = object(input.resource?.properties);
  const { context, facts, now } = input;
  const person = object(what.data_subject);
  const overleg = object(context.overleg);
  const action = text(input.action?.name);
  const level = levelAsked(action, text(input.resource?.type), how.requested_level);
  const domain = text(input.resource?.type) === 'decision_log' ? 'decision_log' : text(what.domain);
  const isResident = data.roles[text(who.role) ?? '']?.resident === true;
  const hasCase =
    !isResident && hasCaseRelation({ facts, domain, level, overlegId: text(overleg.id), today: now.date }, data);
  return {
    caller: input.caller,
    professional: text(input.subject?.id),
    subjectType: text(input.subject?.type),
    role: text(who.role),
    pet: text(who.active_pet),
    organisation: organisation(who.organisation),
    secrecy: text(who.secrecy),
    teamDomain: text(who.team_domain),
    action,
    level,
    purpose: text(how.purpose),
    questionId: text(how.question),
    categories: categoriesAsked(how.categories, what.categories),
    recipient: how.recipient === undefined ? undefined : object(how.recipient),
    resourceType: text(input.resource?.type),
    domain,
    hasCase,
    municipality: text(what.municipality),
    holder: organisation(what.holder),
    active: what.active,
    receivedUnderPet: text(what.received_under_pet),
    inConfidence: what.in_confidence === true,
    personTwice: person.id !== undefined && person.bsn !== undefined,
    person: readPerson(person, facts, { related: hasCase, domain }, now.date, data),
    casus: object(context.casus),
    wamsPhase: text(context.wams_phase),
    overleg: { id: text(overleg.id), name: text(overleg.name) },
    clientInvolved: text(context.client_involved),
    decisionAtHand: text(context.decision_at_hand),
    petNoticeAt: text(context.pet_notice_at),
    noticeReceipt: object(context.notice_receipt),
    orderRef: text(context.order_ref),
    breakGlass: object(context.break_glass),
    simulation: context.simulation === true,
    facts,
    today: now.date,
    now: now.time,
  };
}

/** `dat` for a question, `wat` for the decision log, whatever was sent (§2.8 step 1). */
function levelAsked(action: string | undefined, type: string | undefined, sent: Json | undefined): string | undefined {
  if (action === 'ask_question') return 'dat';
  if (type === 'decision_log') return 'wat';
  return text(sent);
}

function categoriesAsked(...sent: readonly (Json | undefined)[]): readonly string[] | undefined {
  const named = sent.flatMap(texts);
  return named.length > 0 ? named : undefined;
}

function organisation(value: Json | undefined): Organisation {
  const given = object(value);
  return { oin: text(given.oin), type: text(given.type), municipality: text(given.municipality) };
}
