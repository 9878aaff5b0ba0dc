import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Case, readCases } from '../../src/cli/cases/read-cases.ts';
import { loadConfig } from '../../src/cli/load-config.ts';
import type { JsonObject } from '../../src/decision/model.ts';
import type { ActivePolicy } from '../../src/decision/ports.ts';
import { shorthandsOf } from '../../src/engine/data-overlay.ts';
import { loadPolicy } from '../../src/engine/load-policy.ts';
import { committedBundle, openBundle } from '../../src/engine/open-bundle.ts';
import { makeFactsFile } from '../../src/facts/facts-file.ts';
import { jcs } from '../../src/ledger/jcs.ts';
import { readRecords } from '../../src/ledger/read/read-records.ts';
import { type RecordedDecision, recordedDecision } from '../../src/ledger/read/recorded-decision.ts';
import { startService } from '../../src/main.ts';
import { noLog } from '../../src/observability/unwatched.ts';
import { POLICIES } from '../../src/product.ts';
import { replay } from '../support/replay.ts';

/** What a case knows, sent along by a caller that may assert it; a batch has one context for all items. */
function withFacts({ request, facts }: Case): JsonObject {
  const context = typeof request.context === 'object' && request.context !== null ? request.context : {};
  return { ...request, context: { ...context, asserted: facts } };
}

describe('a stored record, taken again on its revision', () => {
  const folder = mkdtempSync(join(tmpdir(), 'datwat-replay-'));
  const ledger = join(folder, 'ledger');
  let recorded: RecordedDecision[] = [];
  let policy: ActivePolicy;

  beforeAll(async () => {
    const bundle = await openBundle(committedBundle(POLICIES), { mode: 'development' });
    policy = await loadPolicy(bundle);
    const facts = join(folder, 'facts.sqlite');
    makeFactsFile({ file: facts, people: 'invented' });
    const config = loadConfig({ mode: 'development', port: '0', ledger, facts }, {});
    const service = await startService(config, bundle, noLog);
    const ask = (path: string, body: JsonObject) =>
      fetch(`${service.url}/access/v1/${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
    for (const given of readCases([join(POLICIES, 'cases')], shorthandsOf(bundle))) {
      const body = withFacts(given);
      await ask(given.request.evaluations === undefined ? 'evaluation' : 'evaluations', body);
      const { action: _, evaluations: __, ...rest } = body;
      if (rest.subject !== undefined && rest.resource !== undefined) await ask('search/action', rest);
    }
    await service.stop();
    recorded = [...readRecords(ledger)].flatMap(({ record }) => recordedDecision(record) ?? []);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('gives the same bytes, whatever was asked', async () => {
    expect(recorded.length).toBeGreaterThan(300);
    const kinds = new Set(recorded.map(({ eventName }) => eventName));
    expect([...kinds].sort()).toEqual(['adl.access_evaluation', 'adl.access_evaluations', 'adl.search_action']);
    expect(recorded.filter(({ response }) => response?.decision === true).length).toBeGreaterThan(50);
    for (const decision of recorded) {
      expect(decision.policy.revision).toBe(policy.identity.revision);
      expect(jcs(await replay(decision, policy))).toBe(jcs(decision.response));
    }
  });
});
