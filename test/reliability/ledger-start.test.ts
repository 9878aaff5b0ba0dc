import { appendFileSync, cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyLedger } from '../../src/ledger/read/verify.ts';
import { createVerifier } from '../../src/ledger/signatures.ts';
import { createLedger } from '../../src/ledger/write/ledger.ts';
import { failingFileSystem } from '../support/failing-file-system.ts';
import {
  ledgerParts,
  segmentFiles,
  segmentLines,
  singleRecord,
  TEST_KEY,
  temporaryFolder,
} from '../support/ledger-records.ts';

/** A ledger as a killed writer leaves it: three records in an open segment, with a head or without. */
async function killed(headed = false): Promise<string> {
  const folder = temporaryFolder();
  const ledger = await createLedger(await ledgerParts(folder));
  for (let i = 0; i < 3; i++) await ledger.append(singleRecord());
  const copied = temporaryFolder();
  cpSync(folder, copied, { recursive: true });
  await ledger.close();
  if (headed) cpSync(join(folder, 'heads'), join(copied, 'heads'), { recursive: true });
  return copied;
}

async function appendOne(folder: string): Promise<void> {
  const ledger = await createLedger(await ledgerParts(folder));
  await ledger.append(singleRecord());
  await ledger.close();
}

async function expectSound(folder: string): Promise<void> {
  const found = await verifyLedger(folder, { now: 0, verifier: await createVerifier([TEST_KEY]) });
  expect(found.problems).toEqual([]);
}

function firstSegment(folder: string): string {
  return segmentFiles(folder)[0] as string;
}

const tails: [string, string | Buffer][] = [
  ['half a record', '{"attributes":{"adl.core.conf'],
  ['a record without its newline', '{}'],
  ['zeros of a file that grew before its content', Buffer.alloc(4096)],
  ['zeros, and a newline', Buffer.concat([Buffer.alloc(100), Buffer.from('\n')])],
  ['several ruined lines', 'x\ny\n\nz'],
  ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x0a])],
];

describe('a start after a crash', () => {
  it.each(tails)(
    'keeps what stands after the last whole record in torn/, cuts it off and records that: %s',
    async (_, tail) => {
      const folder = await killed();
      const whole = readFileSync(firstSegment(folder));
      appendFileSync(firstSegment(folder), tail);
      await appendOne(folder);
      const lines = segmentLines(folder).map((line) => JSON.parse(line));
      expect(lines.map((line) => line.event_name)).toEqual([
        ...Array.from({ length: 3 }, () => 'adl.access_evaluation'),
        'datwat.ledger_repaired',
        'adl.access_evaluation',
      ]);
      expect(lines[3].attributes).toMatchObject({
        'datwat.repair.segment': '000000000001.ndjson',
        'datwat.repair.offset': whole.length,
        'datwat.repair.bytes': Buffer.from(tail).length,
      });
      const [kept] = readdirSync(join(folder, 'torn'));
      expect(kept).toMatch(new RegExp(`^000000000001-${whole.length}-[0-9a-f]{8}$`));
      expect(readFileSync(join(folder, 'torn', kept as string))).toEqual(Buffer.from(tail));
      await expectSound(folder);
    },
  );

  it('goes on in the same segment where nothing was torn', async () => {
    const folder = await killed(true);
    await appendOne(folder);
    expect(segmentFiles(folder)).toHaveLength(1);
    expect(segmentLines(folder)).toHaveLength(4);
    await expectSound(folder);
  });

  it('goes on with an empty segment that was only just made', async () => {
    const folder = temporaryFolder();
    await appendOne(folder);
    writeFileSync(join(folder, 'segments', '000000000002.ndjson'), '');
    await appendOne(folder);
    expect(segmentLines(folder)).toHaveLength(2);
    await expectSound(folder);
  });

  it('comes up on a full disk too, and records the repair when there is room', async () => {
    const folder = await killed();
    appendFileSync(firstSegment(folder), 'torn');
    const fs = failingFileSystem();
    fs.roomFor(0);
    const ledger = await createLedger(await ledgerParts(folder, { fs, limits: { retryMs: 5, headMs: 20 } }));
    expect(ledger.status().ready).toBe(false);
    fs.roomFor(Number.POSITIVE_INFINITY);
    await expect
      .poll(() => segmentLines(folder).map((line) => JSON.parse(line).event_name))
      .toContain('datwat.ledger_repaired');
    await ledger.close();
    await expectSound(folder);
  });
});

