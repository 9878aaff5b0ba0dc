import { DatwatError } from '../decision/errors.ts';
import type { ActivePolicy, Clock, Log, Metrics, PolicyEngine } from '../decision/ports.ts';
import type { Bundle } from './bundle.ts';
import { BundleRefused } from './bundle-refused.ts';
import type { EngineChoice, EngineOptions } from './load-engines.ts';
import { loadPolicy, NOTHING_ASKED } from './load-policy.ts';

/** What readiness and metrics say about the policy. */
export interface PolicyStatus {
  readonly active?: { readonly revision: string; readonly since: number };
  /** The last bundle that did not come into force; gone once a later one does. */
  readonly refused?: { readonly step: string; readonly reason: string; readonly at: number };
}

/** Holds the one reference to the policy in force, and is the only place that changes it. */
export interface SwappingEngine extends PolicyEngine {
  /**
   * Brings a bundle into force once it has passed every step; reading it is the first. Throws `BundleRefused`, after which
   * the policy in force is the one that was. Activations run one after another.
   */
  activate(read: () => Promise<Bundle>): Promise<ActivePolicy>;
  /** The same for a policy that was made elsewhere, with the engines as configured; what `make` throws refuses it. */
  install(make: (engines: EngineOptions) => Promise<ActivePolicy>): Promise<ActivePolicy>;
  status(): PolicyStatus;
}

export interface EngineParts {
  readonly mode: 'development' | 'production';
  readonly engine: EngineChoice;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'policyActivated' | 'policyRefused' | 'enginesDiffered'>;
  readonly clock: Clock;
}

export function createPolicyEngine({ mode, engine, log, metrics, clock }: EngineParts): SwappingEngine {
  let active: ActivePolicy | undefined;
  let status: PolicyStatus = {};
  let previous: Promise<unknown> = Promise.resolve();

  const engines: EngineOptions = {
    engine,
    wasmAlone: (reason) => log.warn('the Wasm answers alone', { reason }),
    differed(error) {
      metrics.enginesDiffered();
      log.error('the engines do not agree', error, { revision: status.active?.revision });
    },
  };

  const refuse = (failure: unknown): never => {
    const { step, reason } =
      failure instanceof BundleRefused ? failure : { step: 'load', reason: 'an unexpected failure' };
    status = { ...status, refused: { step, reason, at: clock.now() } };
    metrics.policyRefused(step);
    log.error('bundle refused', failure, { step, reason, in_force: status.active?.revision });
    throw failure;
  };

  const swap = async (make: (engines: EngineOptions) => Promise<ActivePolicy>): Promise<ActivePolicy> => {
    try {
      const policy = await make(engines);
      if (mode === 'production') refuseUnfit(policy);
      const since = clock.now();
      // INVARIANT: this one assignment is the swap. A call that holds the old policy ends on it.
      active = policy;
      status = { active: { revision: policy.identity.revision, since } };
      metrics.policyActivated(policy.identity.revision, since);
      log.info('bundle activated', { revision: policy.identity.revision });
      return policy;
    } catch (failure) {
      return refuse(failure);
    }
  };

  const install: SwappingEngine['install'] = (make) => {
    const turn = previous.then(() => swap(make));
    previous = turn.catch(() => undefined);
    return turn;
  };

  return {
    active() {
      if (active === undefined) throw new DatwatError('no_policy');
      return active;
    },
    activate: (read) => install(async () => loadPolicy(await read(), engines)),
    install,
    status: () => status,
  };
}

/** A bundle may say of itself that it is not ready to decide about real people (domain.md §7.29). */
function refuseUnfit(policy: ActivePolicy): void {
  if (!policy.offers('authz/unfit_for_production')) return;
  const reasons = policy.search('authz/unfit_for_production', NOTHING_ASKED).map(({ reason }) => String(reason));
  if (reasons.length > 0) throw new BundleRefused('contract', reasons.join('; '));
}
