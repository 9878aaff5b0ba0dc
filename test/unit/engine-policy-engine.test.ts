import { describe, expect, it } from 'vitest';
import type { Log } from '../../src/decision/ports.ts';
import { BundleRefused } from '../../src/engine/bundle-refused.ts';
import { withOverlay } from '../../src/engine/data-overlay.ts';
import { committedBundle, openBundle } from '../../src/engine/open-bundle.ts';
import { createPolicyEngine } from '../../src/engine/policy-engine.ts';
import { bundleNamed, bundleWith, question } from '../support/bundle-bytes.ts';
import { POLICIES } from '../support/policy-pack.ts';

function engineWithWitness() {
  const seen: string[] = [];
  const log: Log = {
    info: (event) => seen.push(`info ${event}`),
    warn: (event) => seen.push(`warn ${event}`),
    error: (event, _error, fields) => seen.push(`error ${event}: ${fields?.step}`),
  };
  const metrics = {
    policyActivated: (revision: string, at: number) => seen.push(`activated ${revision.length} ${at}`),
    policyRefused: (step: string) => seen.push(`refused ${step}`),
    enginesDiffered: () => seen.push('engines differ'),
  };
  return {
    seen,
    engine: createPolicyEngine({ mode: 'production', engine: 'wasm', log, metrics, clock: { now: () => 1000 } }),
  };
}

describe('the policy in force', () => {
  it('is none before the first activation', () => {
    const { engine } = engineWithWitness();
    expect(() => engine.active()).toThrow(expect.objectContaining({ code: 'no_policy' }));
    expect(engine.status()).toEqual({});
  });

  it('is the bundle that passed every step', async () => {
    const { engine, seen } = engineWithWitness();
    const policy = await engine.activate(() => bundleNamed('alice-reads'));
    expect(engine.active()).toBe(policy);
    expect(engine.status()).toEqual({ active: { revision: policy.identity.revision, since: 1000 } });
    expect(seen).toEqual(['activated 64 1000', 'info bundle activated']);
  });

  it('stays what it was when another bundle fails at any step, and says where and why', async () => {
    const { engine, seen } = engineWithWitness();
    const policy = await engine.activate(() => bundleNamed('alice-reads'));
    const good = await bundleNamed('alice-reads');
    const troubles = await bundleNamed('troubles');
    const bad: [step: string, read: () => Promise<typeof good>][] = [
      ['read', () => Promise.reject(new BundleRefused('read', 'it is gone'))],
      ['manifest', async () => bundleWith(good, { 'data.json': '[' })],
      ['compile', async () => bundleWith(good, { 'policy.wasm': 'no' })],
      ['builtins', () => bundleNamed('needs-clock')],
      ['load', () => Promise.reject(new Error('something unforeseen'))],
    ];
    for (const [step, read] of bad) {
      await expect(engine.activate(read)).rejects.toThrow();
      expect(engine.status().refused).toMatchObject({ step });
      expect(seen.slice(-2)).toEqual([`refused ${step}`, `error bundle refused: ${step}`]);
      expect(engine.active()).toBe(policy);
    }
    const next = await engine.activate(async () => troubles);
    expect(engine.active()).toBe(next);
    expect(engine.status().refused).toBeUndefined();
    expect(policy.decide(question('alice', 'read')).decision).toBe(true);
  });

  it('is never one that says of itself that it is not fit for production', async () => {
    const { engine } = engineWithWitness();
    const pack = await openBundle(committedBundle(POLICIES), { mode: 'development' });
    const unfit = withOverlay(pack, { shorthands: { profile: 'PF-PRAKTIJK' } });
    await expect(engine.activate(async () => unfit)).rejects.toThrow(/examples/);
    expect(engine.status().refused).toMatchObject({ step: 'contract' });
    await engine.activate(async () => pack);
    expect(engine.active().identity.revision).toBe(pack.revision);
  });

  it('is the one that was asked for last, when one is slow to read', async () => {
    const { engine } = engineWithWitness();
    const slow = engine.activate(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return bundleNamed('alice-reads');
    });
    const fast = engine.activate(() => bundleNamed('troubles'));
    await slow;
    expect(engine.active()).toBe(await slow);
    expect(await fast).toBe(engine.active());
  });
});
