import { generateKeyPairSync } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LedgerVerifyOptions, ledgerVerify } from '../../src/cli/ledger-verify.ts';
import { createLedger } from '../../src/ledger/write/ledger.ts';
import { ledgerParts, segmentFiles, singleRecord, TEST_KEY, temporaryFolder } from '../support/ledger-records.ts';

async function ledgerWithKey(): Promise<{ folder: string; key: string; head: string }> {
  const root = temporaryFolder();
  const folder = join(root, 'ledger');
  const ledger = await createLedger(await ledgerParts(folder));
  for (let i = 0; i < 3; i++) await ledger.append(singleRecord());
  await ledger.close();
  const key = join(root, 'key.pem');
  writeFileSync(key, TEST_KEY);
  const head = join(root, 'head.jws');
  cpSync(join(folder, 'heads', 'head.jws'), head);
  return { folder, key, head };
}

async function run(
  folder: string,
  options: LedgerVerifyOptions = {},
): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await ledgerVerify(folder, options, {
    out: { write: (text) => out.push(text) },
    err: { write: (text) => err.push(text) },
  });
  return { code, out: out.join(''), err: err.join('') };
}

describe('datwat ledger verify', () => {
  it('says that a ledger is sound and by whose key, and ends with 0', async () => {
    const { folder, key, head } = await ledgerWithKey();
    const { code, out } = await run(folder, { key: [key], head: [head] });
    expect(code).toBe(0);
    expect(out).toMatch(/3 records in 1 segment; the last is 3/);
    expect(out).toMatch(/signed by a key that you gave/);
    expect(out).toMatch(/record 3, \d+ seconds? old; 0 records after it/);
    expect(out).toMatch(/^sound$/m);
  });

  it('says that the origin is not proven where no key is given', async () => {
    const { folder } = await ledgerWithKey();
    const { code, out } = await run(folder);
    expect(code).toBe(0);
    expect(out).toMatch(/origin not proven: give --key FILE/);
  });

  it('does not ask for a key that was given, where that one signed nothing', async () => {
    const { folder } = await ledgerWithKey();
    const other = await ledgerWithKey();
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(other.key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const { code, out } = await run(folder, { key: [other.key] });
    expect(code).toBe(1);
    expect(out).toMatch(/origin not proven: no signed head is of a key that you gave/);
    expect(out).not.toMatch(/give --key/);
  });

  it('does not vouch for the order of a piece that is gone without one', async () => {
    const { folder, key } = await ledgerWithKey();
    const path = segmentFiles(folder)[0] as string;
    const marked = readFileSync(path, 'utf8').replace(
      '"datwat.record":',
      '"datwat.erased":[{"at":1,"order":"o","piece":0}],"datwat.record":',
    );
    writeFileSync(path, marked);
    const { code, out } = await run(folder, { key: [key] });
    expect(code).toBe(1);
    expect(out).toMatch(/^1 piece said to be erased by order$/m);
    expect(out).toMatch(/erased_without_order/);
  });

  it('names segment, line, seq and Decision-Id of what was changed, and ends with 1', async () => {
    const { folder, key } = await ledgerWithKey();
    const path = segmentFiles(folder)[0] as string;
    const lines = readFileSync(path, 'utf8').split('\n');
    const { trace_id, span_id } = JSON.parse(lines[1] as string);
    lines[1] = (lines[1] as string).replace('"decision":true', '"decision":false');
    writeFileSync(path, lines.join('\n'));
    const { code, out } = await run(folder, { key: [key] });
    expect(code).toBe(1);
    expect(out).toContain(
      `changed: segments/000000000001.ndjson, line 2, seq 2, Decision-Id ${trace_id}-${span_id}: piece 1 is not what its commitment says`,
    );
    const json = JSON.parse((await run(folder, { key: [key], json: true })).out);
    expect(json).toMatchObject({ ok: false, problemCount: 1, problems: [{ kind: 'changed', line: 2, seq: 2 }] });
  });

  it('reports a torn tail as such', async () => {
    const { folder } = await ledgerWithKey();
    const open = await createLedger(await ledgerParts(folder));
    await open.append(singleRecord());
    const path = segmentFiles(folder)[1] as string;
    writeFileSync(path, `${readFileSync(path, 'utf8')}{"half`);
    const { code, out } = await run(folder);
    await open.close();
    expect(code).toBe(0);
    expect(out).toMatch(/torn tail: 6 bytes/);
  });

  it('ends with 2 where the command is wrong', async () => {
    const { folder, key, head } = await ledgerWithKey();
    const inside = join(folder, 'key.pem');
    writeFileSync(inside, TEST_KEY);
    const wrong: [string, LedgerVerifyOptions, RegExp][] = [
      [join(folder, 'nowhere'), {}, /is no ledger folder/],
      [folder, { key: [join(folder, 'nokey')] }, /key file .*nokey: there is no such file or folder; mend the path/],
      [folder, { key: [head] }, /is no key/],
      [folder, { key: [inside] }, /lies in the ledger folder/],
      [
        folder,
        { key: [key], head: [join(folder, 'nohead')] },
        /head file .*nohead: there is no such file or folder; mend the path/,
      ],
    ];
    for (const [where, options, message] of wrong) {
      const { code, out, err } = await run(where, options);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toMatch(message);
    }
  });
});
