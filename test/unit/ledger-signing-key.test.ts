import { createPublicKey } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSigner, createVerifier } from '../../src/ledger/signatures.ts';
import { developmentSigningKey, readSigningKey } from '../../src/ledger/signing-key.ts';
import { TEST_KEY, temporaryFolder } from '../support/ledger-records.ts';

function keyFile(path: string, mode = 0o600): string {
  writeFileSync(path, TEST_KEY, { mode });
  chmodSync(path, mode);
  return path;
}

describe('the key of a ledger', () => {
  it.each([0o640, 0o604, 0o660])('is refused where others can read it (mode %o)', async (mode) => {
    const folder = temporaryFolder();
    const file = keyFile(join(folder, 'key.pem'), mode);
    await expect(readSigningKey(file, join(folder, 'ledger'))).rejects.toThrow(/others can read it/);
  });

  it('is refused where it lies in the ledger folder, also behind a link', async () => {
    const folder = temporaryFolder();
    const ledger = join(folder, 'ledger');
    mkdirSync(ledger);
    const file = keyFile(join(ledger, 'key.pem'));
    symlinkSync(file, join(folder, 'link.pem'));
    for (const path of [file, join(folder, 'link.pem')]) {
      await expect(readSigningKey(path, ledger)).rejects.toThrow(/lies in the ledger folder/);
    }
  });

  it('is accepted beside the ledger folder, whether that is there yet or not', async () => {
    const folder = temporaryFolder();
    const file = keyFile(join(folder, 'ledger.pem'));
    await readSigningKey(file, join(folder, 'ledger'));
    mkdirSync(join(folder, 'ledger'));
    await readSigningKey(file, join(folder, 'ledger'));
  });

  it.each(['', 'no key', '{"kty":"oct","k":"AA"}', '{'])(
    'is refused without repeating it where it is none: %j',
    async (text) => {
      const file = join(temporaryFolder(), 'key');
      writeFileSync(file, text, { mode: 0o600 });
      await expect(readSigningKey(file, '/nowhere')).rejects.toThrow(/is no private key|is Ed25519 or P-256/);
    },
  );

  it('is made once for development, readable for its owner alone, outside the ledger folder', async () => {
    const folder = join(temporaryFolder(), 'ledger');
    const first = await developmentSigningKey(folder);
    const again = await developmentSigningKey(folder);
    expect(again.keyId).toBe(first.keyId);
    const file = join(folder, '..', '.datwat', 'ledger-key.pem');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain('PRIVATE KEY');
  });
});

describe('a signature', () => {
  it('is accepted for what it is about, by its own key, and by a public key or a set', async () => {
    const signer = await createSigner(TEST_KEY);
    const jws = await signer.sign('head', { seq: 1 });
    const publicKey = createPublicKey(TEST_KEY);
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const jwk = publicKey.export({ format: 'jwk' });
    for (const text of [TEST_KEY, pem, JSON.stringify(jwk), JSON.stringify({ keys: [jwk] })]) {
      const verifier = await createVerifier([text]);
      expect(await verifier.verify('head', jws)).toEqual({ seq: 1 });
      expect(await verifier.verify('checkpoint', jws)).toBeUndefined();
      expect(
        await verifier.verify(
          'head',
          jws.replace(/\..*\./, (payload) => payload.replace('e', 'f')),
        ),
      ).toBeUndefined();
      expect(await verifier.verify('head', 'nothing')).toBeUndefined();
    }
  });

  it('is refused without an algorithm, or with another than the key is for', async () => {
    const { keyId, sign } = await createSigner(TEST_KEY);
    const [, payload, signature] = (await sign('head', { seq: 1 })).split('.');
    const verifier = await createVerifier([TEST_KEY]);
    for (const alg of ['none', 'HS256', 'ES256']) {
      const header = Buffer.from(JSON.stringify({ alg, kid: keyId, typ: 'datwat-head+jws' })).toString('base64url');
      expect(await verifier.verify('head', `${header}.${payload}.${signature}`)).toBeUndefined();
    }
  });
});
