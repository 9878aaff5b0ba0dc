import type { Clock, FactSource, Ids, Ledger, Log, Metrics, PolicyEngine } from './ports.ts';

/** The rooms that a decision walks through; `main.ts` supplies them. */
export interface Parts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly facts: FactSource;
  readonly engine: PolicyEngine;
  readonly ledger: Ledger;
  readonly metrics: Metrics;
  readonly log: Log;
}
