import * as fs from 'node:fs/promises';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Bundle } from '../../src/engine/bundle.ts';
import type { BundleSource } from '../../src/engine/release/bundle-source.ts';
import { prepareApart } from '../../src/engine/release/prepare-apart.ts';
import { openReleaseStore, type StoreFiles } from '../../src/engine/release/release-store.ts';
import type { Releases } from '../../src/engine/release/releases.ts';
import type { Quorum } from '../../src/engine/trust/quorum.ts';
import { bundleSha256, type Offer, type Trust } from '../../src/engine/trust/trust.ts';
import { bundleNamed, bundleWith, question } from '../support/bundle-bytes.ts';
import { type Following, followedReleases } from '../support/followed-releases.ts';
import { approvalsFile, approver, releaseKey, signedBundle, statement, trustIn } from '../support/release-keys.ts';
import { until } from '../support/waiting.ts';

const release = releaseKey('release');
let troubles: Bundle;
let folder: string;
const running: Releases[] = [];

beforeAll(async () => {
  troubles = await bundleNamed('troubles');
});
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'datwat-release-')), 'policy');
});
afterEach(async () => {
  for (const releases of running.splice(0)) await releases.close();
  await rm(join(folder, '..'), { recursive: true });
});

/** A bundle whose answers show which one it is. */
const named = (profile: string) => bundleWith(troubles, { 'data.json': JSON.stringify({ settings: { profile } }) });
const signed = (profile: string, sequence: number, by = release) => signedBundle(named(profile), by, { sequence });

/** A source that offers what a test puts in it. */
function shelf() {
  let offered: Offer | undefined;
  let down: string | undefined;
  let taken = false;
  let looks = 0;
  const source: BundleSource = {
    name: 'shelf',
    async next() {
      looks += 1;
      if (down !== undefined) throw new Error(down);
      if (taken) return undefined;
      taken = true;
      return offered;
    },
    forget() {
      taken = false;
    },
  };
  return {
    source,
    looks: () => looks,
    put(bytes: Uint8Array, approvals?: string) {
      offered = { bytes, ...(approvals === undefined ? {} : { approvals }) };
      taken = false;
    },
    fail(reason: string | undefined) {
      down = reason;
    },
  };
}

interface Options extends Omit<Following, 'trust'> {
  readonly trust?: Trust;
  readonly trustNow?: () => Trust;
}

async function service(source: BundleSource, { trust = trustIn([release.verifies]), trustNow, ...more }: Options = {}) {
  const made = await followedReleases(folder, source, { trust: trustNow ?? (() => trust), ...more });
  running.push(made.releases);
  return made;
}

const profileIs = (profile: string) => ({ data: { profile } });

