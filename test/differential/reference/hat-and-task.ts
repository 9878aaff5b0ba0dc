/** Steps 5 and 6: does the hat fit, is it this role's task, was the resident told; and does the purpose live today? */
import { dateOf, within } from './calendar.ts';
import { overlap } from './domains.ts';
import { objects, text } from './lenient.ts';
import type { PolicyData, Purpose } from './policy-data.ts';
import type { Question } from './question.ts';
import type { Stop } from './verdict.ts';

/** Who provides does somebody else's purpose: then it is the givers that the purpose names, where it names them, who fit. */
export function stopAtHat(question: Question, purpose: Purpose): Stop {
  const giving = question.action === 'provide' && purpose.givers !== undefined;
  const { pets, roles } = giving && purpose.givers ? purpose.givers : purpose;
  if (!pets.includes(question.pet ?? '')) return ['PET_PURPOSE_MISMATCH'];
  if (!roles.includes(question.role ?? '')) return ['ROLE_PURPOSE_MISMATCH'];
  return giving || isTaskOfTeam(question, purpose) ? undefined : ['ROLE_PURPOSE_MISMATCH'];
}

/** R64: inside one organisation a team of another domain has another task. */
function isTaskOfTeam({ teamDomain }: Question, purpose: Purpose): boolean {
  const home = purpose.own_domains;
  return teamDomain === undefined || home.length === 0 || home.some((domain) => overlap(domain, teamDomain));
}

/** R52, R55: told in the request, or known as a fact; a fact about a resident counts only where there is a case relation (§7.12). */
export function noticeIsMissing(question: Question, purpose: Purpose, related: boolean): boolean {
  if (purpose.notice === undefined) return false;
  const told = purpose.notice === 'pet_notice' && question.petNoticeAt !== undefined;
  return !told && !(related && objects(question.facts.notices).some((row) => row.kind === purpose.notice));
}

export function stopAtPurpose(question: Question, purpose: Purpose, data: PolicyData): Stop {
  if (purpose.status !== 'vastgesteld') return ['PURPOSE_NOT_ADOPTED'];
  if (!within(purpose.valid_from, purpose.valid_until, question.today)) return ['PURPOSE_EXPIRED'];
  if (purpose.wams && !data.settings.wams_in_force) return ['LAW_NOT_IN_FORCE'];
  const { casus } = question;
  if (purpose.needs_meervoudig && casus.type !== 'meervoudig') return ['PHASE_MISMATCH'];
  if (purpose.needs_finding && dateOf(casus.meervoudig_vastgesteld_at) === undefined) return ['PHASE_MISMATCH'];
  const { wamsPhase } = question;
  if (purpose.wams_phase !== undefined && wamsPhase !== undefined && wamsPhase !== purpose.wams_phase)
    return ['PHASE_MISMATCH'];
  if (purpose.min_stage !== undefined) {
    const { stages } = data.settings;
    const reached = stages.indexOf(text(casus.stage) ?? '');
    if (reached < stages.indexOf(purpose.min_stage)) return ['PHASE_MISMATCH'];
  }
  return undefined;
}
