import { cpSync, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ProblemKind } from '../../src/ledger/read/problem.ts';
import { type Verification, verifyLedger } from '../../src/ledger/read/verify.ts';
import { createSigner, createVerifier, type Verifier } from '../../src/ledger/signatures.ts';
import { createLedger } from '../../src/ledger/write/ledger.ts';
import {
  batchRecord,
  ledgerParts,
  segmentFiles,
  singleRecord,
  TEST_KEY,
  temporaryFolder,
} from '../support/ledger-records.ts';
import { canonical, recomputedHash } from '../support/recompute-ledger.ts';

/** Twelve records in three closed segments: 1 to 5, 6 to 10, 11 and 12. */
let sound: string;
let verifier: Verifier;

beforeAll(async () => {
  sound = temporaryFolder();
  verifier = await createVerifier([TEST_KEY]);
  for (let part = 0; part < 3; part++) {
    const ledger = await createLedger(await ledgerParts(sound));
    for (let i = 0; i < (part === 2 ? 2 : 5); i++) {
      if (i === 3) await ledger.appendEvent('datwat.policy_activated', { 'datwat.policy.revision': 'r1' });
      else await ledger.append(i === 1 ? batchRecord(['p-1', undefined, 'p-2']) : singleRecord());
    }
    await ledger.close();
  }
});

function copy(): string {
  const folder = temporaryFolder();
  cpSync(sound, folder, { recursive: true });
  return folder;
}

function verified(
  folder: string,
  more: { verifier?: Verifier; outsideHeads?: string[] } = { verifier },
): Promise<Verification> {
  return verifyLedger(folder, { now: Date.now(), ...more });
}

