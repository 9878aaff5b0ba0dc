import { spawn } from 'node:child_process';
import { createHash, type KeyObject } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFileSource } from '../../src/engine/release/file-source.ts';
import { openReleaseStore } from '../../src/engine/release/release-store.ts';
import { bundleSha256, type Offer } from '../../src/engine/trust/trust.ts';
import { makeFactsFile } from '../../src/facts/facts-file.ts';
import { verifyLedger } from '../../src/ledger/read/verify.ts';
import { bundleNamed, bundleWith } from '../support/bundle-bytes.ts';
import { followedReleases } from '../support/followed-releases.ts';
import { approvalsFile, approver, releaseKey, signedBundle, statement, trustIn } from '../support/release-keys.ts';
import { serving } from '../support/serving.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/datwat.mjs');
const PRELOADED = join(import.meta.dirname, '../support/killed-at-step.ts');

const release = releaseKey('release');
const domain = approver('ans', 'sociaal_domein', 'Ans');
const officer = approver('carla', 'fg', 'Carla');
let folder: string;
let flags: string[];

const write = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content, { mode: 0o600 });
  return join(folder, name);
};
const pem = (name: string, key: KeyObject) =>
  write(name, key.export({ type: key.type === 'public' ? 'spki' : 'pkcs8', format: 'pem' }));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'datwat-killed-'));
  const key = ({ verifies: { id, key: of } }: typeof domain) =>
    `id: ${id}, algorithm: ES256, file: ${pem(`${id}.pem`, of)}`;
  const config = `mode: production
port: 0
public_url: https://datwat.example.nl
bundle: ${join(folder, 'bundle.tar.gz')}
bundle_keys: [{ id: release, algorithm: ES256, file: ${pem('release.pem', release.verifies.key)} }]
approvers: [{ ${key(domain)}, office: sociaal_domein, person: Ans }, { ${key(officer)}, office: fg, person: Carla }]
quorum: { offices: [sociaal_domein], at_least: 1 }
policy_state: ${join(folder, 'policy')}
pseudonym: { active: a, keys: [{ id: a, file: ${write('pseudonym.key', 'k'.repeat(64))} }] }
ledger: { folder: ${join(folder, 'ledger')}, signing_key: ${pem('ledger.pem', release.signs)} }
facts: ${join(folder, 'facts.sqlite')}
callers: [{ name: test, api_key_sha256: '${createHash('sha256').update('key').digest('hex')}', doors: [authzen] }]
`;
  flags = ['--config', write('config.yaml', config)];
  makeFactsFile({ file: join(folder, 'facts.sqlite'), people: 'invented' });
});
afterEach(() => rmSync(folder, { recursive: true }));

async function version(profile: string, sequence: number): Promise<Required<Offer>> {
  const bundle = bundleWith(await bundleNamed('troubles'), { 'data.json': JSON.stringify({ settings: { profile } }) });
  const bytes = await signedBundle(bundle, release, { sequence });
  return { bytes, approvals: approvalsFile(statement(domain, 'approve', bundleSha256(bytes))) };
}

