/** Where on its way into force a bundle can be stopped. */
export type ActivationStep =
  | 'build'
  | 'fetch'
  | 'read'
  | 'verify'
  | 'freshness'
  | 'approvals'
  | 'manifest'
  | 'compile'
  | 'builtins'
  | 'load'
  | 'plan'
  | 'contract'
  | 'cases'
  | 'persist';

/** A bundle that does not come into force: at which step, and why, in words for the one who made it. Nothing changed. */
export class BundleRefused extends Error {
  readonly step: ActivationStep;
  readonly reason: string;

  constructor(step: ActivationStep, reason: string, options: { cause?: unknown } = {}) {
    super(`bundle refused at step ${step}: ${reason}`, { cause: options.cause });
    this.name = 'BundleRefused';
    this.step = step;
    this.reason = reason;
  }
}
