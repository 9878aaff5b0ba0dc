import { appendFileSync, copyFileSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DecisionRecord } from '../../src/decision/model.ts';
import { verifyLedger } from '../../src/ledger/read/verify.ts';
import { createVerifier } from '../../src/ledger/signatures.ts';
import { createLedger, type LedgerParts, type WritableLedger } from '../../src/ledger/write/ledger.ts';
import { type FailingFileSystem, failingFileSystem } from '../support/failing-file-system.ts';
import {
  batchRecord,
  ledgerParts,
  segmentFiles,
  segmentLines,
  singleRecord,
  TEST_KEY,
  temporaryFolder,
} from '../support/ledger-records.ts';

const open: WritableLedger[] = [];
afterEach(async () => {
  for (const ledger of open.splice(0)) await ledger.close();
});

interface Trial {
  folder: string;
  fs: FailingFileSystem;
  ledger: WritableLedger;
  /** Appends these at once; gives those that were answered and those that were refused. */
  append(...records: DecisionRecord[]): Promise<{ answered: string[]; refused: string[] }>;
}

/** With a first record that is safe. */
async function trial(more: Partial<LedgerParts> = {}): Promise<Trial> {
  const folder = temporaryFolder();
  const fs = failingFileSystem();
  const limits = { retryMs: 5, headMs: 3_600_000, ...more.limits };
  const ledger = await createLedger(await ledgerParts(folder, { fs, ...more, limits }));
  open.push(ledger);
  await ledger.append(singleRecord());
  return {
    folder,
    fs,
    ledger,
    async append(...records) {
      const results = await Promise.allSettled(records.map((record) => ledger.append(record)));
      const ids = (status: string) =>
        records.filter((_, i) => results[i]?.status === status).map((each) => each.spanId);
      for (const result of results) {
        if (result.status === 'rejected')
          expect(result.reason).toMatchObject({ code: 'decision_not_recorded', status: 503 });
      }
      return { answered: ids('fulfilled'), refused: ids('rejected') };
    },
  };
}

/** Decisions in the file, by span id. */
function recorded(folder: string): string[] {
  return segmentLines(folder)
    .map((line) => JSON.parse(line))
    .filter((record) => record.event_name.startsWith('adl.'))
    .map((record) => record.span_id);
}

async function expectSound(folder: string): Promise<void> {
  const found = await verifyLedger(folder, { now: 0, verifier: await createVerifier([TEST_KEY]) });
  expect(found.problems).toEqual([]);
}

function some(count: number): DecisionRecord[] {
  return Array.from({ length: count }, () => singleRecord());
}

const failures: [string, (fs: FailingFileSystem) => void, (fs: FailingFileSystem) => void][] = [
  ['the disk fills in the middle of a group', (fs) => fs.roomFor(5000), (fs) => fs.roomFor(Number.POSITIVE_INFINITY)],
  ['the disk fills before the first byte', (fs) => fs.roomFor(0), (fs) => fs.roomFor(Number.POSITIVE_INFINITY)],
  [
    'the sync fails with EIO after the write',
    (fs) => fs.fail('fdatasync', 'EIO'),
    (fs) => fs.fail('fdatasync', undefined),
  ],
  ['the write fails with EIO', (fs) => fs.fail('write', 'EIO'), (fs) => fs.fail('write', undefined)],
];

