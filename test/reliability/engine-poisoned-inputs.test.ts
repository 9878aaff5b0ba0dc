import { createRequire } from 'node:module';
import type * as OpaWasm from '@open-policy-agent/opa-wasm';
import { describe, expect, it, vi } from 'vitest';
import { loadPolicy } from '../../src/engine/load-policy.ts';
import { createWasmEvaluator, loadWasm } from '../../src/engine/wasm-policy.ts';
import { bundleNamed, question } from '../support/bundle-bytes.ts';

const FAILURES = 5_000;
const DEEP = JSON.parse(`${'['.repeat(150)}${']'.repeat(150)}`);

describe('evaluations that fail', () => {
  it('do harm the next ones, where an instance is used again: the danger is real', async () => {
    const opa: typeof OpaWasm = createRequire(import.meta.url)('@open-policy-agent/opa-wasm');
    const { wasm } = await bundleNamed('troubles');
    const instance = opa.loadPolicySync(Uint8Array.from(wasm));
    const permitted = () => instance.evaluate(question('alice', 'permit'), 'authz/decision');
    expect(permitted()).toEqual([{ result: { decision: true } }]);
    for (let count = 0; count < FAILURES; count++) {
      expect(() => instance.evaluate(question('alice', 'conflict'), 'authz/decision')).toThrow();
    }
    expect(permitted).toThrow(/out of bounds/);
  });

  it('do no harm to the next ones here, however many there were', async () => {
    const policy = await loadPolicy(await bundleNamed('troubles'));
    const poison = [
      question('alice', 'conflict'),
      question('alice', 'bare boolean'),
      question('alice', 'unknown'),
      question('alice', 'echo', { half: '\ud800' }),
      question('alice', 'echo', { deep: DEEP, too: [DEEP], half: '\udfff' }),
    ];
    for (let count = 0; count < FAILURES; count++) {
      expect(() => policy.decide(poison[count % poison.length] ?? question('', ''))).toThrow('could not be evaluated');
    }
    expect(policy.decide(question('alice', 'permit'))).toEqual({ decision: true });
    expect(policy.decide(question('alice', 'settings')).context).toHaveProperty('data.profile', 'strict');
  });
});

describe('evaluations by the Wasm', () => {
  it('leave nothing in its memory on which the next one could depend', async () => {
    const { wasm, dataText } = await bundleNamed('troubles');
    const loaded = await loadWasm(wasm, dataText);
    const memories = vi.spyOn(WebAssembly, 'Memory');
    const evaluator = createWasmEvaluator(loaded);
    const memory = memories.mock.results.at(-1)?.value;
    memories.mockRestore();
    expect(memory).toBeInstanceOf(WebAssembly.Memory);
    const secret = question('alice', 'echo', { secret: 'what nobody else may see' });
    expect(JSON.stringify(evaluator.evaluate('authz/decision', secret))).toContain('what nobody else may see');
    const beyondData = Buffer.from(memory.buffer).subarray(loaded.heapPointer);
    expect(beyondData.length).toBeGreaterThan(0);
    expect(beyondData.findIndex((byte) => byte !== 0)).toBe(-1);
  });
});
