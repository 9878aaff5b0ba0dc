import { DatwatError } from '../decision/errors.ts';
import type { Entrypoint, PolicyIdentity, PolicyInput } from '../decision/model.ts';
import type { ActivePolicy } from '../decision/ports.ts';
import { checkedOutcome, checkedResults } from './contract.ts';
import type { Evaluator } from './evaluator.ts';
import { EnginesDisagree } from './plan/both-engines.ts';

/** A bundle's identity and the engine that answers for it, as the core knows them. */
export function createActivePolicy(identity: PolicyIdentity, evaluator: Evaluator): ActivePolicy {
  const ask = <Answer>(entrypoint: Entrypoint, input: PolicyInput, checked: (value: unknown) => Answer): Answer => {
    try {
      return checked(evaluator.evaluate(entrypoint, input));
    } catch (cause) {
      if (cause instanceof EnginesDisagree) {
        throw new DatwatError('policy_error', { cause, evidence: { engines: cause.outcomes } });
      }
      throw new DatwatError('policy_error', { cause });
    }
  };

  return {
    identity,
    offers: (entrypoint) => evaluator.entrypoints.has(entrypoint),
    decide: (input) => ask('authz/decision', input, checkedOutcome),
    search: (entrypoint, input) => ask(entrypoint, input, (value) => checkedResults(entrypoint, value)),
  };
}
