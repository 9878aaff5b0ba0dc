import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { sharedBytes } from '../../src/engine/release/shared-bytes.ts';
import { bundleSha256 } from '../../src/engine/trust/trust.ts';
import { turnsDuring } from '../support/waiting.ts';

it.each([0, 1, 2 ** 20, 2 ** 20 + 1, 5 * 2 ** 20 - 1])(
  '%d bytes stay what they were, with their own hash',
  async (size) => {
    const bytes = randomBytes(size);
    const shared = await sharedBytes(bytes);
    expect(shared.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(Buffer.compare(shared, bytes)).toBe(0);
    expect(bundleSha256(shared)).toBe(createHash('sha256').update(bytes).digest('hex'));
  },
);

it('others come to their turn while many bytes are copied and hashed', async () => {
  expect(await turnsDuring(sharedBytes(Buffer.alloc(8 * 2 ** 20)))).toBeGreaterThanOrEqual(6);
});
