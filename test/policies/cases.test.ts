/** Every case of policies/cases through the built Wasm behind the real door: no answer may differ from its sentence. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { differences } from '../../src/cli/cases/compare.ts';
import { type Case, readCases } from '../../src/cli/cases/read-cases.ts';
import { type CaseRun, runCases } from '../../src/cli/cases/run-cases.ts';
import { shorthandsOf } from '../../src/engine/data-overlay.ts';
import { openPack, POLICIES } from '../support/policy-pack.ts';

const bundle = await openPack();
const cases = readCases([join(POLICIES, 'cases')], shorthandsOf(bundle));

describe('the cases', () => {
  let runs: readonly CaseRun[];

  beforeAll(async () => {
    runs = await runCases(bundle, cases);
  });

  it.each(cases.map((given) => [given.id, given.title, given] as const))('%s %s', (_id, _title, given) => {
    const answer = runs.find((run) => run.given === given)?.answer;
    if (answer === undefined || 'failure' in answer) expect.fail(answer?.failure ?? 'it was not asked');
    expect(differences(given, answer)).toEqual([]);
  });
});

describe('the collection of cases', () => {
  it('has the forty examples, and at least sixty more', () => {
    const ids = new Set(cases.map(({ id }) => id));
    const examples = Array.from({ length: 40 }, (_, index) => `A${String(index + 1).padStart(2, '0')}`);
    expect(examples.filter((id) => !ids.has(id))).toEqual([]);
    expect(ids.size).toBe(cases.length);
    expect(cases.length).toBeGreaterThanOrEqual(100);
  });

  it('names each file after its sentence', () => {
    expect(cases.filter((given) => given.file !== `${given.id}-${slug(given)}.yaml`).map(({ file }) => file)).toEqual(
      [],
    );
  });

  it('gives each reason code at least once', () => {
    const data: unknown = JSON.parse(bundle.dataText);
    const reasons = Object.keys((data as { reasons: Record<string, unknown> }).reasons);
    const given = new Set(
      cases.flatMap(({ expect: wanted }) => wanted.flatMap((one) => [one.reason_code, one.record?.reason_code])),
    );
    expect(reasons.filter((reason) => !given.has(reason))).toEqual([]);
  });
});

function slug({ title }: Case): string {
  return title
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
