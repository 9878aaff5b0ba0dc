import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DatwatError } from '../../src/decision/errors.ts';
import type { Json, PolicyInput } from '../../src/decision/model.ts';
import type { ActivePolicy } from '../../src/decision/ports.ts';
import { withOverlay } from '../../src/engine/data-overlay.ts';
import { loadPolicy } from '../../src/engine/load-policy.ts';
import { bundleNamed, bundleWith, question } from '../support/bundle-bytes.ts';

let troubles: ActivePolicy;
beforeAll(async () => {
  troubles = await loadPolicy(await bundleNamed('troubles'));
});
afterEach(() => vi.restoreAllMocks());

function faultOf(input: PolicyInput, policy = troubles): string {
  try {
    policy.decide(input);
  } catch (failure) {
    expect(failure).toBeInstanceOf(DatwatError);
    expect(failure).toHaveProperty('code', 'policy_error');
    return failure instanceof Error && failure.cause instanceof Error ? failure.cause.message : '';
  }
  throw new Error('this should have failed');
}

describe('a bundle of someone else, with one rule', () => {
  it('is served by its own words', async () => {
    const policy = await loadPolicy(await bundleNamed('alice-reads'));
    expect(policy.decide(question('alice', 'read'))).toEqual({ decision: true });
    expect(policy.decide(question('alice', 'write'))).toEqual({ decision: false });
    expect(policy.decide(question('bob', 'read'))).toEqual({ decision: false });
    expect(policy.offers('authz/decision')).toBe(true);
    expect(policy.offers('authz/search/action')).toBe(false);
  });
});

describe('an answer is believed only when it keeps the contract', () => {
  it('gives decision, context and record', () => {
    expect(troubles.decide(question('alice', 'permit'))).toEqual({ decision: true });
    expect(troubles.decide(question('alice', 'deny'))).toEqual({
      decision: false,
      context: { reason: 'no' },
      record: { step: 2 },
    });
  });

  it.each([
    ['text for a decision', /decision is not a boolean/],
    ['no decision', /decision is not a boolean/],
    ['bare boolean', /is not an object/],
    ['a list', /is not an object/],
    ['list for a context', /context is not an object/],
    ['text for a record', /record is not an object/],
    ['number that no double holds', /a double cannot hold/],
    ['two keys of one text', /two keys have one text/],
    ['conflict', /evaluation failed: .*conflict/],
    ['something that the policy does not know', /is undefined for this input/],
  ])('%s is a policy error', (action, fault) => {
    expect(faultOf(question('alice', action))).toMatch(fault);
  });

  it('a search gives a list of objects or is a policy error', () => {
    expect(troubles.search('authz/search/action', question('alice', ''))).toEqual([{ name: 'read' }, { name: 'list' }]);
    for (const subject of ['text for results', 'texts for results', 'a list', 'nobody']) {
      expect(() => troubles.search('authz/search/action', question(subject, ''))).toThrow(DatwatError);
    }
    expect(() => troubles.search('authz/search/subject', question('alice', ''))).toThrow(DatwatError);
  });

  it('gives the keys of objects in one order, whatever they are called', () => {
    const context = JSON.parse(
      '{"b":1,"a":{"z":[{"y":1,"x":2}],"__proto__":{"q":1}},"é":3,"\u{1f600}":4,"10":5,"9":6}',
    );
    const { context: answered } = troubles.decide(question('alice', 'echo', context));
    expect(JSON.stringify(answered)).toBe(
      '{"9":6,"10":5,"a":{"__proto__":{"q":1},"z":[{"x":2,"y":1}]},"b":1,"é":3,"\u{1f600}":4}',
    );
  });

  it.each<[string, Json]>([
    ['nothing', null],
    ['false', false],
    ['zero', 0],
    ['an empty text', ''],
    ['an empty list', []],
    ['a NUL and other controls', '\u0000\u0001\u001f\u007f\u2028'],
    ['an astral character', '\u{1f600}'],
    ['backslashes before what looks like half a surrogate pair', '\\ud800 \\\\ud800'],
    ['fractions and exponents', [0.1, 1e21, -1.5e-7, 9007199254740991]],
    ['a text of many digits', '12345678901234567890'],
  ])('hands %s in and out unchanged', (_, value) => {
    expect(troubles.decide(question('alice', 'echo', { value })).context).toEqual({ value });
  });

  it('writes nothing to the console', () => {
    const written = (['log', 'error', 'warn', 'info'] as const).map((method) => vi.spyOn(console, method));
    troubles.decide(question('alice', 'permit'));
    faultOf(question('alice', 'conflict'));
    for (const spy of written) expect(spy).not.toHaveBeenCalled();
  });
});

