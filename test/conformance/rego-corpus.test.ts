import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CaseReport, findCorpus, runCorpus } from './rego-corpus.ts';
import { REPORT, reportText } from './rego-corpus-report.ts';

const module = findCorpus();
const MINUTES = 60_000;

it.runIf(process.env.CI)('the corpus is there, as CI always has Go', () => {
  expect(module).toBeDefined();
});

describe.skipIf(module === undefined)("OPA's own evaluation cases", () => {
  let cases: readonly CaseReport[] = [];
  beforeAll(async () => {
    cases = await Array.fromAsync(runCorpus(module ?? ''));
  }, 5 * MINUTES);

  it('are answered by the plan engine as OPA expects, all of them', () => {
    const asked = cases.filter(({ omitted }) => omitted === undefined);
    expect(asked.length).toBeGreaterThan(2_000);
    expect(asked.filter(({ plan }) => plan !== 'as expected')).toEqual([]);
  });

  it('have an up-to-date report; if not, run: node test/conformance/rego-corpus-report.ts', () => {
    expect(reportText(module ?? '', cases)).toBe(readFileSync(REPORT, 'utf8'));
  });
});
