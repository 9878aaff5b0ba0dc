import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DatwatError } from '../../src/decision/errors.ts';
import { applyChanges } from '../../src/facts/apply-changes.ts';
import { type FactsFile, openForWriting } from '../../src/facts/facts-file.ts';
import { openFeedWriter } from '../../src/facts/feed-writer.ts';
import type { SqliteFacts } from '../../src/facts/sqlite-facts.ts';
import {
  CONSENT,
  factsFolder,
  importFiles,
  type LogLine,
  NOW,
  openFacts,
  question,
  RELATION,
} from '../support/facts.ts';

const SRC = join(import.meta.dirname, '../../src');

interface Serving {
  readonly folder: string;
  readonly file: string;
  readonly facts: SqliteFacts;
  readonly lines: LogLine[];
  /** Lets a second pass, after which the file is looked at again. */
  wait(): void;
}

async function serving(): Promise<Serving> {
  const folder = factsFolder();
  await importFiles(folder, { 'first.ndjson': [RELATION, CONSENT] });
  let now = Date.parse(NOW.time);
  const lines: LogLine[] = [];
  const facts = openFacts(folder, { clock: { now: () => now }, lines });
  const wait = () => {
    now += 1000;
  };
  return { folder, file: join(folder, 'facts.sqlite'), facts, lines, wait };
}

const ofReal = (file: string): FactsFile => ({ file, people: 'real' });

async function consentOf(facts: SqliteFacts): Promise<unknown> {
  const [found] = await facts.lookup([question()]);
  return found?.facts.consents;
}

async function failureOf(facts: SqliteFacts): Promise<string> {
  const error = await facts.lookup([question()]).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof DatwatError ? error.code : `no failure, but ${error}`;
}

