import { createHash } from 'node:crypto';
import { DatwatError } from '../decision/errors.ts';
import type { Entrypoint, PolicyInput } from '../decision/model.ts';
import type { ActivePolicy } from '../decision/ports.ts';
import type { Bundle } from './bundle.ts';
import { canonicalJson } from './canonical-json.ts';
import { checkedOutcome, checkedResults } from './contract.ts';
import type { Evaluator } from './evaluator.ts';
import { inputText } from './strict-input.ts';

/** One bundle and the engine that answers for it, as the core knows them. */
export function createActivePolicy(bundle: Bundle, evaluator: Evaluator): ActivePolicy {
  const ask = <Answer>(entrypoint: Entrypoint, input: PolicyInput, checked: (value: unknown) => Answer): Answer => {
    try {
      return checked(evaluator.evaluate(entrypoint, inputText(input)));
    } catch (cause) {
      throw new DatwatError('policy_error', { cause });
    }
  };

  return {
    identity: {
      revision: bundle.revision,
      wasmSha256: sha256(bundle.wasm),
      dataSha256: sha256(canonicalJson(bundle.dataText)),
      engine: evaluator.engine,
      ...(bundle.release && { release: bundle.release }),
    },
    offers: (entrypoint) => evaluator.entrypoints.has(entrypoint),
    decide: (input) => ask('authz/decision', input, checkedOutcome),
    search: (entrypoint, input) => ask(entrypoint, input, (value) => checkedResults(entrypoint, value)),
  };
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
