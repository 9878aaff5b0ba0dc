/** What is counted, for Prometheus. The only importer of prom-client. INVARIANT: labels are few and hold no personal data. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Clock, Metrics } from '../decision/ports.ts';
import { createBoundedLabel } from './bounded-label.ts';

export interface ExposedMetrics extends Metrics {
  exposition(): Promise<{ readonly contentType: string; readonly text: string }>;
}

const MOST_WORDS = 64;
const ANSWER_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const FLUSH_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
const FLUSH_RECORDS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

export function createMetrics(clock: Clock): ExposedMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const decisions = new Counter({
    name: 'datwat_decisions_total',
    help: 'Decided items, by what the policy answered',
    labelNames: ['outcome', 'level', 'reason', 'domain'],
    registers,
  });
  const answers = new Histogram({
    name: 'datwat_http_seconds',
    help: 'Time to answer, by route and status',
    labelNames: ['route', 'status'],
    buckets: ANSWER_SECONDS,
    registers,
  });
  const records = new Counter({ name: 'datwat_ledger_records_total', help: 'Records made durable', registers });
  const bytes = new Counter({ name: 'datwat_ledger_bytes_total', help: 'Bytes made durable', registers });
  const flushes = new Histogram({
    name: 'datwat_ledger_flush_seconds',
    help: 'Time to make a group of records durable',
    buckets: FLUSH_SECONDS,
    registers,
  });
  const groups = new Histogram({
    name: 'datwat_ledger_flush_records',
    help: 'Records in one flush',
    buckets: FLUSH_RECORDS,
    registers,
  });
  const ledgerFailures = new Counter({
    name: 'datwat_ledger_failures_total',
    help: 'Writes to the ledger that failed; the decisions that waited were answered with 503',
    registers,
  });
  const seq = new Gauge({ name: 'datwat_ledger_seq', help: 'Sequence number of the last signed head', registers });
  const head = new Gauge({
    name: 'datwat_ledger_head_info',
    help: 'Hash of the last signed head, so that a ledger that was cut off shows from outside',
    labelNames: ['hash'],
    registers,
  });
  const policy = new Gauge({
    name: 'datwat_policy_info',
    help: 'The policy in force',
    labelNames: ['revision'],
    registers,
  });
  let activatedAt: number | undefined;
  new Gauge({
    name: 'datwat_policy_age_seconds',
    help: 'Seconds since the policy came into force',
    registers,
    collect() {
      if (activatedAt !== undefined) this.set((clock.now() - activatedAt) / 1000);
    },
  });
  const refusals = new Counter({
    name: 'datwat_policy_refused_total',
    help: 'Bundles that did not come into force, by the step that refused them',
    labelNames: ['step'],
    registers,
  });

  const disagreements = new Counter({
    name: 'datwat_engines_differ_total',
    help: 'Questions that the plan engine and the Wasm answered differently; this must be looked into at once',
    registers,
  });

  const levels = createBoundedLabel(MOST_WORDS);
  const reasons = createBoundedLabel(MOST_WORDS);
  const domains = createBoundedLabel(MOST_WORDS);
  const steps = createBoundedLabel(MOST_WORDS);

  return {
    decided({ outcome, level, reason, domain }) {
      // The domain comes from the request, where it can be anything: it counts under its own name once the policy has
      // permitted something in it.
      const place = outcome === 'permit' ? domains.of(domain) : domains.known(domain);
      decisions.inc({ outcome, level: levels.of(level), reason: reasons.of(reason), domain: place });
    },
    answered(route, status, seconds) {
      answers.observe({ route, status }, seconds);
    },
    ledgerFlushed(count, size, seconds) {
      records.inc(count);
      bytes.inc(size);
      flushes.observe(seconds);
      groups.observe(count);
    },
    ledgerFailed() {
      ledgerFailures.inc();
    },
    ledgerHead(number, hash) {
      seq.set(number);
      head.reset();
      head.set({ hash }, 1);
    },
    policyActivated(revision, atMs) {
      policy.reset();
      policy.set({ revision }, 1);
      activatedAt = atMs;
    },
    policyRefused(step) {
      refusals.inc({ step: steps.of(step) });
    },
    enginesDiffered() {
      disagreements.inc();
    },
    async exposition() {
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
