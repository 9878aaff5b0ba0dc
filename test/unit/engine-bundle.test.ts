import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { revisionOf, withDataText } from '../../src/engine/bundle.ts';
import { shorthandsOf, withOverlay } from '../../src/engine/data-overlay.ts';
import { readBundle } from '../../src/engine/read-bundle.ts';
import { bundleBytes, bundleNamed, bundleWith } from '../support/bundle-bytes.ts';

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');
const refusal = (step: string, reason: RegExp) =>
  expect.objectContaining({ step, reason: expect.stringMatching(reason) });

describe('a bundle', () => {
  it('is identified by its file list and nothing else', () => {
    const files = new Map([
      ['b', Buffer.from('2')],
      ['a', Buffer.from('1')],
    ]);
    expect(revisionOf(files)).toBe(
      sha256(
        JSON.stringify([
          ['a', sha256('1')],
          ['b', sha256('2')],
        ]),
      ),
    );
    expect(revisionOf(new Map([...files].reverse()))).toBe(revisionOf(files));
    expect(revisionOf(new Map([...files, ['.signatures.json', Buffer.from('{}')]]))).toBe(revisionOf(files));
    expect(revisionOf(new Map([...files, ['c', Buffer.from('')]]))).not.toBe(revisionOf(files));
  });

  it('is read only when it has the SHA-256 that is pinned', async () => {
    const bytes = bundleBytes('alice-reads');
    await expect(readBundle(bytes, { sha256: sha256(bytes) })).resolves.toHaveProperty('revision');
    await expect(readBundle(bytes, { sha256: sha256('other') })).rejects.toEqual(refusal('verify', /pins/));
  });

  it('puts the data of folders at their paths', async () => {
    const bundle = bundleWith(await bundleNamed('alice-reads'), {
      'data.json': '{"a":{"x":1}}',
      'a/b/data.json': '{"y":2}',
      '__proto__/data.json': '{"z":3}',
    });
    expect(bundle.dataText).toBe('{"__proto__":{"z":3},"a":{"b":{"y":2},"x":1}}');
  });

  it.each([
    ['no module', { 'policy.wasm': undefined }, /holds no policy.wasm/],
    ['data that say a key twice', { 'data.json': '{"a":1,"a":2}' }, /occurs twice/],
    ['data that are no JSON', { 'data.json': '{"a":' }, /not strict JSON/],
    ['data that are no object', { 'data.json': '[]' }, /does not hold an object/],
    ['data that are not UTF-8', { 'data.json': new Uint8Array([0x22, 0xff, 0x22]) }, /not UTF-8/],
    ['two files that say the same', { 'data.json': '{"a":{"b":1}}', 'a/data.json': '{"b":2}' }, /says again/],
    ['a folder under a value', { 'data.json': '{"a":1}', 'a/data.json': '{"b":2}' }, /lies under a value|says again/],
    ['a manifest that says a key twice', { '.manifest': '{"roots":[""],"roots":[]}' }, /occurs twice/],
    ['YAML, which only opa build reads', { 'a/data.yaml': 'a: 1' }, /opa build turns it into data.json/],
    [
      'two modules',
      { '.manifest': '{"wasm":[{"module":"/a.wasm"},{"module":"/b.wasm"}]}' },
      /more than one Wasm module/,
    ],
  ])('is refused with %s', async (_, changes, reason) => {
    const bundle = await bundleNamed('alice-reads');
    expect(() => bundleWith(bundle, changes)).toThrow(refusal('manifest', reason));
  });
});

describe('other data under the same policy', () => {
  it('makes another revision, and the same one for the same data', async () => {
    const bundle = await bundleNamed('troubles');
    const changed = withDataText(bundle, '{"settings":{}}');
    expect(changed.revision).not.toBe(bundle.revision);
    expect(withDataText(bundle, bundle.dataText).revision).toBe(bundle.revision);
  });

  it('merges objects and replaces everything else, at the place that the manifest names', async () => {
    const manifest = {
      metadata: { datwat: { case_overlays: { profile: '/settings/profile', 'a~b': '/settings/a~0b' } } },
    };
    const bundle = bundleWith(await bundleNamed('troubles'), {
      '.manifest': JSON.stringify(manifest),
      'data.json': '{"settings":{"profile":"strict","limits":{"wide":1,"narrow":2},"list":[1,2]}}',
    });
    expect(shorthandsOf(bundle)).toEqual(['profile', 'a~b']);
    const laid = withOverlay(bundle, {
      data: JSON.parse('{"settings":{"limits":{"narrow":3},"list":[9],"__proto__":{"x":1}}}'),
      shorthands: { profile: 'practice', 'a~b': true },
    });
    expect(laid.dataText).toBe(
      '{"settings":{"__proto__":{"x":1},"a~b":true,"limits":{"narrow":3,"wide":1},"list":[9],"profile":"practice"}}',
    );
    expect(() => withOverlay(bundle, { shorthands: { wams: true } })).toThrow(/names no place in the data for wams/);
  });
});