describe('a new bundle at the source', () => {
  it('comes into force, and its records say by what right', async () => {
    const at = shelf();
    at.put(await signed('one', 1));
    const { releases, engine, profile, told } = await service(at.source);
    await releases.start();
    expect(profile()).toEqual(profileIs('one'));
    expect(engine.active().identity.release).toEqual({ signed_by: 'release', sequence: 1, quorum: 'none' });
    at.put(await signed('two', 2));
    await until(() => told.length === 2);
    expect(profile()).toEqual(profileIs('two'));
    expect(told).toEqual(['activated', 'activated']);
  });

  it('changes nothing when it is older, tampered with, unsigned, cut off or contradicts its cases', async () => {
    const at = shelf();
    at.put(await signed('one', 5));
    const { releases, profile, told, refused } = await service(at.source);
    await releases.start();
    const good = await signed('six', 6);
    const bad: [step: string, bytes: Uint8Array][] = [
      ['freshness', await signed('old', 4)],
      ['freshness', await signed('same number', 5)],
      ['verify', await signed('stranger', 6, releaseKey('release'))],
      ['verify', await signed('unknown', 6, releaseKey('other'))],
      ['builtins', await signedBundle(await bundleNamed('needs-clock'), release, { sequence: 6 })],
      ['read', good.subarray(0, good.length / 2)],
    ];
    for (const [step, bytes] of bad) {
      const before = told.length;
      at.put(bytes);
      await until(() => told.length > before);
      expect(told.at(-1)).toBe(`refused ${step}`);
      expect(refused.at(-1)).toBe(step);
      expect(profile()).toEqual(profileIs('one'));
    }
    at.put(good);
    await until(() => told.at(-1) === 'activated');
    expect(profile()).toEqual(profileIs('six'));
  });

  it('is made ready on another thread, which also says what is wrong with it', async () => {
    const at = shelf();
    at.put(await signed('one', 1));
    const { releases, engine, profile, told } = await service(at.source, { prepare: prepareApart });
    await releases.start();
    expect(profile()).toEqual(profileIs('one'));
    at.put(await signedBundle(await bundleNamed('needs-clock'), release, { sequence: 2 }));
    await until(() => told.at(-1) === 'refused builtins');
    expect(engine.status().refused?.reason).toMatch(/time\.now_ns/);
    at.put(await signed('three', 3));
    await until(() => told.at(-1) === 'activated' && told.length === 3);
    expect(profile()).toEqual(profileIs('three'));
    expect(() => engine.active().decide(question('alice', 'conflict'))).toThrow();
    expect(profile()).toEqual(profileIs('three'));
  });

  it('must agree with the cases that it carries', async () => {
    const at = shelf();
    at.put(await signedBundle(bundleWith(named('one'), { 'cases/A03.yaml': 'id: A03' }), release, { sequence: 1 }));
    const { releases, told } = await service(at.source, { failingCases: ['A03: decision: expected true, got false'] });
    await expect(releases.start()).rejects.toMatchObject({ step: 'cases', reason: expect.stringMatching(/A03/) });
    expect(told).toEqual(['refused cases']);
    expect((await openReleaseStore(folder)).memory().floor.sequence).toBe(0);
  });

  it('is tried again when its approvals change, and waits for nobody meanwhile', async () => {
    const domain = approver('ans', 'sociaal_domein', 'Ans');
    const privacy = approver('bob', 'privacy', 'Bob');
    const officer = approver('fg', 'fg', 'Carla');
    const quorum: Quorum = { offices: ['sociaal_domein', 'privacy'], atLeast: 2, mayBlock: ['fg'] };
    const approvers = [domain.verifies, privacy.verifies, officer.verifies];
    const at = shelf();
    const one = await signed('one', 1);
    const two = await signed('two', 2);
    const approvals = (bytes: Uint8Array) =>
      [domain, privacy].map((who) => statement(who, 'approve', bundleSha256(bytes)));
    at.put(one, approvalsFile(...approvals(one)));
    const trust = trustIn([release.verifies], { approvers, quorum });
    const { releases, profile, told, engine } = await service(at.source, { trust });
    await releases.start();
    at.put(two, approvalsFile(...approvals(two).slice(0, 1)));
    await until(() => told.at(-1) === 'refused approvals');
    expect(engine.status().refused?.reason).toMatch(/privacy is missing/);
    expect(profile()).toEqual(profileIs('one'));
    at.put(two, approvalsFile(...approvals(two)));
    await until(() => told.at(-1) === 'activated');
    expect(profile()).toEqual(profileIs('two'));

    const looks = at.looks();
    at.put(two, approvalsFile(...approvals(await signed('three', 3))));
    await until(() => at.looks() > looks + 3);
    expect(releases.status().blocked).toBeUndefined();
    expect(told.at(-1)).toBe('activated');

    at.put(two, approvalsFile(...approvals(two), statement(officer, 'block', bundleSha256(two))));
    await until(() => releases.status().blocked !== undefined);
    expect(releases.status().blocked).toMatch(/fg \(Carla\) blocks it/);
    await releases.close();
    at.put(two, approvalsFile(...approvals(two)));
    const again = await service(at.source, { trust });
    await expect(again.releases.start()).rejects.toMatchObject({
      step: 'approvals',
      reason: expect.stringMatching(/blocks/),
    });
  });
});

