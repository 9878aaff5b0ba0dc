import { generateKeyPairSync } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { policyDiff } from '../../src/cli/policy-diff.ts';
import { policyInspect } from '../../src/cli/policy-inspect.ts';
import { policySign } from '../../src/cli/policy-sign.ts';
import { policyApprove, policyRollback } from '../../src/cli/policy-statement.ts';
import { packArchive } from '../../src/engine/archive.ts';
import { type ConfiguredTrust, readTrust } from '../../src/engine/trust/read-trust.ts';
import { bundleBytes, bundleNamed, bundleWith } from '../support/bundle-bytes.ts';

let folder: string;
let bundle: string;
let lines: string[];
const terminal = { out: (line: string) => lines.push(line), err: (line: string) => lines.push(`! ${line}`) };
const said = () => lines.splice(0).join('\n');
const json = () => JSON.parse(said());

async function keyPair(name: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const files = { key: join(folder, `${name}.pem`), file: join(folder, `${name}.pub.pem`) };
  await writeFile(files.key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(files.file, publicKey.export({ type: 'spki', format: 'pem' }));
  return { ...files, id: name, algorithm: 'ES256' as const };
}
type Key = Awaited<ReturnType<typeof keyPair>>;
const by = ({ key, id, algorithm }: Key) => ({ key, keyId: id, algorithm, json: true });

let release: Key;
let ans: Key;
let bob: Key;
let trust: ConfiguredTrust;

beforeEach(async () => {
  lines = [];
  folder = await mkdtemp(join(tmpdir(), 'datwat-sign-'));
  bundle = join(folder, 'bundle.tar.gz');
  await writeFile(bundle, bundleBytes('alice-reads'));
  [release, ans, bob] = await Promise.all([keyPair('release'), keyPair('ans'), keyPair('bob')]);
  trust = {
    keys: [release],
    unsigned: 'refused',
    freshness: 'sequence',
    approvers: [
      { ...ans, office: 'sociaal_domein', person: 'Ans' },
      { ...bob, office: 'privacy', person: 'Bob' },
    ],
    quorum: { offices: ['sociaal_domein', 'privacy'], atLeast: 2, mayBlock: ['fg'] },
  };
});
afterEach(() => rm(folder, { recursive: true }));

const sign = (sequence: string, key = release) => policySign({ ...by(key), bundle, sequence }, terminal);
const approve = (key: Key, office: string, more = {}) =>
  policyApprove({ ...by(key), bundle, office, block: false, liftBlock: false, ...more }, terminal);
const inspect = (more = {}) => policyInspect({ bundle, trust, json: true, ...more }, terminal);

describe('from a built bundle to one that may come into force', () => {
  it('sign, approve by two offices, and it is accepted', async () => {
    const before = await bundleNamed('alice-reads');
    expect(await sign('1')).toBe(0);
    expect(json()).toMatchObject({ revision: before.revision, sequence: 1, key: 'release' });
    expect(await inspect()).toBe(1);
    expect(json()).toMatchObject({
      accepted: false,
      reason: expect.stringMatching(/sociaal_domein and privacy is missing/),
    });
    expect(await approve(ans, 'sociaal_domein')).toBe(0);
    expect(await approve(bob, 'privacy')).toBe(0);
    said();
    expect(await inspect()).toBe(0);
    expect(json()).toMatchObject({
      accepted: true,
      reason: 'sequence 1; approved by sociaal_domein, privacy',
      loads: 'yes',
      signature: { algorithm: 'ES256', key: 'release', sequence: 1 },
      statements: ['approve by sociaal_domein (Ans)', 'approve by privacy (Bob)'],
    });
  });

  it('signing anew makes another file, which needs approvals of its own', async () => {
    await sign('1');
    await approve(ans, 'sociaal_domein');
    await approve(bob, 'privacy');
    await sign('2');
    said();
    expect(await inspect()).toBe(1);
    expect(json()).toMatchObject({
      reason: expect.stringMatching(/is missing/),
      statements: [
        'approve by sociaal_domein (Ans), about another bundle',
        'approve by privacy (Bob), about another bundle',
      ],
    });
  });

  it('an older one comes back by a rollback from the sequence in force', async () => {
    await sign('1');
    await approve(ans, 'sociaal_domein');
    await approve(bob, 'privacy');
    const memory = { floor: { sequence: 4, sha256: 'four' }, blocks: [] };
    said();
    expect(await inspect({ memory })).toBe(1);
    expect(json().reason).toMatch(/older than 4/);
    expect(await policyRollback({ ...by(release), to: bundle, fromSequence: '4' }, terminal)).toBe(0);
    said();
    expect(await inspect({ memory })).toBe(0);
    expect(await inspect({ memory: { ...memory, floor: { sequence: 5 } } })).toBe(1);
  });

  it('says in words what it found, and judges nothing without a configuration', async () => {
    await sign('1');
    said();
    expect(await policyInspect({ bundle, json: false }, terminal)).toBe(0);
    expect(said()).toMatch(
      /revision {3}[0-9a-f]{64}\n[\s\S]*signed {5}algorithm ES256, key release[\s\S]*accepted {3}not judged/,
    );
    await writeFile(bundle, await packArchive((await bundleNamed('needs-clock')).files));
    expect(await policyInspect({ bundle, json: false }, terminal)).toBe(1);
    expect(said()).toMatch(/signed {5}no\nloads {6}no \(builtins\): .*time\.now_ns/);
  });
});

describe('wrong use is said, and changes nothing', () => {
  it.each(['0', '-1', '1.5', 'x', ''])('--sequence %s', async (sequence) => {
    expect(await sign(sequence)).toBe(2);
    expect(said()).toMatch(/whole number from 1/);
    expect(Buffer.compare(await readFile(bundle), bundleBytes('alice-reads'))).toBe(0);
  });

  it('keys that are not there, not private, not of the algorithm, or shared', async () => {
    expect(await sign('1', { ...release, key: join(folder, 'none') })).toBe(2);
    expect(said()).toMatch(/none: there is no such file or folder; mend the path/);
    expect(await sign('1', { ...release, key: release.file })).toBe(2);
    expect(said()).toMatch(/release\.pub\.pem: it is not a PEM key/);
    expect(await policySign({ ...by(release), algorithm: 'RS256', bundle, sequence: '1' }, terminal)).toBe(2);
    expect(said()).toMatch(/RS256 needs an RSA key/);
    expect(await policySign({ ...by(release), algorithm: 'none', bundle, sequence: '1' }, terminal)).toBe(2);
    expect(said()).toMatch(/--algorithm none is not one of RS256/);
    const secret = join(folder, 'secret');
    await writeFile(secret, 'a secret of enough bytes');
    expect(
      await policyApprove(
        { ...by(ans), key: secret, algorithm: 'HS256', bundle, office: 'privacy', block: false, liftBlock: false },
        terminal,
      ),
    ).toBe(2);
    expect(said()).toMatch(/shared secret/);
  });

  it('a file that is no bundle, and contradicting flags', async () => {
    expect(await approve(ans, 'privacy', { block: true, liftBlock: true })).toBe(2);
    await writeFile(bundle, 'no bundle');
    expect(await sign('1')).toBe(2);
    expect(await inspect()).toBe(2);
    expect(said()).toMatch(/contradict[\s\S]*gzip[\s\S]*gzip/);
    expect(await approve(ans, 'privacy')).toBe(2);
    expect(await policyRollback({ ...by(release), to: bundle, fromSequence: '1' }, terminal)).toBe(2);
    expect(said()).toMatch(/is no bundle: [\s\S]*is no bundle: /);
    expect(await approve(ans, 'privacy', { block: true })).toBe(0);
  });
});

describe('reading the keys of a configuration', () => {
  it('names the key and the file that is wrong', async () => {
    await expect(readTrust({ ...trust, keys: [{ ...release, file: join(folder, 'none') }] })).rejects.toThrow(
      /key release: .*none: there is no such file or folder; mend the path/,
    );
    await expect(readTrust({ ...trust, keys: [{ ...release, algorithm: 'RS256' }] })).rejects.toThrow(
      /key release: .*needs an RSA key/,
    );
  });

  it('refuses one key under two names, which would let one person count twice', async () => {
    const twice = [ans, { ...ans, id: 'again' }].map((key, index) => ({
      ...key,
      office: `o${index}`,
      person: `p${index}`,
    }));
    await expect(readTrust({ ...trust, approvers: twice })).rejects.toThrow(/key again: it is the same as key ans/);
    await expect(readTrust({ ...trust, keys: [release, { ...bob, id: 'release' }] })).rejects.toThrow(
      /the same as key release/,
    );
  });
});

describe('what differs between two bundles', () => {
  const cell = (level: string) => ({
    id: 'M-1',
    level,
    fields: ['a'],
    out_basis: ['x'],
    in_basis: ['y'],
    conditions: {},
    kind: 'hard',
    processing_activity_id: 'v',
    owner: 'o',
    review_date: '2027-01-01',
  });
  const data = (level: string | undefined, bases: object) =>
    JSON.stringify({
      authorisation_matrix: { wmo: level === undefined ? {} : { DOEL: { rol: cell(level) } } },
      legal_bases: bases,
    });

  it('is told by cell, role and level, and by the entries of registries', async () => {
    const base = await bundleNamed('alice-reads');
    const write = async (name: string, text: string, more = {}) => {
      const file = join(folder, name);
      await writeFile(file, await packArchive(bundleWith(base, { 'data.json': text, ...more }).files));
      return file;
    };
    const before = await write('old', data('dat', { A: { law: 'x' }, B: { law: 'y' } }));
    const after = await write('new', data('wat', { A: { law: 'z' }, C: {} }), { 'cases/C1-nieuw.yaml': 'id: C1' });
    expect(await policyDiff({ before, after, json: false }, terminal)).toBe(1);
    const words = said();
    expect(words).toMatch(/rol:\n.*wmo \/ DOEL.*dat.*wat/);
    expect(words).toMatch(/legal_bases: added C; removed B; changed A/);
    expect(words).toMatch(/case: C1-nieuw\.yaml added/);
    const copy = join(folder, 'copy');
    await copyFile(before, copy);
    expect(await policyDiff({ before, after: copy, json: false }, terminal)).toBe(0);
    expect(said()).toBe('Nothing differs.');
    expect(await policyDiff({ before, after: join(folder, 'none'), json: true }, terminal)).toBe(2);
  });
});