describe('a facts file', () => {
  it('that is removed gives facts_unavailable, and that comes back is read again', async () => {
    const { file, facts, lines, wait } = await serving();
    renameSync(file, `${file}.away`);
    wait();
    expect(await failureOf(facts)).toBe('facts_unavailable');
    expect(await failureOf(facts)).toBe('facts_unavailable');
    expect(() => facts.feeds()).toThrow(DatwatError);
    renameSync(`${file}.away`, file);
    wait();
    expect(await consentOf(facts)).toMatchObject([{ id: 'toestemming-1' }]);
    expect(lines.map(({ event }) => event)).toEqual(['facts_file_lost', 'facts_file_reopened']);
    facts.close();
  });

  it('that is replaced is not read on: the new one is', async () => {
    const { file, facts, wait } = await serving();
    const other = factsFolder();
    await importFiles(other, { 'a.ndjson': [{ ...CONSENT, id: 'nieuw' }] });
    renameSync(join(other, 'facts.sqlite'), file);
    wait();
    expect(await consentOf(facts)).toMatchObject([{ id: 'nieuw' }]);
    facts.close();
  });

  it('that is written over in place is not read on: what lies there now is', async () => {
    const { file, facts, wait } = await serving();
    expect(await consentOf(facts)).toMatchObject([{ id: 'toestemming-1' }]);
    const other = factsFolder();
    await importFiles(other, { 'a.ndjson': [{ ...CONSENT, id: 'nieuw' }] });
    copyFileSync(join(other, 'facts.sqlite'), file);
    wait();
    expect(await consentOf(facts)).toMatchObject([{ id: 'nieuw' }]);
    writeFileSync(file, 'no database'.repeat(1000));
    wait();
    expect(await failureOf(facts)).toBe('facts_unavailable');
    facts.close();
  });

  it.each<[string, (other: string, file: string) => void]>([
    ['replaced', renameSync],
    ['written over', copyFileSync],
  ])('that was changed while it served and is then %s keeps nothing of what it was', async (_, put) => {
    const { folder, file, facts, wait } = await serving();
    const change = { facts: [{ ...CONSENT, id: 'later' }], aliases: new Map(), kinds: ['consents'], source: 'x' };
    const invented: FactsFile = { file, people: 'invented' };
    await applyChanges(invented, change, NOW.time, async () => {});
    expect((await importFiles(folder, { 'b.ndjson': [{ ...CONSENT, id: 'b' }] })).code).toBe(0);
    await applyChanges(invented, change, NOW.time, async () => {});
    expect(await consentOf(facts)).toHaveLength(2);
    const other = factsFolder();
    await importFiles(other, { 'a.ndjson': [{ ...CONSENT, id: 'nieuw' }] });
    put(join(other, 'facts.sqlite'), file);
    wait();
    expect(await consentOf(facts)).toMatchObject([{ id: 'nieuw' }]);
    expect(await consentOf(facts)).toHaveLength(1);
    facts.close();
  });

  it('that an import writes in is no cause for an alarm', async () => {
    const { folder, facts, lines, wait } = await serving();
    expect((await importFiles(folder, { 'b.ndjson': [{ ...CONSENT, id: 'b' }] })).code).toBe(0);
    wait();
    expect(await consentOf(facts)).toMatchObject([{ id: 'b' }]);
    expect(lines).toEqual([]);
    facts.close();
  });

  it.each<[string, (file: string) => void]>([
    ['something else', (file) => writeFileSync(`${file}.new`, 'no database'.repeat(1000))],
    ['an empty file', (file) => writeFileSync(`${file}.new`, '')],
  ])('that is replaced by %s gives facts_unavailable', async (_, make) => {
    const { file, facts, wait } = await serving();
    make(file);
    renameSync(`${file}.new`, file);
    for (let second = 0; second < 3; second += 1) {
      wait();
      expect(await failureOf(facts)).toBe('facts_unavailable');
    }
    facts.close();
  });

  it('that is emptied in place gives facts_unavailable until it is well again', async () => {
    const { file, facts, wait } = await serving();
    copyFileSync(file, `${file}.copy`);
    truncateSync(file);
    wait();
    expect(await failureOf(facts)).toBe('facts_unavailable');
    copyFileSync(`${file}.copy`, file);
    wait();
    expect(await consentOf(facts)).toMatchObject([{ id: 'toestemming-1' }]);
    facts.close();
  });

  it('that is not there stops a start in production, and is made in development', () => {
    expect(() => openFacts(factsFolder(), { mode: 'production' })).toThrow(/datwat facts init/);
    const facts = openFacts(join(factsFolder(), 'new'), { mode: 'development' });
    expect(facts.feeds()).toMatchObject({ consents: { as_of: null, stale: false } });
    facts.close();
  });

  it('that is closed gives facts_unavailable', async () => {
    const { facts } = await serving();
    facts.close();
    expect(await failureOf(facts)).toBe('facts_unavailable');
  });
});