describe('keys that change while it runs', () => {
  it('a new one counts at once, and a revoked one shows on the bundle in force', async () => {
    const next = releaseKey('next');
    let trust = trustIn([release.verifies]);
    const at = shelf();
    at.put(await signed('one', 1));
    const { releases, told, profile } = await service(at.source, { trustNow: () => trust });
    await releases.start();
    at.put(await signed('two', 2, next));
    await until(() => told.at(-1) === 'refused verify');
    trust = trustIn([release.verifies, next.verifies]);
    await until(() => told.at(-1) === 'activated' && told.length === 3);
    expect(profile()).toEqual(profileIs('two'));
    trust = trustIn([release.verifies, { ...next.verifies, revoked: true }]);
    await until(() => releases.status().blocked !== undefined);
    expect(releases.status().blocked).toMatch(/key next is revoked/);
    expect(profile()).toEqual(profileIs('two'));
  });

  it('a new one is heard on what was said before it was known here', async () => {
    const officer = approver('fg', 'fg', 'Carla');
    const domain = approver('ans', 'sociaal_domein', 'Ans');
    const quorum: Quorum = { offices: ['sociaal_domein'], atLeast: 1, mayBlock: ['fg'] };
    let trust = trustIn([release.verifies], { approvers: [domain.verifies], quorum });
    const at = shelf();
    const one = await signed('one', 1);
    const yes = statement(domain, 'approve', bundleSha256(one));
    at.put(one, approvalsFile(yes));
    const { releases } = await service(at.source, { trustNow: () => trust });
    await releases.start();
    const looks = at.looks();
    at.put(one, approvalsFile(yes, statement(officer, 'block', bundleSha256(one))));
    await until(() => at.looks() > looks + 2);
    expect(releases.status().blocked).toBeUndefined();
    trust = { ...trust, approvers: [domain.verifies, officer.verifies] };
    await until(() => releases.status().blocked !== undefined);
    expect(releases.status().blocked).toMatch(/fg \(Carla\) blocks it/);
  });

  it('shows a revoked one while the source is down, and beside an offer that is refused', async () => {
    for (const meanwhile of ['down', 'another offer']) {
      let trust = trustIn([release.verifies]);
      const at = shelf();
      at.put(await signed('one', 1));
      const { releases } = await service(at.source, { trustNow: () => trust });
      await releases.start();
      if (meanwhile === 'down') at.fail('nobody answers');
      else at.put(await signed('stranger', 2, releaseKey('other')));
      trust = trustIn([{ ...release.verifies, revoked: true }]);
      await until(() => releases.status().blocked !== undefined);
      expect(releases.status().blocked).toMatch(/key release is revoked/);
      await releases.close();
      await rm(folder, { recursive: true });
    }
  });
});

describe('the last good bundle', () => {
  it('carries service through an outage of the source, also over a restart', async () => {
    const at = shelf();
    at.put(await signed('one', 1));
    const first = await service(at.source);
    await first.releases.start();
    at.fail('nobody answers');
    await until(() => first.releases.status().source !== undefined);
    expect(first.profile()).toEqual(profileIs('one'));
    await first.releases.close();

    const second = await service(at.source);
    await second.releases.start();
    expect(second.profile()).toEqual(profileIs('one'));
    expect(second.releases.status().source?.reason).toBe('nobody answers');
    at.fail(undefined);
    at.put(await signed('two', 2));
    await until(() => second.told.length === 2);
    expect(second.profile()).toEqual(profileIs('two'));
    expect(second.releases.status().source).toBeUndefined();
  });

  it('is taken when what the source has now is refused, and the floor holds after a restart', async () => {
    const at = shelf();
    at.put(await signed('five', 5));
    const first = await service(at.source);
    await first.releases.start();
    await first.releases.close();
    at.put(await signed('four', 4));
    const second = await service(at.source);
    await second.releases.start();
    expect(second.profile()).toEqual(profileIs('five'));
    expect(second.told).toEqual(['refused freshness', 'activated']);
  });

  it('is verified again: by the moment it came into force for validity, and always for revocation', async () => {
    const at = shelf();
    at.put(await signed('one', 1));
    const first = await service(at.source, { now: 5000 });
    await first.releases.start();
    await first.releases.close();
    at.fail('down');
    const expired = trustIn([{ ...release.verifies, validUntil: 6000 }]);
    const second = await service(at.source, { trust: expired, now: 9000 });
    await second.releases.start();
    await second.releases.close();
    const revoked = trustIn([{ ...release.verifies, revoked: true }]);
    const third = await service(at.source, { trust: revoked, now: 9000 });
    await expect(third.releases.start()).rejects.toMatchObject({
      step: 'verify',
      reason: expect.stringMatching(/revoked/),
    });
  });

  it('is not taken when somebody changed it on disk', async () => {
    const at = shelf();
    at.put(await signed('one', 1));
    const first = await service(at.source);
    await first.releases.start();
    await first.releases.close();
    at.fail('down');
    const [file] = (await readdir(folder)).filter((name) => name.endsWith('.tar.gz'));
    await writeFile(join(folder, file ?? ''), await signed('other', 1));
    await expect((await service(at.source)).releases.start()).rejects.toThrow('down');
  });

  it('a memory that cannot be read stops the start, for it would let older bundles in again', async () => {
    const at = shelf();
    at.put(await signed('one', 1));
    const first = await service(at.source);
    await first.releases.start();
    await first.releases.close();
    const state = await readFile(join(folder, 'state.json'), 'utf8');
    for (const damaged of [state.slice(0, -10), '', '{}', state.replace('"sequence": 1', '"sequence": "1"')]) {
      await writeFile(join(folder, 'state.json'), damaged);
      await expect(service(at.source)).rejects.toThrow(/does not hold what was remembered/);
    }
    await rm(join(folder, 'state.json'));
    await expect(service(at.source)).rejects.toThrow(/is gone, and a bundle that was kept is there/);
  });
});

