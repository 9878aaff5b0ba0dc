import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { policyShadowReport } from '../../src/cli/policy-shadow-report.ts';
import type { JsonObject, Outcome } from '../../src/decision/model.ts';
import { packArchive } from '../../src/engine/archive.ts';
import { loadPolicy } from '../../src/engine/load-policy.ts';
import { differenceOf, placeOf } from '../../src/engine/shadow/difference.ts';
import { shadowed, startShadow } from '../../src/engine/shadow/shadow.ts';
import { createTally, readShadowReport } from '../../src/engine/shadow/tally.ts';
import { noLog } from '../../src/observability/unwatched.ts';
import { bundleBytes, bundleNamed, question } from '../support/bundle-bytes.ts';

describe('the gravest difference between two answers', () => {
  const answer = (decision: boolean, context?: JsonObject): Outcome => ({ decision, ...(context && { context }) });
  const dat = { granted_level: 'dat', fields: ['a'], obligations: [], reason_code: 'OK' };

  it.each<[string | undefined, Outcome, Outcome | null]>([
    [undefined, answer(true, dat), answer(true, { ...dat })],
    [undefined, { ...answer(false), record: { step: 1 } }, { ...answer(false), record: { step: 2 } }],
    ['draft_fails', answer(true), null],
    ['newly_permitted', answer(false, dat), answer(true, dat)],
    ['newly_denied', answer(true, dat), answer(false, { ...dat, granted_level: 'wat' })],
    ['higher_level', answer(false, dat), answer(false, { ...dat, granted_level: 'wat', fields: [] })],
    ['lower_level', answer(false, dat), answer(false, { ...dat, granted_level: 'none', fields: ['a', 'b'] })],
    ['more_fields', answer(true, dat), answer(true, { ...dat, fields: ['b'] })],
    ['fewer_fields', answer(true, dat), answer(true, { ...dat, fields: [] })],
    ['other_obligations', answer(true, dat), answer(true, { ...dat, obligations: [{ id: 'x' }], reason_code: 'X' })],
    ['other_reason', answer(false, dat), answer(false, { ...dat, reason_code: 'X' })],
    ['other_answer', answer(false, dat), answer(false, { ...dat, reason_user: 'other words' })],
  ])('%s', (kind, live, draft) => {
    expect(differenceOf(live, draft)).toBe(kind);
  });

  it('is counted under role, purpose and domain, and under ? for what is no short text', () => {
    const input = {
      subject: { properties: { role: 'consulent' } },
      action: { properties: { purpose: ['a'] } },
      resource: { properties: { domain: 'x'.repeat(100) } },
    };
    expect(placeOf(input)).toEqual({ role: 'consulent', purpose: '?', domain: '?' });
    expect(placeOf({ subject: 'nobody' })).toEqual({ role: '?', purpose: '?', domain: '?' });
  });
});

describe('counting', () => {
  const place = (role: string) => ({ role, purpose: 'p', domain: 'd' });

  it('puts the newly permitted first, then by number, and goes on after a restart', () => {
    const tally = createTally('t0');
    for (const role of ['a', 'b', 'b']) tally.count(place(role), 'other_reason', 'r1');
    tally.count(place('c'), 'newly_permitted', 'r2');
    tally.count(place('c'), undefined, 'r2');
    tally.skip(3);
    const report = tally.report('draft', 't1');
    expect(report).toMatchObject({ draft: 'draft', against: ['r1', 'r2'], since: 't0', compared: 5, skipped: 3 });
    expect(report.differences.map(({ kind, role, count }) => `${kind} ${role} ${count}`)).toEqual([
      'newly_permitted c 1',
      'other_reason b 2',
      'other_reason a 1',
    ]);
    const again = createTally('t2', readShadowReport(JSON.stringify(report)));
    again.count(place('c'), 'newly_permitted', 'r3');
    expect(again.report('draft', 't3')).toMatchObject({ since: 't0', compared: 6, against: ['r1', 'r2', 'r3'] });
    expect(again.report('draft', 't3').differences[0]).toMatchObject({ role: 'c', count: 2 });
  });

  it('does not grow without end by what callers make up', () => {
    const tally = createTally('t0');
    for (let number = 0; number < 5_000; number++) tally.count(place(`made up ${number}`), 'newly_denied', 'r');
    const { differences } = tally.report('draft', 't1');
    expect(differences.length).toBeLessThanOrEqual(2_001);
    expect(differences.reduce((sum, { count }) => sum + count, 0)).toBe(5_000);
    expect(differences.find(({ role }) => role === '(rest)')?.count).toBe(3_000);
  });
});

describe('a draft beside the policy in force', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'datwat-shadow-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const start = (bundle: Uint8Array) => {
    const files = { bundle: join(folder, 'draft.tar.gz'), file: join(folder, 'shadow.json') };
    return writeFile(files.bundle, bundle).then(() => startShadow(files, noLog));
  };

  it('answers the same questions, changes no answer, and its differences are told', async () => {
    const live = await loadPolicy(await bundleNamed('alice-reads'));
    const shadow = await start(bundleBytes('troubles'));
    const engine = shadowed({ active: () => live }, shadow);
    expect(engine.active()).toBe(engine.active());
    expect(engine.active().identity).toBe(live.identity);
    for (const action of ['permit', 'permit', 'read', 'deny']) engine.active().decide(question('alice', action));
    expect(engine.active().decide(question('alice', 'read'))).toEqual({ decision: true });
    await shadow.close();

    const lines: string[] = [];
    const terminal = { out: (line: string) => lines.push(line), err: (line: string) => lines.push(line) };
    const file = join(folder, 'shadow.json');
    expect(await policyShadowReport({ file, json: true }, terminal)).toBe(1);
    const draft = (await bundleNamed('troubles')).revision;
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      draft,
      against: [live.identity.revision],
      compared: 5,
      skipped: 0,
      differences: [
        { kind: 'newly_permitted', count: 2 },
        { kind: 'draft_fails', count: 2 },
        { kind: 'other_answer', count: 1 },
      ],
    });
    expect(await policyShadowReport({ file, json: false }, terminal)).toBe(1);
    expect(lines[1]).toMatch(/newly_permitted +\? +\? +\? +2\n/);
    expect(await readFile(file, 'utf8')).not.toContain('alice');
    expect(await policyShadowReport({ file: join(folder, 'none'), json: false }, terminal)).toBe(2);
  });

  it('passes over what it cannot keep up with, and says how much', async () => {
    const live = await loadPolicy(await bundleNamed('alice-reads'));
    const shadow = await start(bundleBytes('alice-reads'));
    const engine = shadowed({ active: () => live }, shadow);
    for (let count = 0; count < 3_000; count++) engine.active().decide(question('alice', 'read'));
    await shadow.close();
    const report = readShadowReport(await readFile(join(folder, 'shadow.json'), 'utf8'));
    expect(report).toMatchObject({ compared: 2_000, skipped: 1_000, differences: [] });
  });

  it('that does not load is said at the start', async () => {
    const clock = await packArchive((await bundleNamed('needs-clock')).files);
    await expect(start(clock)).rejects.toMatchObject({
      name: 'BundleRefused',
      reason: expect.stringMatching(/time\.now_ns/),
    });
  });
});
