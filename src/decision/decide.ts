/** One evaluation, room by room (design.md §3): PEP → api → decision → facts → engine → ledger → PEP. */
import { evidenceOf } from './errors.ts';
import { nextRoom } from './in-step.ts';
import type { Answer, Call, Decision, EvaluationRequest, Outcome, RecordItem } from './model.ts';
import { itemContext, openRecord } from './opened-record.ts';
import type { Parts } from './parts.ts';
import { dataSubjectOf, factQuery, policyInput } from './policy-question.ts';
import { type ItemTrail, singleAttributes } from './record-attributes.ts';
import { recordAnswer, recordFailure } from './recording.ts';
import { count } from './tally.ts';

/** Throws `no_policy` and `decision_not_recorded` without a record; `facts_unavailable` and `policy_error` with one. */
export type Decide = (call: Call, request: EvaluationRequest) => Promise<Answer>;

export function createDecide(parts: Parts): Decide {
  return async function decide(call, request) {
    // Held for the whole call: a swap between two steps must not label this decision with another policy.
    const policy = parts.engine.active();
    const opened = openRecord(parts, call);
    const recording = {
      opened,
      eventName: 'adl.access_evaluation',
      entrypoint: 'authz/decision',
      policy: policy.identity,
      request: call.body,
    } as const;
    const item = itemContext(call, opened.timestamp, request.context);
    const dataSubject = dataSubjectOf(request.resource);
    const about = dataSubject === undefined ? {} : { dataSubject };
    let trail: ItemTrail = { members: request, item, decision: false };
    try {
      const [found] = await parts.facts.lookup([factQuery(call, request, item)]);
      if (found === undefined) throw new Error('the fact source answered fewer items than it was asked');
      trail = { ...trail, found };
      const outcome = policy.decide(policyInput(call.caller, request, item, found.facts));
      trail = { ...trail, outcome, decision: outcome.decision };
    } catch (error) {
      const unanswered: RecordItem = {
        ...about,
        facts: trail.found?.facts ?? null,
        response: null,
        record: evidenceOf(error),
      };
      const failure = await recordFailure(parts, recording, error, [unanswered], singleAttributes(call, trail));
      count(parts.metrics, trail, 'error');
      throw failure;
    }
    await nextRoom();
    const { found, outcome } = trail;
    const body = decisionOf(outcome);
    const recorded: RecordItem = {
      ...about,
      facts: found?.facts ?? null,
      response: body,
      record: outcome?.record ?? null,
    };
    await recordAnswer(parts, recording, 'Unset', body, [recorded], singleAttributes(call, trail));
    count(parts.metrics, trail, body.decision ? 'permit' : 'deny');
    return { body, decisionId: opened.decisionId, ...about };
  };
}

/** What goes to the PEP: `decision` and `context` as they are; `record` never leaves. INVARIANT: no outcome, no permit. */
export function decisionOf(outcome: Outcome | undefined): Decision {
  if (outcome === undefined) return { decision: false };
  return { decision: outcome.decision, ...(outcome.context && { context: outcome.context }) };
}
