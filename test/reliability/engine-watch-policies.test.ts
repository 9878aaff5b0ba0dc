import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readYaml } from '../../src/cli/read-yaml.ts';
import { isObject } from '../../src/decision/model.ts';
import { createPolicyEngine } from '../../src/engine/policy-engine.ts';
import { findOpa } from '../../src/engine/toolchain.ts';
import { type PolicyChange, type PolicyWatch, watchPolicies } from '../../src/engine/watch-policies.ts';
import { noLog } from '../../src/observability/unwatched.ts';
import { bundleNamed, question } from '../support/bundle-bytes.ts';

const TROUBLES = join(import.meta.dirname, '../support/bundles/troubles/policies');
const TOOLCHAIN = join(import.meta.dirname, '../../policies/toolchain');
const opa = await findOpa(join(TOOLCHAIN, '..')).catch(() => undefined);

const engine = () =>
  createPolicyEngine({
    engine: 'plan',
    mode: 'development',
    log: noLog,
    metrics: { policyActivated: () => {}, policyRefused: () => {}, enginesDiffered: () => {} },
    clock: { now: () => 0 },
  });

let policies: string;
let watching: PolicyWatch;
let served: ReturnType<typeof engine>;
let changes: PolicyChange[];
let heard: () => void;
const settings = () => served.active().decide(question('alice', 'settings')).context;

/** Saves something, and waits until the watcher has said what came of it. */
async function changeAfter(save: () => Promise<unknown>): Promise<PolicyChange | undefined> {
  const told = new Promise<void>((resolve) => {
    heard = resolve;
  });
  await save();
  await told;
  return changes.at(-1);
}

beforeEach(async () => {
  policies = join(await mkdtemp(join(tmpdir(), 'datwat-watch-')), 'policies');
  await cp(TROUBLES, policies, { recursive: true });
  await cp(TOOLCHAIN, join(policies, 'toolchain'), { recursive: true });
  changes = [];
  heard = () => {};
  served = engine();
  const bundle = await bundleNamed('troubles');
  await served.activate(async () => bundle);
  watching = await watchPolicies({
    policies,
    engine: served,
    bundle,
    log: noLog,
    readData: async () => {
      try {
        const { value } = readYaml(await readFile(join(policies, 'settings/data.yaml'), 'utf8'), 'settings/data.yaml');
        return { document: isObject(value) ? { settings: value } : {}, problems: [] };
      } catch (failure) {
        return { document: {}, problems: [failure instanceof Error ? failure.message : ''] };
      }
    },
    report: (change) => {
      changes.push(change);
      heard();
    },
  });
});
afterEach(async () => {
  await watching.close();
  await rm(join(policies, '..'), { recursive: true });
});

describe('a saved change in the policies', () => {
  it('data are in force at once, without a compiler', async () => {
    const change = await changeAfter(() => writeFile(join(policies, 'settings/data.yaml'), 'profile: wide\n'));
    expect(change).toEqual({ kind: 'data', files: ['settings/data.yaml'], outcome: 'activated' });
    expect(settings()).toEqual({ data: { profile: 'wide' } });
  });

  it('data that come back to what was built have the revision of the build', async () => {
    const built = served.active().identity.revision;
    const file = join(policies, 'settings/data.yaml');
    const original = await readFile(file, 'utf8');
    await changeAfter(() => writeFile(file, `${original}note: '<a> & b'\n`));
    expect(served.active().identity.revision).not.toBe(built);
    await changeAfter(() => writeFile(file, original));
    expect(served.active().identity.revision).toBe(built);
  });

  it('data saved by renaming are seen as well, again and again', async () => {
    for (const profile of ['one', 'two', 'three']) {
      await changeAfter(async () => {
        await writeFile(join(policies, 'settings/.data.yaml.swp'), `profile: ${profile}\n`);
        await rename(join(policies, 'settings/.data.yaml.swp'), join(policies, 'settings/data.yaml'));
      });
      expect(settings()).toEqual({ data: { profile } });
    }
    expect(changes).toHaveLength(3);
  });

  it('data that cannot be read change nothing, and are named by file and line', async () => {
    const change = await changeAfter(() => writeFile(join(policies, 'settings/data.yaml'), 'profile: a\nprofile: b\n'));
    expect(change).toMatchObject({ kind: 'data', outcome: 'refused', reason: expect.stringMatching(/data\.yaml:2/) });
    expect(settings()).toHaveProperty('data.profile', 'strict');
    await changeAfter(() => writeFile(join(policies, 'settings/data.yaml'), 'profile: mended\n'));
    expect(settings()).toHaveProperty('data.profile', 'mended');
  });

  it('cases are only noted', async () => {
    const change = await changeAfter(async () => {
      await cp(join(policies, 'settings'), join(policies, 'cases'), { recursive: true });
      await writeFile(join(policies, 'authz/decision_test.rego'), 'package authz_test\n');
    });
    expect(change).toEqual({ kind: 'cases', files: ['cases/data.yaml'], outcome: 'noted' });
  });

  it.skipIf(opa === undefined)('rules are built anew (left out without the pinned opa)', async () => {
    const file = join(policies, 'authz/decision.rego');
    const rules = await readFile(file, 'utf8');
    const change = await changeAfter(() => writeFile(file, rules.replace('"reason": "no"', '"reason": "never"')));
    expect(change).toEqual({ kind: 'rules', files: ['authz/decision.rego'], outcome: 'activated' });
    expect(served.active().decide(question('alice', 'deny')).context).toEqual({ reason: 'never' });
    const broken = await changeAfter(() => writeFile(file, rules.replace('package', 'pakket')));
    expect(broken).toMatchObject({ outcome: 'refused', reason: expect.stringMatching(/decision\.rego:\d/) });
    expect(served.active().decide(question('alice', 'deny')).context).toEqual({ reason: 'never' });
    await changeAfter(() => writeFile(join(policies, 'settings/data.yaml'), 'profile: kept\n'));
    expect(settings()).toHaveProperty('data.profile', 'kept');
  });

  it('rules without the compiler change nothing, and one line says what is needed', async () => {
    const { PATH, OPA } = process.env;
    process.env.PATH = '/nowhere';
    process.env.OPA = '';
    try {
      const change = await changeAfter(() => writeFile(join(policies, 'authz/decision.rego'), 'package authz\n'));
      expect(change).toMatchObject({
        kind: 'rules',
        outcome: 'refused',
        reason: expect.stringMatching(/needs opa 1\.20\.1/),
      });
      expect(served.active().decide(question('alice', 'permit')).decision).toBe(true);
    } finally {
      process.env.PATH = PATH;
      if (OPA === undefined) delete process.env.OPA;
      else process.env.OPA = OPA;
    }
  });
});