describe('input that Wasm cannot bear is refused before it gets there', () => {
  it('half a surrogate pair', () => {
    for (const half of ['\ud800', '\udfff', 'a\\\ud800', '\ud83d \ude00']) {
      expect(faultOf(question('alice', 'echo', { half }))).toMatch(/surrogate/);
      expect(faultOf(question('alice', 'echo', { [half]: 1 }))).toMatch(/surrogate/);
    }
  });

  it('deep nesting', () => {
    const nested = (levels: number): Json => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
    expect(troubles.decide(question('alice', 'echo', { deep: nested(190) })).decision).toBe(true);
    expect(faultOf(question('alice', 'echo', { deep: nested(300) }))).toMatch(/deeper than/);
  });
});

describe('a large input', () => {
  it('finds room in memory', () => {
    const list = Array.from({ length: 20_000 }, (_, index) => ({ id: `item-${index}`, text: 'é'.repeat(20) }));
    expect(troubles.decide(question('alice', 'echo', { list })).context).toEqual({ list });
    expect(troubles.decide(question('alice', 'permit')).decision).toBe(true);
  });
});

describe('a module is refused before it decides anything', () => {
  it('when it needs builtins that are not there, which are named', async () => {
    await expect(loadPolicy(await bundleNamed('needs-clock'))).rejects.toMatchObject({
      step: 'builtins',
      reason: expect.stringMatching(/time\.now_ns, uuid\.rfc4122/),
    });
  });

  it('when it is no module, or not one of opa', async () => {
    const bundle = await bundleNamed('alice-reads');
    const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    for (const [wasm, reason] of [
      ['not wasm', /does not compile/],
      [empty, /not made by opa build/],
    ] as const) {
      await expect(loadPolicy(bundleWith(bundle, { 'policy.wasm': wasm }))).rejects.toMatchObject({
        step: 'compile',
        reason: expect.stringMatching(reason),
      });
    }
  });
});

describe('data under a policy', () => {
  it('are those of the bundle, or what is laid over them', async () => {
    expect(troubles.decide(question('alice', 'settings')).context).toEqual({
      data: { profile: 'strict', limits: { narrow: 2, wide: 1 } },
    });
    const laid = withOverlay(await bundleNamed('troubles'), { data: { settings: { profile: 'wide' } } });
    const policy = await loadPolicy(laid);
    expect(policy.decide(question('alice', 'settings')).context).toEqual({
      data: { profile: 'wide', limits: { narrow: 2, wide: 1 } },
    });
    expect(policy.identity.revision).not.toBe(troubles.identity.revision);
    expect(policy.identity.wasmSha256).toBe(troubles.identity.wasmSha256);
    expect(policy.identity.dataSha256).not.toBe(troubles.identity.dataSha256);
  });

  it('are laid under the policy in a time that grows with their size and not with its square', async () => {
    const bundle = await bundleNamed('troubles');
    const cells = Object.fromEntries(
      Array.from({ length: 100_000 }, (_, index) => [
        `cell-${index}`,
        { level: 'wat', fields: ['a', 'b'], owner: 'team' },
      ]),
    );
    const policy = await loadPolicy(withOverlay(bundle, { data: { settings: { profile: 'large' }, cells } }));
    expect(policy.decide(question('alice', 'settings')).context).toHaveProperty('data.profile', 'large');
  }, 10_000);
});