/** Changes the lines of one segment. */
function edit(folder: string, segment: number, change: (lines: string[]) => string[]): void {
  const path = segmentFiles(folder)[segment] as string;
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  writeFileSync(
    path,
    change(lines)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

function onLine(line: number, change: (line: string) => string): (lines: string[]) => string[] {
  return (lines) => lines.map((text, i) => (i === line - 1 ? change(text) : text));
}

/** A forger who knows the form: changes a record and makes its own hash true again. */
function forged(
  line: string,
  change: (record: { attributes: Record<string, unknown> } & Record<string, unknown>) => void,
): string {
  const record = JSON.parse(line);
  change(record);
  record.attributes['datwat.ledger.hash'] = recomputedHash(JSON.stringify(record));
  return canonical(record);
}

describe('a sound ledger', () => {
  it('is sound, with a key and without', async () => {
    const expected = {
      ok: true,
      records: 12,
      segments: 3,
      lastSeq: 12,
      recordsAfterHead: 0,
      problems: [],
      tornBytes: 0,
    };
    expect(await verified(sound)).toMatchObject({ ...expected, originProven: true });
    expect(await verified(sound, {})).toMatchObject({ ...expected, originProven: false });
  });

  it('is sound while it is being written, and says how many records no head vouches for', async () => {
    const folder = copy();
    const ledger = await createLedger(await ledgerParts(folder, { limits: { headMs: 3_600_000 } }));
    await ledger.append(singleRecord());
    await ledger.append(singleRecord());
    const found = await verified(folder);
    await ledger.close();
    expect(found).toMatchObject({ ok: true, records: 14, head: { seq: 12 }, recordsAfterHead: 2 });
  });

  it('is the same however it is cut into ranges', async () => {
    const whole = await verified(sound);
    for (const [rangeBytes, threads] of [
      [1000, 2],
      [4096, 3],
      [7777, 1],
    ] as const) {
      const found = await verifyLedger(sound, {
        now: whole.head ? whole.head.at + whole.head.ageMs : 0,
        verifier,
        rangeBytes,
        threads,
      });
      expect(found).toEqual(whole);
    }
  });

  it('may be empty', async () => {
    const folder = temporaryFolder();
    await (await createLedger(await ledgerParts(folder))).close();
    expect(await verified(folder)).toMatchObject({ ok: true, records: 0, segments: 0 });
  });
});

const anywhere = {};
type Where = { segment?: string; line?: number; seq?: number };

const tamperings: [string, (folder: string) => void, ProblemKind, Where][] = [
  [
    'the answer is changed',
    (f) =>
      edit(
        f,
        0,
        onLine(1, (l) => l.replace('"decision":true', '"decision":false')),
      ),
    'changed',
    { segment: '000000000001.ndjson', line: 1, seq: 1 },
  ],
  [
    'the policy is changed',
    (f) =>
      edit(
        f,
        1,
        onLine(3, (l) => l.replace('"revision":"r1"', '"revision":"r2"')),
      ),
    'changed',
    { segment: '000000000006.ndjson', line: 3, seq: 8 },
  ],
  [
    'an item of a batch is changed',
    (f) =>
      edit(
        f,
        0,
        onLine(2, (l) => l.replace('"step":2', '"step":3')),
      ),
    'changed',
    { line: 2, seq: 2 },
  ],
  [
    'the data subject is changed',
    (f) =>
      edit(
        f,
        0,
        onLine(1, (l) =>
          l.replace('"dpl.core.data_subject_id":"psn:k1:AAAA"', '"dpl.core.data_subject_id":"psn:k1:BBBB"'),
        ),
      ),
    'changed',
    { seq: 1 },
  ],
  [
    'the data subject is taken out',
    (f) =>
      edit(
        f,
        0,
        onLine(1, (l) =>
          l.replace('"dpl.core.data_subject_id":"psn:k1:AAAA"', '"dpl.core.data_subject_ie":"psn:k1:AAAA"'),
        ),
      ),
    'changed',
    { seq: 1 },
  ],
  [
    'a data subject of a batch is moved',
    (f) =>
      edit(
        f,
        0,
        onLine(2, (l) => l.replace('["p-1",null,"p-2"]', '[null,"p-1","p-2"]')),
      ),
    'changed',
    { seq: 2 },
  ],
  [
    'an event is given a data subject',
    (f) =>
      edit(
        f,
        0,
        onLine(4, (l) => l.replace('},"event_name"', ',"dpl.core.data_subject_id":"p"},"event_name"')),
      ),
    'changed',
    { seq: 4 },
  ],
  [
    'a space is put in',
    (f) =>
      edit(
        f,
        0,
        onLine(1, (l) => l.replace('":', '": ')),
      ),
    'changed',
    { line: 1, seq: 1 },
  ],
  [
    'a name is doubled',
    (f) =>
      edit(
        f,
        0,
        onLine(1, (l) => l.replace('"decision":true', '"decision":false,"decision":true')),
      ),
    'changed',
    { seq: 1 },
  ],
  [
    'a carriage return is put in',
    (f) =>
      edit(
        f,
        0,
        onLine(1, (l) => `${l}\r`),
      ),
    'changed',
    { seq: 1 },
  ],
  [
    'a salt is spelled another way',
    (f) =>
      edit(
        f,
        0,
        onLine(1, (l) => l.replace(/"datwat.ledger.salts":\["/, '$&=')),
      ),
    'changed',
    { seq: 1 },
  ],
  [
    'a salt is replaced',
    (f) =>
      edit(
        f,
        0,
        onLine(1, (l) => l.replace(/(salts":\[")......................"/, '$1AAAAAAAAAAAAAAAAAAAAAA"')),
      ),
    'changed',
    { seq: 1 },
  ],
  [
    'an unknown member is added to the body',
    (f) =>
      edit(
        f,
        0,
        onLine(1, (l) => l.replace('"datwat.record":', '"datwat.note":1,"datwat.record":')),
      ),
    'changed',
    { seq: 1 },
  ],
  [
    'a source is added to the facts',
    (f) =>
      edit(
        f,
        0,
        onLine(1, (l) => l.replace('{"datwat.facts":', '{"a":1,"datwat.facts":')),
      ),
    'changed',
    { seq: 1 },
  ],
  [
    'a fact too many is added',
    (f) =>
      edit(
        f,
        0,
        onLine(1, (l) => l.replace('"datwat.record":[', '"datwat.record":[null,')),
      ),
    'changed',
    { seq: 1 },
  ],
  [
    'the body is taken out',
    (f) =>
      edit(
        f,
        0,
        onLine(1, (l) => l.replace(/"body":\{.*\},"event_name"/, '"event_name"')),
      ),
    'changed',
    { seq: 1 },
  ],
  [
    'a piece is taken out without an order',
    (f) =>
      edit(
        f,
        0,
        onLine(2, (l) => eraseItem(l, 1, { order: 'o-1', at: 1 })),
      ),
    'erased_without_order',
    { line: 2, seq: 2 },
  ],
  [
    'a byte that is no UTF-8 is put in',
    (f) => {
      const path = segmentFiles(f)[0] as string;
      const bytes = readFileSync(path);
      bytes[bytes.indexOf('dossier')] = 0xff;
      writeFileSync(path, bytes);
    },
    'changed',
    { line: 1 },
  ],
  [
    'a line is ruined',
    (f) =>
      edit(
        f,
        1,
        onLine(2, () => 'xxx'),
      ),
    'changed',
    { segment: '000000000006.ndjson', line: 2 },
  ],
  [
    'a record is forged with a true hash of its own',
    (f) =>
      edit(
        f,
        0,
        onLine(3, (l) =>
          forged(l, (r) => {
            r.status = 'Error';
          }),
        ),
      ),
    'broken_link',
    { line: 4, seq: 4 },
  ],
  [
    'the last record of a segment is forged',
    (f) =>
      edit(
        f,
        0,
        onLine(5, (l) =>
          forged(l, (r) => {
            r.status = 'Error';
          }),
        ),
      ),
    'broken_link',
    { segment: '000000000006.ndjson', line: 1, seq: 6 },
  ],
  [
    'the last record of all is forged',
    (f) =>
      edit(
        f,
        2,
        onLine(2, (l) =>
          forged(l, (r) => {
            r.timestamp = 1;
          }),
        ),
      ),
    'checkpoint',
    { segment: '000000000011.ndjson' },
  ],
  ['a record is taken out', (f) => edit(f, 0, (lines) => lines.toSpliced(2, 1)), 'missing', { line: 3, seq: 4 }],
  ['the first record is taken out', (f) => edit(f, 0, (lines) => lines.slice(1)), 'missing', { line: 1, seq: 2 }],
  [
    'records are taken out at the end of a segment',
    (f) => edit(f, 0, (lines) => lines.slice(0, 3)),
    'missing',
    { segment: '000000000006.ndjson', line: 1, seq: 6 },
  ],
  [
    'two records change places',
    (f) => edit(f, 0, ([a, b, c, ...rest]) => [a as string, c as string, b as string, ...rest]),
    'out_of_order',
    { line: 3, seq: 2 },
  ],
  [
    'a record is there twice',
    (f) => edit(f, 0, (lines) => [...lines.slice(0, 2), ...lines.slice(1)]),
    'out_of_order',
    { line: 3, seq: 2 },
  ],
  ['the last record of all is cut off', (f) => edit(f, 2, (lines) => lines.slice(0, -1)), 'cut_off', anywhere],
  [
    'the end of a closed segment is torn',
    (f) => {
      const path = segmentFiles(f)[2] as string;
      truncateSync(path, statSync(path).size - 10);
    },
    'changed',
    { segment: '000000000011.ndjson', line: 2 },
  ],
  [
    'the last segment is removed with its checkpoint',
    (f) => {
      rmSync(join(f, 'segments', '000000000011.ndjson'));
      rmSync(join(f, 'checkpoints', '000000000011.jws'));
    },
    'cut_off',
    anywhere,
  ],
  [
    'a segment in the middle is removed',
    (f) => rmSync(join(f, 'segments', '000000000006.ndjson')),
    'missing',
    { segment: '000000000006.ndjson' },
  ],
  [
    'a segment in the middle is removed with its checkpoint',
    (f) => {
      rmSync(join(f, 'segments', '000000000006.ndjson'));
      rmSync(join(f, 'checkpoints', '000000000006.jws'));
    },
    'missing',
    { segment: '000000000011.ndjson', line: 1, seq: 11 },
  ],
  [
    'a segment is renamed',
    (f) => renameSync(join(f, 'segments', '000000000006.ndjson'), join(f, 'segments', '000000000007.ndjson')),
    'segment',
    { segment: '000000000007.ndjson' },
  ],
  [
    'a segment is copied beside itself',
    (f) => cpSync(join(f, 'segments', '000000000006.ndjson'), join(f, 'segments', '000000000010.ndjson')),
    'out_of_order',
    { segment: '000000000010.ndjson', line: 1 },
  ],
  [
    'something else lies among the segments',
    (f) => writeFileSync(join(f, 'segments', '1.ndjson'), ''),
    'unknown_file',
    anywhere,
  ],
  [
    'a checkpoint is removed',
    (f) => rmSync(join(f, 'checkpoints', '000000000006.jws')),
    'checkpoint',
    { segment: '000000000006.ndjson' },
  ],
  [
    'a checkpoint takes the place of another',
    (f) => cpSync(join(f, 'checkpoints', '000000000001.jws'), join(f, 'checkpoints', '000000000006.jws')),
    'checkpoint',
    anywhere,
  ],
  [
    'a head takes the place of a checkpoint',
    (f) => cpSync(join(f, 'heads', 'head.jws'), join(f, 'checkpoints', '000000000006.jws')),
    'checkpoint',
    anywhere,
  ],
  ['the head is removed', (f) => rmSync(join(f, 'heads', 'head.jws')), 'head', anywhere],
  ['the head is ruined', (f) => writeFileSync(join(f, 'heads', 'head.jws'), 'a.b.c'), 'head', anywhere],
  [
    'the writer of the folder is changed',
    (f) => writeFileSync(join(f, 'writer'), '00000000-0000-0000-0000-000000000000\n'),
    'other_writer',
    anywhere,
  ],
  [
    'a segment of another ledger is put behind',
    (f) =>
      edit(
        f,
        2,
        onLine(2, (l) =>
          forged(l, (r) => {
            r.attributes['datwat.ledger.writer'] = 'x';
          }),
        ),
      ),
    'other_writer',
    { line: 2, seq: 12 },
  ],
];

/** By hand what erasing does: takes away item `i` (from 1) of a batch, and its salt. */
function eraseItem(line: string, i: number, mark: { order: string; at: number }): string {
  const record = JSON.parse(line);
  const { attributes, body } = record;
  attributes['datwat.ledger.salts'][i] = null;
  attributes['datwat.data_subject_ids'][i - 1] = null;
  body['adl.core.request'].evaluations[i - 1] = null;
  body['adl.core.response'].evaluations[i - 1] = null;
  body['adl.core.information']['datwat.facts'][i - 1] = null;
  body['datwat.record'][i - 1] = null;
  body['datwat.erased'] = [{ piece: i, at: mark.at, order: mark.order }];
  return canonical(record);
}

describe('tampering is found where it was done, when', () => {
  it.each(tamperings)('%s', async (_, tamper, kind, where) => {
    const folder = copy();
    tamper(folder);
    for (const options of [{ verifier }, {}]) {
      const found = await verified(folder, options);
      expect(found.ok).toBe(false);
      expect(found.problems).toContainEqual(expect.objectContaining({ kind, ...where }));
      const located = found.problems.find((problem) => problem.kind === kind && problem.seq !== undefined);
      if (located !== undefined) expect(located.decisionId).toMatch(/^[0-9a-f]{32}-[0-9a-f]{16}$/);
    }
  });

  it.each(tamperings)('%s, in small ranges', async (_, tamper, kind, where) => {
    const folder = copy();
    tamper(folder);
    const found = await verifyLedger(folder, { now: 0, verifier, rangeBytes: 3000, threads: 1 });
    expect(found.problems).toContainEqual(expect.objectContaining({ kind, ...where }));
  });
});

describe('trust from outside', () => {
  it('finds a ledger that was made anew as a whole, by the key', async () => {
    const folder = copy();
    const forger = await createSigner(FORGERS_KEY);
    for (const part of ['segments', 'checkpoints', 'heads']) rmSync(join(folder, part), { recursive: true });
    const ledger = await createLedger(await ledgerParts(folder, { key: forger }));
    for (let i = 0; i < 12; i++) await ledger.append(singleRecord());
    await ledger.close();
    expect(await verified(folder, {})).toMatchObject({ ok: true, originProven: false });
    const found = await verified(folder);
    expect(found).toMatchObject({ ok: false, originProven: false });
    expect(found.problems).toContainEqual(expect.objectContaining({ kind: 'checkpoint' }));
  });

  it('finds a ledger that was cut off behind its own head, by a head that was kept elsewhere', async () => {
    const kept = readFileSync(join(sound, 'heads', 'head.jws'), 'utf8').trim();
    const folder = copy();
    for (const part of ['segments', 'checkpoints']) {
      for (const name of readdirSync(join(folder, part)).slice(2)) rmSync(join(folder, part, name));
    }
    rmSync(join(folder, 'checkpoints', '000000000006.jws'));
    rmSync(join(folder, 'checkpoints', '000000000001.jws'));
    rmSync(join(folder, 'segments', '000000000006.ndjson'));
    rmSync(join(folder, 'heads', 'head.jws'));
    expect(await verified(folder)).toMatchObject({ ok: true, recordsAfterHead: 5 });
    const found = await verified(folder, { verifier, outsideHeads: [kept] });
    expect(found.problems).toContainEqual(expect.objectContaining({ kind: 'cut_off' }));
  });

  it('accepts what an older key signed, when both are given', async () => {
    const folder = copy();
    const ledger = await createLedger(await ledgerParts(folder, { key: await createSigner(FORGERS_KEY) }));
    await ledger.append(singleRecord());
    await ledger.close();
    expect(await verified(folder, { verifier: await createVerifier([FORGERS_KEY, TEST_KEY]) })).toMatchObject({
      ok: true,
    });
    expect(await verified(folder)).toMatchObject({ ok: false });
  });
});

/** P-256, so that both algorithms are used. */
const FORGERS_KEY = JSON.stringify({
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
});

describe('a piece that was erased by hand', () => {
  async function erased(folder: string, signedBy?: string): Promise<Verification> {
    edit(
      folder,
      0,
      onLine(2, (line) => eraseItem(line, 3, { order: 'o-1', at: 1_790_000_000_000 })),
    );
    if (signedBy !== undefined) {
      const signer = await createSigner(signedBy);
      const order = { order: 'o-1', pieces: [{ seq: 2, piece: 3 }], at: 1_790_000_000_000, by: 'FG' };
      writeFileSync(join(folder, 'orders', 'o-1.jws'), await signer.sign('order', order));
    }
    return verified(folder);
  }

  it('leaves a sound ledger, with a signed order', async () => {
    const folder = copy();
    expect(await erased(folder, TEST_KEY)).toMatchObject({ ok: true, erasedPieces: 1 });
    expect(readFileSync(segmentFiles(folder)[0] as string, 'utf8')).not.toContain('p-2');
  });

  it('is tampering without an order, or with one of an unknown key', async () => {
    for (const signedBy of [undefined, FORGERS_KEY]) {
      const found = await erased(copy(), signedBy);
      expect(found.problems).toContainEqual(expect.objectContaining({ kind: 'erased_without_order', seq: 2, line: 2 }));
    }
  });

  it('is tampering where the order names another piece', async () => {
    const folder = copy();
    await erased(folder, TEST_KEY);
    edit(
      folder,
      0,
      onLine(2, (line) => line.replace('"piece":3', '"piece":1')),
    );
    expect(await verified(folder)).toMatchObject({ ok: false });
  });

  it('is tampering where something stands in the place of what was erased', async () => {
    const folder = copy();
    await erased(folder, TEST_KEY);
    edit(
      folder,
      0,
      onLine(2, (line) => line.replace(/"datwat.record":\[(.*),null\]/, '"datwat.record":[$1,{"made":"up"}]')),
    );
    expect((await verified(folder)).problems).toContainEqual(expect.objectContaining({ kind: 'changed', seq: 2 }));
  });

  it('may be all of a single question', async () => {
    const folder = copy();
    edit(
      folder,
      0,
      onLine(1, (line) => {
        const record = JSON.parse(line);
        record.attributes['datwat.ledger.salts'] = [null, null];
        delete record.attributes['dpl.core.data_subject_id'];
        record.body = {
          'adl.core.information': { 'datwat.facts': [null] },
          'adl.core.request': {},
          'datwat.erased': [0, 1].map((piece) => ({ piece, at: 7, order: 'o-2' })),
          'datwat.record': [null],
        };
        return canonical(record);
      }),
    );
    const signer = await createSigner(TEST_KEY);
    const order = { order: 'o-2', pieces: [0, 1].map((piece) => ({ seq: 1, piece })), at: 7, by: 'FG' };
    writeFileSync(join(folder, 'orders', 'o-2.jws'), await signer.sign('order', order));
    expect(await verified(folder)).toMatchObject({ ok: true, erasedPieces: 2 });
  });
});
