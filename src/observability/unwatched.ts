/** Where nobody looks on: cases, and tests that are about something else. */
import type { Log, Metrics } from '../decision/ports.ts';

export const noLog: Log = { info() {}, warn() {}, error() {} };

export const noMetrics: Metrics = {
  decided() {},
  answered() {},
  ledgerFlushed() {},
  ledgerFailed() {},
  ledgerHead() {},
  policyActivated() {},
  policyRefused() {},
  enginesDiffered() {},
};