describe('a feed', () => {
  it('becomes visible at once and whole, to look-ups that go on while it is written', async () => {
    const { folder, facts } = await serving();
    const people = Array.from({ length: 3000 }, (_, index) => `inwoner-${index + 1}`);
    const feed = (id: string) => people.map((data_subject) => ({ ...CONSENT, data_subject, id }));
    await importFiles(folder, { 'a.ndjson': feed('a') });
    const importing = importFiles(folder, { 'b.ndjson': feed('b') });
    let imported = false;
    importing.then(() => {
      imported = true;
    });
    const seen: string[] = [];
    const queries = ['inwoner-1', 'inwoner-1500', 'inwoner-3000'].map((one) => question({ dataSubject: [one] }));
    do {
      const found = await facts.lookup(queries);
      const ids = JSON.stringify(found.map((each) => each.facts.consents)).match(/"id":"."/g) ?? [];
      expect(ids).toHaveLength(3);
      expect(new Set(ids).size).toBe(1);
      seen.push(String(ids[0]));
      await new Promise(setImmediate);
    } while (!imported || seen.at(-1) !== '"id":"b"');
    expect([...new Set(seen)]).toEqual(['"id":"a"', '"id":"b"']);
    facts.close();
  });

  it('whose import is killed half-way changes nothing, and leaves nothing in the way of the next', async () => {
    const { folder, file, facts, wait } = await serving();
    const pipe = join(folder, 'endless.ndjson');
    execFileSync('mkfifo', [pipe]);
    const script = `
      const { factsImport } = await import(${JSON.stringify(join(SRC, 'cli/facts-import.ts'))});
      const pseudonymiser = { pseudonymise: (body) => ({ body, aliases: new Map() }), holdsPersonalNumber: () => false };
      const output = { out() {}, err() {} };
      await factsImport({ files: [${JSON.stringify(pipe)}], facts: ${JSON.stringify(ofReal(file))}, pseudonymiser }, output);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
    const writer = await open(pipe, 'w');
    // More than a pipe holds: once it is written, most of it has been read and put into the transaction.
    for (let line = 0; line < 3000; line += 1) {
      await writer.write(`${JSON.stringify({ ...CONSENT, data_subject: `inwoner-${line}` })}\n`);
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    await writer.close();
    wait();
    expect(await consentOf(facts)).toMatchObject([{ id: 'toestemming-1' }]);
    rmSync(pipe);
    expect((await importFiles(folder, { 'b.ndjson': [{ ...CONSENT, id: 'b' }] })).code).toBe(0);
    expect(await consentOf(facts)).toMatchObject([{ id: 'b' }]);
    facts.close();
  });
});

describe('changes', () => {
  const now = NOW.time;
  const recorded = async () => {};
  const changes = (facts: Parameters<typeof applyChanges>[1]['facts']) => ({
    facts,
    aliases: new Map<string, readonly string[]>(),
    kinds: ['consents'],
    source: 'backoffice',
  });

  it('are seen by the next look-up', async () => {
    const { file, facts } = await serving();
    expect(await consentOf(facts)).toHaveLength(1);
    const withdrawn = { ...CONSENT, withdrawn_at: '2026-09-14' };
    expect([...(await applyChanges(ofReal(file), changes([withdrawn]), now, recorded))]).toEqual([['consents', 1]]);
    expect(await consentOf(facts)).toMatchObject([{ withdrawn_at: '2026-09-13T22:00:00.000Z', source: 'backoffice' }]);
    facts.close();
  });

  it('that cannot be recorded are not applied, and the next ones are', async () => {
    const { file, facts } = await serving();
    const withdrawn = changes([{ ...CONSENT, withdrawn_at: '2026-09-14' }]);
    const failing = async () => {
      throw new DatwatError('decision_not_recorded');
    };
    await expect(applyChanges(ofReal(file), withdrawn, now, failing)).rejects.toMatchObject({
      code: 'decision_not_recorded',
    });
    const before = await consentOf(facts);
    expect(JSON.stringify(before)).not.toContain('2026-09-13T22:00:00.000Z');
    await applyChanges(ofReal(file), withdrawn, now, async (applied) => {
      expect([...applied]).toEqual([['consents', 1]]);
      expect(await consentOf(facts)).toEqual(before);
    });
    expect(await consentOf(facts)).toMatchObject([{ withdrawn_at: '2026-09-13T22:00:00.000Z' }]);
    facts.close();
  });

  it('with one thing wrong are not applied at all, and each problem has its pointer', async () => {
    const { file, facts } = await serving();
    const wrong = [{ ...CONSENT, id: 'x' }, RELATION, { ...CONSENT, valid_until: 'x' }, 7];
    try {
      await applyChanges(ofReal(file), changes(wrong), now, recorded);
      expect.unreachable();
    } catch (error) {
      const problems = error instanceof DatwatError ? error.problems : [];
      expect(problems.map(({ pointer }) => pointer)).toEqual(['/facts/1/fact', '/facts/2/valid_until', '/facts/3']);
    }
    expect(await consentOf(facts)).toHaveLength(1);
    facts.close();
  });

  it('are refused while an import writes; look-ups go on', async () => {
    const { file, facts } = await serving();
    const db = openForWriting(ofReal(file));
    const writer = openFeedWriter(db, 'whole');
    writer.declare('consents');
    await expect(applyChanges(ofReal(file), changes([CONSENT]), now, recorded)).rejects.toMatchObject({
      code: 'facts_unavailable',
    });
    expect(await consentOf(facts)).toHaveLength(1);
    writer.rollback();
    db.close();
    facts.close();
  });
});
