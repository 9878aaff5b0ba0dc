import { createHash } from 'node:crypto';
import type { PolicyIdentity, PolicyInput } from '../decision/model.ts';
import type { ActivePolicy } from '../decision/ports.ts';
import { createActivePolicy } from './active-policy.ts';
import type { Bundle } from './bundle.ts';
import { BundleRefused } from './bundle-refused.ts';
import { ContractBroken } from './contract.ts';
import type { Evaluator } from './evaluator.ts';
import { chooseEvaluator, type EngineOptions, type LoadedEngines, loadEngines } from './load-engines.ts';

/** A question without content, for asking a policy about itself. */
export const NOTHING_ASKED: PolicyInput = {
  caller: { name: 'datwat', asserts: [] },
  context: {},
  facts: {},
  now: { time: '2000-01-01T00:00:00.000Z', date: '2000-01-01' },
};

/** A policy, and what another thread needs to make the same one. */
export interface TriedPolicy {
  readonly policy: ActivePolicy;
  readonly loaded: LoadedEngines;
}

/**
 * Makes a policy of a bundle, beside whatever is in force: compiles it, loads its data, tries it.
 * Without a choice of engine both are asked where the bundle has a plan, as suits whoever tries a policy out.
 * Throws `BundleRefused` at step `compile`, `builtins`, `load`, `plan` or `contract`.
 */
export async function loadPolicy(bundle: Bundle, options?: EngineOptions): Promise<ActivePolicy> {
  return (await tryPolicy(bundle, options)).policy;
}

/** The same, for handing on. */
export async function tryPolicy(bundle: Bundle, options = tryingOut(bundle)): Promise<TriedPolicy> {
  const loaded = await loadEngines(bundle);
  const evaluator = chooseEvaluator(loaded, options);
  const policy = createActivePolicy(identityOf(bundle, evaluator), evaluator);
  if (!policy.offers('authz/decision')) {
    throw new BundleRefused(
      'contract',
      'it has no entrypoint authz/decision; build it with: opa build -e authz/decision',
    );
  }
  refuseBrokenContract(policy);
  return { policy, loaded };
}

function tryingOut({ planText }: Bundle): EngineOptions {
  return { engine: planText === undefined ? 'wasm' : 'both', wasmAlone: () => {}, differed: () => {} };
}

export function identityOf(bundle: Bundle, { engine }: Evaluator): PolicyIdentity {
  return {
    revision: bundle.revision,
    wasmSha256: sha256(bundle.wasm),
    dataSha256: sha256(bundle.dataText),
    engine,
    ...(bundle.release && { release: bundle.release }),
  };
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A question without content must be answered by the contract or not at all; a policy may well know no answer to it. */
function refuseBrokenContract(policy: ActivePolicy): void {
  try {
    policy.decide(NOTHING_ASKED);
  } catch (failure) {
    const cause = failure instanceof Error ? failure.cause : undefined;
    if (cause instanceof ContractBroken) throw new BundleRefused('contract', cause.message, { cause });
  }
}
