/**
 * The reference: a slow and obvious evaluator, written from domain.md §2.8, §4 and §7 and from nothing else.
 * It reads the policy data and no rule. The first step that stops names the reason.
 */
import type { PolicyInput } from '../../../src/decision/model.ts';
import { judgeConflict } from './conflict-fields.ts';
import { missingFromConflict } from './conflict-of-duties.ts';
import { noticeIsMissing, stopAtHat, stopAtPurpose } from './hat-and-task.ts';
import { stopAtLimits } from './limits.ts';
import { stopAtFreshness, stopAtMandate } from './organisation.ts';
import { mayAskAboutOwnData } from './own-data.ts';
import { judgePart, type PartOutcome } from './part.ts';
import type { PolicyData, Purpose } from './policy-data.ts';
import { type Question, readQuestion } from './question.ts';
import { purposeOf, stopAtShape } from './shape.ts';
import type { Stop, Verdict } from './verdict.ts';

export function evaluate(input: PolicyInput, data: PolicyData): Verdict {
  const question = readQuestion(input, data);
  const related = isRelated(question, data);
  const refuse = (reasons: readonly string[]): Verdict => ({
    decision: false,
    level: 'none',
    fields: [],
    reasons,
    outward: [...new Set(reasons.map((reason) => outward(reason, related, data)))],
    obligations: [],
  });
  const shape = stopAtShape(question, data);
  if (shape !== undefined) return refuse(shape);
  const purpose = purposeOf(question, data);
  if (purpose === undefined) return refuse(['PURPOSE_MISSING', 'REQUEST_UNDERSPECIFIED']);
  const before = stopBeforeTheFile(question, purpose, related, data);
  if (before !== undefined) return related ? refuse(before) : withWhatIsNext(refuse(before), question, purpose, data);
  const outcome = purpose.break_glass
    ? judgeConflict(question, purpose, related, data)
    : judgeParts(question, purpose, related, data);
  if ('reasons' in outcome) return refuse(outcome.reasons);
  return {
    decision: true,
    level: question.level === 'wat' ? 'wat' : 'dat',
    fields: [...new Set(outcome.fields)].sort(),
    reasons: ['OK'],
    outward: ['OK'],
    obligations: [
      'show_only_fields',
      'log_consultation',
      ...purpose.obligations,
      ...outcome.obligations,
      ...(question.simulation ? ['do_not_disclose'] : []),
    ],
  };
}

/** Steps 2 to 7, which look at no part of the domain yet. */
function stopBeforeTheFile(question: Question, purpose: Purpose, related: boolean, data: PolicyData): Stop {
  const early =
    stopAtLimits(question, purpose, data) ??
    stopAtFreshness(question, purpose) ??
    stopAtMandate(question, purpose, data) ??
    stopAtHat(question, purpose);
  if (early !== undefined) return early;
  if (noticeIsMissing(question, purpose, related)) return ['NOTICE_MISSING'];
  const late = stopAtPurpose(question, purpose, data);
  if (late !== undefined) return late;
  if (purpose.break_glass) return undefined;
  const needsRelation = purpose.case_relation_required || purpose.own_data === true || isReceivingVeiligThuis(question);
  return needsRelation && !related ? ['NO_CASE_RELATION'] : undefined;
}

/**
 * Where there is no case relation, a reason that hangs on the file (a missing notice, a holder) may give way to what an
 * unknown file would be answered: the next refusal that holds for everyone, or no access.
 */
function withWhatIsNext(verdict: Verdict, question: Question, purpose: Purpose, data: PolicyData): Verdict {
  const hides = verdict.reasons.includes('NOTICE_MISSING') || verdict.reasons.includes('HOLDER_DECIDES');
  if (!hides) return verdict;
  const next =
    stopAtFreshness(question, purpose) ??
    stopAtMandate(question, purpose, data) ??
    stopAtHat(question, purpose) ??
    stopAtPurpose(question, purpose, data) ??
    (purpose.break_glass ? (missingFromConflict(question, false, data) ?? 'SECRECY_MISSING') : undefined);
  const after = [next ?? 'NO_CASE_RELATION'].flat();
  const reasons = verdict.reasons.includes('NOTICE_MISSING') ? [...verdict.reasons, ...after] : verdict.reasons;
  return { ...verdict, reasons, outward: [...verdict.outward, 'GEEN_TOEGANG', ...after] };
}

/** §2.8: `VT.ONDERZOEK` asks no case relation at the giver's side; at its own side it does. */
function isReceivingVeiligThuis(question: Question): boolean {
  return question.purpose === 'VT.ONDERZOEK' && question.action !== 'provide';
}

function isRelated(question: Question, data: PolicyData): boolean {
  if (data.roles[question.role ?? '']?.resident) return mayAskAboutOwnData(question);
  return question.hasCase;
}

/** A request for a parent is judged per sub-domain, and a closed one takes its fields away (§7.15). */
function judgeParts(question: Question, purpose: Purpose, related: boolean, data: PolicyData): PartOutcome {
  const parts = data.domains[question.domain ?? '']?.parts ?? [question.domain ?? ''];
  const outcomes = parts.map((part) => judgePart(part, question, purpose, related, data));
  const open = outcomes.flatMap((outcome) => ('fields' in outcome ? [outcome] : []));
  if (open.length === 0)
    return { reasons: outcomes.flatMap((outcome) => ('reasons' in outcome ? outcome.reasons : [])) };
  return {
    fields: open.flatMap(({ fields }) => fields),
    obligations: open.flatMap(({ obligations }) => obligations),
  };
}

/** §7.12: what depends on facts about the resident does not show where there is no case relation. */
function outward(reason: string, related: boolean, data: PolicyData): string {
  return !related && data.reasons[reason]?.depends_on === 'person' ? 'GEEN_TOEGANG' : reason;
}
