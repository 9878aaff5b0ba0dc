/** `POST /access/v1/evaluation`: one question, one decision (AZ-20, AZ-21). */
import type { Decide } from '../decision/decide.ts';
import { DatwatError } from '../decision/errors.ts';
import type { EvaluationRequest, JsonObject } from '../decision/model.ts';
import type { DecisionDoor } from './decision-door.ts';
import { EVALUATION, evaluationRequest, shapeProblems } from './request-members.ts';
import { normaliseTimes } from './request-times.ts';

export function createEvaluationDoor(decide: Decide): DecisionDoor {
  return {
    problems: evaluationProblems,
    question(body) {
      const { request, leftOut } = readEvaluation(body);
      return { leftOut, ask: (call) => decide(call, request) };
    },
  };
}

export const evaluationProblems: DecisionDoor['problems'] = (body) => shapeProblems(body, EVALUATION);

/** Throws `invalid_request` where `evaluationProblems` finds any. */
export function readEvaluation(body: JsonObject): { request: EvaluationRequest; leftOut: readonly string[] } {
  const request = evaluationRequest(body);
  if (request === undefined) throw new DatwatError('invalid_request', { problems: evaluationProblems(body) });
  const { members, leftOut } = normaliseTimes(request);
  return { request: members, leftOut };
}