describe.each(failures)('when %s', (_, breakIt, healIt) => {
  it('every decision of the group is refused and nothing of it stays, before anybody hears of it', async () => {
    const { folder, fs, ledger, append } = await trial();
    const before = segmentLines(folder);
    breakIt(fs);
    const { answered, refused } = await append(...some(10));
    expect(answered).toEqual([]);
    expect(refused).toHaveLength(10);
    expect(readFileSync(segmentFiles(folder)[0] as string, 'utf8')).toBe(`${before[0]}\n`);
    expect(ledger.status()).toMatchObject({ state: 'failing', ready: false, seq: 1 });
  });

  it('the next decision is recorded when the disk has healed, and the chain tells of the gap', async () => {
    const { folder, fs, ledger, append } = await trial();
    breakIt(fs);
    const { refused } = await append(...some(10));
    healIt(fs);
    const { answered } = await append(...some(3));
    expect(answered).toHaveLength(3);
    expect(recorded(folder)).toEqual(expect.arrayContaining(answered));
    expect(recorded(folder).filter((id) => refused.includes(id))).toEqual([]);
    expect(segmentLines(folder).map((line) => JSON.parse(line).event_name)).toContain('datwat.ledger_resumed');
    expect(ledger.status()).toMatchObject({ state: 'writing', ready: true });
    await ledger.close();
    await expectSound(folder);
  });

  it('it becomes ready by itself, without a decision to try', async () => {
    const { folder, fs, ledger, append } = await trial();
    breakIt(fs);
    await append(...some(10));
    healIt(fs);
    await vi.waitFor(() => expect(ledger.status().ready).toBe(true), { timeout: 5000 });
    const resumed = JSON.parse(segmentLines(folder).at(-1) ?? '');
    expect(resumed.event_name).toBe('datwat.ledger_resumed');
    expect(resumed.attributes['datwat.failure.refused']).toBeGreaterThanOrEqual(10);
  });
});

describe('a disk that fails and heals again and again', () => {
  it('loses no answered decision and keeps no refused one', async () => {
    const { folder, fs, ledger, append } = await trial();
    const answered: string[] = [];
    const refused: string[] = [];
    for (let round = 0; round < 40; round++) {
      const [, breakIt, healIt] = failures[round % failures.length] as (typeof failures)[number];
      if (round % 2 === 1) breakIt(fs);
      const result = await append(...some(round % 7), batchRecord(['p-1', 'p-2']));
      answered.push(...result.answered);
      refused.push(...result.refused);
      healIt(fs);
    }
    await ledger.close();
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(recorded(folder).slice(1))).toEqual(new Set(answered));
    await expectSound(folder);
  });
});

describe('what cannot be cut back', () => {
  it('makes the folder dead: everything is refused, also when the disk seems to work again', async () => {
    const { folder, fs, ledger, append } = await trial();
    fs.fail('fdatasync', 'EIO');
    fs.fail('ftruncate', 'EIO');
    expect((await append(...some(3))).answered).toEqual([]);
    fs.fail('fdatasync', undefined);
    fs.fail('ftruncate', undefined);
    expect(ledger.status()).toMatchObject({ state: 'dead', ready: false, seq: 1, reason: 'EIO' });
    expect((await append(...some(3))).answered).toEqual([]);
    const writes = fs.calls.write;
    await append(singleRecord());
    expect(fs.calls.write).toBe(writes);
    expect(segmentLines(folder)).toHaveLength(4);
    await ledger.close();
    expect(segmentLines(folder)).toHaveLength(1);
    await expectSound(folder);
  });

  it('gets no checkpoint at the end where it still cannot', async () => {
    const { folder, fs, ledger, append } = await trial();
    fs.fail('fdatasync', 'EIO');
    fs.fail('ftruncate', 'EIO');
    await append(singleRecord());
    await ledger.close();
    expect(readdirSync(join(folder, 'checkpoints'))).toEqual([]);
    const again = await createLedger(await ledgerParts(folder));
    await again.append(singleRecord());
    await again.close();
    await expectSound(folder);
  });
});

describe('a short write', () => {
  it('is gone on with until the group is whole', async () => {
    const { folder, fs, ledger, append } = await trial();
    fs.shortWrites(700);
    expect((await append(...some(5))).answered).toHaveLength(5);
    await ledger.close();
    await expectSound(folder);
  });
});

describe('a segment that is no longer where it was', () => {
  it('is noticed by the next decision, which is refused, when it was removed', async () => {
    const { folder, ledger, append } = await trial();
    rmSync(segmentFiles(folder)[0] as string);
    expect((await append(singleRecord())).answered).toEqual([]);
    expect(ledger.status()).toMatchObject({ ready: false, reason: 'ENOENT' });
  });

  it('is noticed when it was replaced by a copy', async () => {
    const { folder, ledger, append } = await trial();
    const path = segmentFiles(folder)[0] as string;
    copyFileSync(path, `${path}.copy`);
    renameSync(`${path}.copy`, path);
    expect((await append(singleRecord())).answered).toEqual([]);
    expect(ledger.status()).toMatchObject({ ready: false, reason: 'REPLACED' });
  });

  it('is written on when it comes back', async () => {
    const { folder, ledger, append } = await trial();
    renameSync(`${folder}/segments`, `${folder}/elsewhere`);
    expect((await append(singleRecord())).answered).toEqual([]);
    renameSync(`${folder}/elsewhere`, `${folder}/segments`);
    expect((await append(singleRecord())).answered).toHaveLength(1);
    await ledger.close();
    await expectSound(folder);
  });

  it('is left alone when somebody else wrote in it', async () => {
    const { folder, ledger, append } = await trial();
    const path = segmentFiles(folder)[0] as string;
    appendFileSync(path, 'a line of somebody else\n');
    expect((await append(singleRecord())).answered).toEqual([]);
    expect(ledger.status()).toMatchObject({ state: 'dead', reason: 'INVADED' });
    expect(readFileSync(path, 'utf8')).toContain('a line of somebody else');
  });
});