describe('a rollback', () => {
  it('brings back exactly the bundle that it names, once, and stays after a restart', async () => {
    const at = shelf();
    const three = await signed('three', 3);
    const five = await signed('five', 5);
    at.put(five);
    const first = await service(at.source);
    await first.releases.start();
    at.put(three);
    await until(() => first.told.at(-1) === 'refused freshness');
    const back = statement(release, 'rollback', bundleSha256(three), { from_sequence: 5 });
    at.put(three, approvalsFile(back));
    await until(() => first.told.at(-1) === 'rolled_back');
    expect(first.profile()).toEqual(profileIs('three'));
    expect(first.engine.active().identity.release).toMatchObject({ rolled_back: true, sequence: 3 });
    at.put(five);
    await until(() => first.told.at(-1) === 'refused freshness');
    await first.releases.close();

    at.put(three);
    const second = await service(at.source);
    await second.releases.start();
    expect(second.profile()).toEqual(profileIs('three'));
    at.put(await signed('six', 6));
    await until(() => second.told.at(-1) === 'activated' && second.told.length === 2);
    at.put(three, approvalsFile(back));
    await until(() => second.told.at(-1) === 'refused freshness');
    expect(second.profile()).toEqual(profileIs('six'));
  });
});

describe('a disk that fails', () => {
  /** Real files, until the given number of calls; then each fails with this code, as on a full disk. */
  function failingAfter(calls: number, code: string): { files: StoreFiles; heal(): void } {
    let left = calls;
    const guarded =
      <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        left -= 1;
        if (left < 0) throw Object.assign(new Error(code), { code });
        return call(...args);
      };
    const files = {
      ...fs,
      open: guarded(fs.open),
      rename: guarded(fs.rename),
      unlink: guarded(fs.unlink),
    } as StoreFiles;
    return {
      files,
      heal() {
        left = Number.POSITIVE_INFINITY;
      },
    };
  }

  it('refuses the new bundle and keeps the old one, until there is room again', async () => {
    const at = shelf();
    at.put(await signed('one', 1));
    const first = await service(at.source);
    await first.releases.start();
    await first.releases.close();
    const disk = failingAfter(0, 'ENOSPC');
    at.put(await signed('one', 1));
    const second = await service(at.source, { files: disk.files });
    await second.releases.start();
    at.put(await signed('two', 2));
    await until(() => second.told.includes('refused persist'));
    const looks = at.looks();
    await until(() => at.looks() > looks + 5);
    expect(second.told.filter((told) => told === 'refused persist')).toHaveLength(1);
    expect(second.engine.status().refused?.reason).toMatch(/cannot be kept \(the disk is full; make room\)/);
    expect(second.profile()).toEqual(profileIs('one'));
    disk.heal();
    await until(() => second.told.at(-1) === 'activated' && second.told.length > 2);
    expect(second.profile()).toEqual(profileIs('two'));
  });

  it('leaves the old or the new one whole, wherever it stops between two steps', async () => {
    const one = await signed('one', 1);
    const two = await signed('two', 2);
    const seen = new Set<unknown>();
    for (let calls = 0; calls < 12; calls++) {
      await rm(folder, { recursive: true, force: true });
      const at = shelf();
      at.put(one);
      const before = await service(at.source);
      await before.releases.start();
      await before.releases.close();
      at.put(two);
      const store = await openReleaseStore(folder, failingAfter(calls, 'EIO').files);
      await store
        .keep(
          { offer: { bytes: two }, activatedAt: 1 },
          { floor: { sequence: 2, sha256: bundleSha256(two) }, blocks: [] },
        )
        .catch(() => {});
      at.fail('down');
      const after = await service(at.source);
      await after.releases.start();
      const profile = after.profile();
      seen.add(JSON.stringify(profile));
      const { sequence } = after.store.memory().floor;
      expect(profile).toEqual(sequence === 2 ? profileIs('two') : profileIs('one'));
      await after.releases.close();
    }
    expect(seen.size).toBe(2);
  });
});
