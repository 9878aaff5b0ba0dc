import { describe, expect, it, vi } from 'vitest';
import { DatwatError } from '../../src/decision/errors.ts';
import { createActivePolicy } from '../../src/engine/active-policy.ts';
import type { Evaluator } from '../../src/engine/evaluator.ts';
import { chooseEvaluator, type EngineChoice, loadEngines } from '../../src/engine/load-engines.ts';
import { createBothEngines, createSpotCheckedEngine, EnginesDisagree } from '../../src/engine/plan/both-engines.ts';
import { bundleNamed, bundleWith, question } from '../support/bundle-bytes.ts';
import { openPack } from '../support/policy-pack.ts';

const ENTRYPOINT = 'authz/decision';

function engine(name: string, evaluate: (input: object) => unknown): Evaluator {
  return { engine: name, entrypoints: new Set([ENTRYPOINT]), evaluate: (_, input) => evaluate(input) };
}

const permit = engine('plan', () => ({ decision: true, context: { b: 1, a: [1] } }));
const permitOtherwiseWritten = engine('wasm', () => ({ context: { a: [1], b: 1 }, decision: true }));
const deny = engine('wasm', () => ({ decision: false }));
const silent = engine('wasm', () => undefined);
const broken = engine('wasm', () => {
  throw new Error('memory access out of bounds');
});

describe('both engines', () => {
  it('answer where they agree, whatever the order of their keys', () => {
    const differed = vi.fn();
    const both = createBothEngines(permit, permitOtherwiseWritten, differed);
    expect(both.evaluate(ENTRYPOINT, {})).toEqual({ decision: true, context: { a: [1], b: 1 } });
    expect(both.engine).toBe('both');
    expect(differed).not.toHaveBeenCalled();
  });

  it.each([
    ['one permits and one denies', deny, { value: { decision: false } }],
    ['one says nothing', silent, {}],
    ['one fails', broken, { failed: 'memory access out of bounds' }],
  ])('answer nothing where %s, and the ledger gets both outcomes', (_, wasm, found) => {
    const differed = vi.fn();
    const policy = createActivePolicy(
      { revision: 'r', wasmSha256: 'w', dataSha256: 'd', engine: 'both' },
      createBothEngines(permit, wasm, differed),
    );
    let failure: unknown;
    try {
      policy.decide(question('alice', 'read'));
    } catch (thrown) {
      failure = thrown;
    }
    expect(failure).toBeInstanceOf(DatwatError);
    expect(failure).toMatchObject({
      code: 'policy_error',
      evidence: { engines: { plan: { value: { decision: true } }, wasm: found } },
    });
    expect(differed).toHaveBeenCalledExactlyOnceWith(expect.any(EnginesDisagree));
  });

  it('fail where both fail, and that is no disagreement', () => {
    const differed = vi.fn();
    expect(() => createBothEngines(broken, broken, differed).evaluate(ENTRYPOINT, {})).toThrow('out of bounds');
    expect(differed).not.toHaveBeenCalled();
  });
});

describe('the spot-checked engine', () => {
  it('answers at once and has one in so many answers checked later', () => {
    const tasks: (() => void)[] = [];
    const differed = vi.fn();
    const checked = createSpotCheckedEngine(permit, deny, { every: 3, later: (task) => tasks.push(task), differed });
    for (let i = 0; i < 7; i++) expect(checked.evaluate(ENTRYPOINT, {})).toMatchObject({ decision: true });
    expect(tasks).toHaveLength(2);
    expect(differed).not.toHaveBeenCalled();
    for (const task of tasks) task();
    expect(differed).toHaveBeenCalledTimes(2);
  });
});

describe('the engine of a bundle', async () => {
  const pack = await openPack();
  const choose = async (bundle: typeof pack, choice: EngineChoice, wasmAlone = vi.fn()) => {
    const loaded = await loadEngines(bundle);
    const options = { engine: choice, wasmAlone, differed: vi.fn() };
    return { wasmAlone, evaluator: chooseEvaluator(loaded, options) };
  };

  it.each<EngineChoice>(['plan', 'wasm', 'both'])('is %s where that is asked for', async (choice) => {
    expect((await choose(pack, choice)).evaluator.engine).toBe(choice);
  });

  it('is the Wasm where there is no plan, and that is said', async () => {
    const { evaluator, wasmAlone } = await choose(await bundleNamed('alice-reads'), 'plan');
    expect(evaluator.engine).toBe('wasm');
    expect(wasmAlone).toHaveBeenCalledExactlyOnceWith('the bundle carries no plan.json');
  });

  it('is refused where both are asked for and there is no plan', async () => {
    await expect(choose(await bundleNamed('alice-reads'), 'both')).rejects.toMatchObject({ step: 'plan' });
  });

  it('is the Wasm where the plan does not keep its schema', async () => {
    const { evaluator, wasmAlone } = await choose(bundleWith(pack, { 'plan.json': '{"static":{}}' }), 'plan');
    expect(evaluator.engine).toBe('wasm');
    expect(wasmAlone).toHaveBeenCalledWith(expect.stringContaining('misses plans'));
  });
});