describe('a disk that hangs', () => {
  it('refuses what comes in after a while, and answers what was being written when it returns', async () => {
    const { folder, fs, ledger, append } = await trial({ limits: { stalledMs: 30 } });
    const release = fs.hang();
    const pending = append(singleRecord());
    await vi.waitFor(() => expect(fs.calls.write).toBe(2));
    await vi.waitFor(() => expect(ledger.status()).toMatchObject({ ready: false, reason: 'STALLED' }));
    expect((await append(...some(2))).answered).toEqual([]);
    release();
    expect((await pending).answered).toHaveLength(1);
    expect((await append(singleRecord())).answered).toHaveLength(1);
    expect(recorded(folder)).toHaveLength(3);
  });

  it('refuses what does not fit in the room for waiting records', async () => {
    const { fs, append } = await trial({ limits: { waitingCharacters: 3000 } });
    const release = fs.hang();
    const first = append(singleRecord());
    await vi.waitFor(() => expect(fs.calls.write).toBe(2));
    const rest = append(...some(50));
    release();
    expect((await first).answered).toHaveLength(1);
    const { answered, refused } = await rest;
    expect(answered.length).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(0);
  });
});

describe('what is not a decision', () => {
  it('does not stop one: a head or a checkpoint that cannot be written is tried again', async () => {
    const { folder, fs, ledger, append } = await trial({ limits: { headMs: 5, segmentBytes: 1 } });
    fs.fail('writeFile', 'ENOSPC');
    expect((await append(singleRecord())).answered).toHaveLength(1);
    expect((await append(singleRecord())).answered).toHaveLength(1);
    expect(ledger.status().ready).toBe(true);
    expect(segmentFiles(folder)).toHaveLength(1);
    fs.fail('writeFile', undefined);
    await ledger.close();
    await expectSound(folder);
  });

  it('signs no head over what is not durable: in mode write it syncs before', async () => {
    const { fs, ledger } = await trial({ mode: 'write', limits: { headMs: 5 } });
    await vi.waitFor(() => expect(fs.calls.rename).toBeGreaterThan(1));
    expect(fs.calls.fdatasync).toBeGreaterThan(0);
    await ledger.close();
  });
});

describe('a new segment that cannot be made', () => {
  it('refuses decisions until it can', async () => {
    const folder = temporaryFolder();
    const fs = failingFileSystem();
    const ledger = await createLedger(await ledgerParts(folder, { fs, limits: { retryMs: 5 } }));
    open.push(ledger);
    fs.fail('open', 'ENOSPC');
    await expect(ledger.append(singleRecord())).rejects.toMatchObject({ code: 'decision_not_recorded' });
    fs.fail('open', undefined);
    await ledger.append(singleRecord());
    await ledger.close();
    await expectSound(folder);
  });
});

describe('the application log', () => {
  it('holds nothing of what was to be recorded', async () => {
    const said: unknown[] = [];
    const note = (...all: unknown[]) =>
      void said.push(...all.map((each) => (each instanceof Error ? each.message : each)));
    const { fs, append } = await trial({ log: { info: note, warn: note, error: note }, limits: { headMs: 5 } });
    fs.fail('write', 'EIO');
    await append(singleRecord());
    fs.fail('write', undefined);
    await append(singleRecord());
    expect(said.length).toBeGreaterThan(0);
    expect(JSON.stringify(said)).not.toMatch(/psn:|m-17|d-9/);
  });
});
