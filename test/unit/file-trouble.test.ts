/** Every room names the file that it cannot read, what is the matter and what to do: never a bare word of the system. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { policyTest } from '../../src/cli/policy-test.ts';
import { saying } from '../../src/cli/terminal.ts';
import { readTls as readOwnTls } from '../../src/config/config.ts';
import { fileError } from '../../src/decision/file-trouble.ts';
import { readBundleFile } from '../../src/engine/read-bundle.ts';
import { readTls, readToken } from '../../src/engine/release/credential-files.ts';
import { createFileSource } from '../../src/engine/release/file-source.ts';
import { openReleaseStore } from '../../src/engine/release/release-store.ts';
import { readTrust } from '../../src/engine/trust/read-trust.ts';
import { openForReading, openForWriting } from '../../src/facts/facts-file.ts';
import { readSigningKey } from '../../src/ledger/signing-key.ts';
import { readKeyRing } from '../../src/pseudonyms/key-ring.ts';
import { rememberingTerminal, TWO_CELLS, TWO_CELLS_BUNDLE } from '../support/two-cells.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datwat-trouble-'));
});
afterEach(() => rm(folder, { recursive: true }));

const look = { patient: false, signal: new AbortController().signal };
const key = (file: string) => ({ id: 'release', algorithm: 'ES256' as const, file });
const trust = { unsigned: 'refused' as const, freshness: 'sequence' as const, approvers: [], quorum: 'none' as const };
const READERS: Readonly<Record<string, (file: string) => unknown>> = {
  'a key of bundles': (file) => readTrust({ ...trust, keys: [key(file)] }),
  'a followed bundle': (file) => createFileSource(file).next(look),
  'a bundle': (file) => readBundleFile(file),
  'a token': (tokenFile) => readToken({ tokenFile }),
  'a certificate of a bundle server': (ca) => readTls({ ca }),
  'a certificate of the service': (file) => readOwnTls({ cert: file, key: file }),
  'a pseudonym key': (file) => readKeyRing({ active: 'one', keys: [{ id: 'one', file }] }),
};

async function said(read: () => unknown): Promise<string> {
  try {
    await read();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'nothing';
}

it.each(Object.entries(READERS))('%s', async (_, read) => {
  const absent = join(folder, 'absent');
  expect(await said(() => read(absent))).toMatch(
    new RegExp(`${absent}: there is no such file or folder; mend the path$`),
  );
  expect(await said(() => read(folder))).toMatch(new RegExp(`${folder}: this is a folder; name a file$`));
});

it('approvals beside a bundle, which may be absent but not unreadable', async () => {
  const file = join(folder, 'bundle.tar.gz');
  await writeFile(file, 'one');
  await mkdir(`${file}.approvals.json`);
  expect(await said(() => createFileSource(file).next(look))).toBe(
    `${file}.approvals.json: this is a folder; name a file`,
  );
});

it('what is remembered of earlier bundles', async () => {
  await mkdir(join(folder, 'state.json'));
  expect(await said(() => openReleaseStore(folder))).toBe(
    `${join(folder, 'state.json')}: this is a folder; name a file`,
  );
});

it('a facts file, of which SQLite does not say which it is', async () => {
  expect(await said(() => openForReading(folder))).toBe(`${folder}: this is a folder; name a file`);
  expect(await said(() => openForWriting({ file: folder, people: 'real' }))).toContain(`${folder}: this is a folder`);
  const file = join(folder, 'package.json');
  await writeFile(file, '{ "name": "no facts file, but longer than the head of a database must be" }'.repeat(20));
  const advice = `${file} is not a facts file of Datwat; make one with: datwat facts init`;
  expect(await said(() => openForReading(file))).toBe(advice);
  expect(await said(() => openForWriting({ file, people: 'real' }))).toBe(advice);
});

it('a page of coverage where a file lies', async () => {
  const coverage = join(folder, 'taken');
  await writeFile(coverage, '');
  const options = { policies: TWO_CELLS, bundle: TWO_CELLS_BUNDLE, cases: [], coverage, threshold: [], json: false };
  const tested = policyTest(options, rememberingTerminal().terminal);
  expect(await tested.catch(saying)).toBe(`${coverage}: there is something of this name already; name another place`);
});

it.skipIf(process.platform === 'win32')('a ledger key', async () => {
  const file = join(folder, 'key');
  await mkdir(file, { mode: 0o700 });
  expect(await said(() => readSigningKey(file, join(folder, 'ledger')))).toBe(
    `ledger key ${file}: this is a folder; name a file`,
  );
});

it('an uncommon trouble says its code alone, for a message could quote what was read', () => {
  const trouble = Object.assign(new Error('999990019'), { code: 'EIO' });
  expect(fileError('f', trouble).message).toBe(
    'f: it cannot be read or written (EIO); look at the file and the disk that it is on',
  );
});
