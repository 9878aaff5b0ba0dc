import type { PolicyInput } from '../decision/model.ts';
import type { ActivePolicy } from '../decision/ports.ts';
import { createActivePolicy } from './active-policy.ts';
import type { Bundle } from './bundle.ts';
import { BundleRefused } from './bundle-refused.ts';
import { ContractBroken } from './contract.ts';
import { createWasmEvaluator, loadWasm } from './wasm-policy.ts';

const NOTHING_ASKED: PolicyInput = {
  caller: { name: 'datwat', asserts: [] },
  context: {},
  facts: {},
  now: { time: '2000-01-01T00:00:00.000Z', date: '2000-01-01' },
};

/**
 * Makes a policy of a bundle, beside whatever is in force: compiles it, loads its data, tries it.
 * Throws `BundleRefused` at step `compile`, `builtins`, `load` or `contract`.
 */
export async function loadPolicy(bundle: Bundle): Promise<ActivePolicy> {
  const policy = createActivePolicy(bundle, createWasmEvaluator(await loadWasm(bundle.wasm, bundle.dataText)));
  if (!policy.offers('authz/decision')) {
    throw new BundleRefused(
      'contract',
      'it has no entrypoint authz/decision; build it with: opa build -e authz/decision',
    );
  }
  refuseBrokenContract(policy);
  return policy;
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