/** Starts the service, killed at this step; false where it came to listen first. */
async function killedAt(step: number): Promise<boolean> {
  const env = { ...process.env, KILLED_AT_STEP: `${step}:${join(folder, 'policy')}` };
  const started = [process.execPath, ['--import', PRELOADED, MAIN, 'serve', ...flags]] as const;
  const child = spawn(...started, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  let listened = false;
  child.stdout.on('data', () => {
    listened = true;
    child.kill('SIGKILL');
  });
  const signal = await new Promise((resolve) => child.on('exit', (_, by) => resolve(by)));
  expect(signal).toBe('SIGKILL');
  return !listened;
}

/** Starts what follows bundles again: which policy serves, and what is remembered. */
async function startedAgain() {
  const trust = trustIn([release.verifies], {
    approvers: [domain.verifies, officer.verifies],
    quorum: { offices: ['sociaal_domein'], atLeast: 1, mayBlock: ['fg'] },
  });
  const source = createFileSource(join(folder, 'bundle.tar.gz'));
  const again = { trust: () => trust, now: Date.now(), pace: { least: 60_000, most: 60_000 } };
  const { releases, engine, store, profile } = await followedReleases(join(folder, 'policy'), source, again);
  await releases.start();
  await releases.close();
  const { floor, blocks } = store.memory();
  return { served: profile()?.data, refused: engine.status().refused?.step, sequence: floor.sequence, blocks };
}

/** The sequence of each bundle that came into force, by the ledger. */
const activated = () =>
  readdirSync(join(folder, 'ledger/segments'))
    .flatMap((name) =>
      readFileSync(join(folder, 'ledger/segments', name), 'utf8')
        .split('\n')
        .slice(0, -1),
    )
    .map((line) => JSON.parse(line))
    .filter(({ event_name }) => event_name === 'datwat.bundle_activated')
    .map(({ attributes }) => attributes['datwat.release'].sequence);

/** Runs a check after a kill at each step, beginning each time with sequence 1 in force and a block of another bundle kept. */
async function afterEachKill(offered: Required<Offer>, check: (killed: boolean) => Promise<void>): Promise<number> {
  const one = await version('one', 1);
  const store = await openReleaseStore(join(folder, 'before'));
  const floor = { sequence: 1, sha256: bundleSha256(one.bytes) };
  await store.keep({ offer: one, activatedAt: Date.now() }, { floor, blocks: [EARLIER] });
  for (let step = 1; ; step += 1) {
    rmSync(join(folder, 'policy'), { recursive: true, force: true });
    cpSync(join(folder, 'before'), join(folder, 'policy'), { recursive: true });
    write('bundle.tar.gz.approvals.json', offered.approvals);
    write('bundle.tar.gz', offered.bytes);
    const killed = await killedAt(step);
    await check(killed);
    if (!killed) return step;
  }
}

const EARLIER = { kind: 'block', bundleSha256: 'ab'.repeat(32), by: { office: 'fg', person: 'Carla' }, at: 1 } as const;

/** The swap itself touches no file: on the disk it lies between the last step of keeping the bundle and the ledger's event. */
it('killed between any two steps of keeping a new bundle: the last good one serves, floor and blocks stay', async () => {
  const served: unknown[] = [];
  const steps = await afterEachKill(await version('two', 2), async () => {
    rmSync(join(folder, 'bundle.tar.gz'));
    const again = await startedAgain();
    const kept = again.sequence === 2 ? 'two' : 'one';
    expect(again).toEqual({ served: { profile: kept }, sequence: again.sequence, blocks: [EARLIER] });
    if (kept === 'two' && served.at(-1) === 'one') {
      const service = await serving(flags);
      expect(await service.end('SIGTERM')).toBe(0);
      expect(activated()).toEqual([2]);
    }
    served.push(kept);
  });
  // Once the new one is kept, no later step brings the old one back.
  expect(served.join(' ')).toMatch(/^(one )+(two )+two$/);
  expect(steps).toBeGreaterThan(25);
  expect((await verifyLedger(join(folder, 'ledger'), { now: Date.now() })).problems).toEqual([]);
}, 240_000);

it('killed between any two steps of keeping a block: it stops the bundle all the same, and earlier ones stay', async () => {
  const { bytes, approvals } = await version('two', 2);
  const block = statement(officer, 'block', bundleSha256(bytes));
  const blocked = { bytes, approvals: approvalsFile(...JSON.parse(approvals).approvals, block) };
  const steps = await afterEachKill(blocked, async () => {
    const { served, refused, sequence, blocks } = await startedAgain();
    expect([served, refused, sequence]).toEqual([{ profile: 'one' }, undefined, 1]);
    expect(blocks).toEqual([EARLIER, expect.objectContaining({ bundleSha256: bundleSha256(bytes) })]);
    // The source that no longer shows the block does not lift it.
    write('bundle.tar.gz.approvals.json', approvals);
    expect((await startedAgain()).served).toEqual({ profile: 'one' });
  });
  expect(steps).toBeGreaterThan(10);
}, 240_000);
