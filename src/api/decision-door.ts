/** What the doors that decide have in common, and what each of them adds. The walk itself is `decision-walk.ts`. */
import { DatwatError, type Problem } from '../decision/errors.ts';
import type { Answer, Call, JsonObject } from '../decision/model.ts';

/** A request that was read and is ready to be asked. */
export interface Question {
  /** JSON pointers of times that could not be read and were left out. */
  readonly leftOut: readonly string[];
  /** Throws what the core throws. INVARIANT: resolves only when the record is durable. */
  ask(call: Call): Promise<Answer>;
}

export interface DecisionDoor {
  /** Everything that is wrong with the body as it was sent. Every problem at once, never a value. */
  problems(body: JsonObject): readonly Problem[];
  /**
   * Translates a body without problems, in which personal numbers are pseudonyms already. Pure: the body of a record gives
   * the same question again. Throws `invalid_request`.
   */
  question(body: JsonObject): Question;
}

export function invalidRequest(pointer: string, detail: string): DatwatError {
  return new DatwatError('invalid_request', { problems: [{ pointer, detail }] });
}