const refusals: [string, (folder: string) => void, RegExp][] = [
  [
    'a line in the middle is ruined',
    (f) => {
      const [a, b, c] = segmentLines(f);
      writeFileSync(firstSegment(f), `${a}\n${b?.slice(0, 50)}\n${c}\n`);
    },
    /000000000001\.ndjson line 2: it is no ledger record/,
  ],
  [
    'a record is gone',
    (f) => {
      const [a, , c] = segmentLines(f);
      writeFileSync(firstSegment(f), `${a}\n${c}\n`);
    },
    /line 2: it is record 3, not 2/,
  ],
  [
    'the last record was replaced',
    (f) => {
      const [a, b, c] = segmentLines(f);
      writeFileSync(firstSegment(f), `${a}\n${b}\n${c?.replace(/(prev_hash":")..../, '$1ffff')}\n`);
    },
    /line 3: it does not follow/,
  ],
  [
    'the records are of another writer',
    (f) => writeFileSync(join(f, 'writer'), '00000000-0000-0000-0000-000000000000\n'),
    /line 1: it has another writer/,
  ],
  ['the id of the writer is gone', (f) => rmSync(join(f, 'writer')), /writer is gone/],
  ['the id of the writer is ruined', (f) => writeFileSync(join(f, 'writer'), ''), /holds no writer's id/],
  [
    'records are gone that a signed head vouches for',
    (f) => {
      const [a, b] = segmentLines(f);
      writeFileSync(firstSegment(f), `${a}\n${b}\n`);
    },
    /ends at record 2, but a signed head says 3/,
  ],
  ['all records are gone', (f) => rmSync(firstSegment(f)), /ends at record 0, but a signed head says 3/],
  ['the head is ruined', (f) => truncateSync(join(f, 'heads', 'head.jws'), 5), /is no signed head/],
  [
    'a segment is missing',
    (f) => {
      writeFileSync(join(f, 'segments', '000000000009.ndjson'), '');
    },
    /000000000009\.ndjson should begin with record 4: a segment is missing/,
  ],
];

describe('a start is refused, with the place, where', () => {
  it.each(refusals)('%s', async (_, damage, message) => {
    const folder = await killed(true);
    damage(folder);
    const before = new Map(
      readdirSync(join(folder, 'segments')).map((name) => [name, readFileSync(join(folder, 'segments', name), 'utf8')]),
    );
    await expect(createLedger(await ledgerParts(folder))).rejects.toThrow(message);
    for (const [name, content] of before) expect(readFileSync(join(folder, 'segments', name), 'utf8')).toBe(content);
  });

  it.each([
    ['something stands behind its checkpoint', (path: string) => appendFileSync(path, 'x')],
    ['its last record is gone', (path: string) => truncateSync(path, readFileSync(path).lastIndexOf('\n{') + 1)],
  ])('a closed segment is not as it was closed: %s', async (_, damage) => {
    const folder = temporaryFolder();
    const ledger = await createLedger(await ledgerParts(folder));
    await ledger.append(singleRecord());
    await ledger.append(singleRecord());
    await ledger.close();
    damage(firstSegment(folder));
    await expect(createLedger(await ledgerParts(folder))).rejects.toThrow(/does not end (where its|in a whole)/);
  });

  it('another writer holds the folder; and not any more when it is done', async () => {
    const folder = temporaryFolder();
    const first = await createLedger(await ledgerParts(folder));
    await expect(createLedger(await ledgerParts(folder))).rejects.toThrow(
      /another process writes in the ledger folder/,
    );
    await first.append(singleRecord());
    await first.close();
    await appendOne(folder);
    expect(segmentLines(folder)).toHaveLength(2);
  });

  it('a refused start leaves the folder free', async () => {
    const folder = await killed();
    const writer = readFileSync(join(folder, 'writer'));
    rmSync(join(folder, 'writer'));
    await expect(createLedger(await ledgerParts(folder))).rejects.toThrow();
    writeFileSync(join(folder, 'writer'), writer);
    await appendOne(folder);
  });

  it('says which folder it cannot write in', async () => {
    const folder = join(temporaryFolder(), 'ledger');
    writeFileSync(folder, 'a file');
    await expect(createLedger(await ledgerParts(folder))).rejects.toThrow(
      `the ledger folder ${folder} cannot be written in`,
    );
  });
});
