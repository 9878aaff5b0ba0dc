/** Step 1: is this a bounded question at all (R14), and is there a purpose (R1)? */
import type { PolicyData, Purpose } from './policy-data.ts';
import type { Question } from './question.ts';
import type { Stop } from './verdict.ts';

const LEVELS = ['dat', 'wat'];

export function stopAtShape(question: Question, data: PolicyData): Stop {
  const { role, pet, action, domain, level, person } = question;
  const known =
    role !== undefined &&
    Object.hasOwn(data.roles, role) &&
    pet !== undefined &&
    Object.hasOwn(data.pets, pet) &&
    action !== undefined &&
    data.settings.actions.includes(action) &&
    level !== undefined &&
    LEVELS.includes(level) &&
    domain !== undefined &&
    Object.hasOwn(data.domains, domain) &&
    (domain === 'decision_log') === (question.resourceType === 'decision_log') &&
    (question.resourceType === 'dossier' || question.resourceType === 'decision_log');
  if (!known || question.personTwice) return ['REQUEST_UNDERSPECIFIED'];
  const aboutMany = action === 'list' || action === 'export' || question.resourceType === 'decision_log';
  if (person === undefined && !aboutMany) return ['REQUEST_UNDERSPECIFIED'];
  if (question.purpose === undefined) return ['PURPOSE_MISSING'];
  return undefined;
}

/** A group such as `PREVENTIE.*` stands for every purpose that starts so. */
export function purposeOf(question: Question, data: PolicyData): Purpose | undefined {
  const id = question.purpose ?? '';
  const group = `${id.split('.')[0]}.*`;
  return data.purposes[id] ?? data.purposes[group];
}
