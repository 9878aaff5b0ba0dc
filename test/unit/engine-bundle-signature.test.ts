import { createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSigningKey } from '../../src/cli/signing-key.ts';
import { type Files, unpackArchive } from '../../src/engine/archive.ts';
import { signFiles, verifySignature } from '../../src/engine/trust/bundle-signature.ts';
import { ALGORITHMS, type Algorithm, signJws } from '../../src/engine/trust/jws.ts';
import { readTrust } from '../../src/engine/trust/read-trust.ts';
import { signingKey, type TrustedKey, verificationKey } from '../../src/engine/trust/trusted-key.ts';
import { trustIn } from '../support/release-keys.ts';

const SIGNED = join(import.meta.dirname, '../support/bundles/signed');
const SECRET = Buffer.from('a secret of enough bytes');
const NOW = Date.parse('2026-11-24T09:00:00Z');

const content = (name: string) => readFileSync(join(SIGNED, name));
const text = (name: string) => content(name).toString('utf8');
const signedByOpa = (name: string) => unpackArchive(readFileSync(join(SIGNED, `${name}.tar.gz`)));

function keyFor(algorithm: Algorithm, id = 'default'): TrustedKey {
  const file = algorithm.startsWith('ES') ? `${algorithm.toLowerCase()}.pub.pem` : 'rsa.pub.pem';
  return { id, algorithm, key: verificationKey(algorithm, algorithm.startsWith('HS') ? SECRET : content(file)) };
}

function refusedFor(files: Files, keys: readonly TrustedKey[], at = NOW): string {
  try {
    verifySignature(files, keys, at);
  } catch (failure) {
    expect(failure).toMatchObject({ name: 'BundleRefused', step: 'verify' });
    return failure instanceof Error ? failure.message : '';
  }
  throw new Error('this should have been refused');
}

describe('bundles that the real opa signed', () => {
  it.each(ALGORITHMS)('verify by %s', async (algorithm) => {
    const { keyId, claims } = verifySignature(await signedByOpa(algorithm), [keyFor(algorithm)], NOW);
    expect(keyId).toBe('default');
    expect(claims).toEqual({ keyid: 'default' });
  });

  it('verify with data in every odd spelling, other files, claims and a scope, and without the id of a key', async () => {
    const key = { ...keyFor('ES256', 'release-2026'), scope: 'write' };
    const { keyId, claims } = verifySignature(await signedByOpa('odd-ES256'), [keyFor('RS256', 'older'), key], NOW);
    expect(keyId).toBe('release-2026');
    expect(claims).toEqual({ sequence: 7, iat: 1700000000, iss: 'team', scope: 'write' });
  });

  it('verify by a certificate as well, and by a key of any name where opa wrote "default"', async () => {
    const key = verificationKey('RS256', content('rsa.cert.pem'));
    expect(verifySignature(await signedByOpa('RS256'), [{ id: 'mine', algorithm: 'RS256', key }], NOW).keyId).toBe(
      'mine',
    );
  });

  it('verify by a secret that is no text and ends its line, as opa reads it', async () => {
    const files = await signedByOpa('odd-HS256');
    const file = join(SIGNED, 'odd-hs256.secret');
    const { keys } = await readTrust({
      ...trustIn([]),
      approvers: [],
      keys: [{ id: 'shared', algorithm: 'HS256', file }],
    });
    expect(verifySignature(files, keys, NOW).keyId).toBe('shared');
    const read = await readSigningKey({ key: file, keyId: 'shared', algorithm: 'HS256' });
    expect(keys[0]?.key.equals(read.key)).toBe(true);
  });

  it.each(ALGORITHMS)('do not verify by another algorithm than the key has (%s)', async (algorithm) => {
    const files = await signedByOpa(algorithm);
    const others = ALGORITHMS.filter((other) => other !== algorithm);
    for (const other of others) refusedFor(files, [keyFor(other)]);
    expect(
      refusedFor(
        files,
        others.map((other) => keyFor(other, other)),
      ),
    ).toMatch(/not one of a trusted key/);
  });

  it('do not verify by a key that is revoked, too early or too late', async () => {
    const files = await signedByOpa('ES256');
    const key = keyFor('ES256');
    expect(refusedFor(files, [{ ...key, revoked: true }])).toMatch(/revoked/);
    expect(refusedFor(files, [{ ...key, validFrom: NOW + 1 }])).toMatch(/not valid yet/);
    expect(refusedFor(files, [{ ...key, validUntil: NOW - 1 }])).toMatch(/not valid any more/);
    expect(verifySignature(files, [{ ...key, validFrom: NOW, validUntil: NOW }], NOW).keyId).toBe('default');
  });

  it('do not verify for another scope', async () => {
    const key = keyFor('ES256');
    const odd = await signedByOpa('odd-ES256');
    for (const scope of [undefined, '', 'Write', 'read']) {
      expect(refusedFor(odd, [{ ...key, ...(scope === undefined ? {} : { scope }) }])).toMatch(/scope/);
    }
    expect(refusedFor(await signedByOpa('ES256'), [{ ...key, scope: 'write' }])).toMatch(/scope/);
  });
});

describe('a bundle that was tampered with', () => {
  const encoder = new TextEncoder();
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const release: TrustedKey = { id: 'release', algorithm: 'RS256', key: privateKey };
  const trusted: TrustedKey = { ...release, key: publicKey };
  const pem = String(publicKey.export({ type: 'spki', format: 'pem' }));
  const original = new Map([
    ['data.json', encoder.encode('{"a": 1.0, "b": [1,2]}')],
    ['policy.wasm', new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])],
    ['.manifest', encoder.encode('{"roots":[""]}')],
    ['cases/a.yaml', encoder.encode('id: A\n')],
  ]);
  let token: string;
  let signed: Map<string, Uint8Array>;

  beforeAll(() => {
    const signatures = signFiles(original, { sequence: 3 }, release);
    token = JSON.parse(signatures).signatures[0];
    signed = new Map([...original, ['.signatures.json', encoder.encode(signatures)]]);
  });

  const withToken = (other: unknown) => withSignatures({ signatures: [other] });
  const withSignatures = (document: unknown) => withFile('.signatures.json', JSON.stringify(document));
  const withFile = (name: string, content: string | Uint8Array) =>
    new Map([...signed, [name, typeof content === 'string' ? encoder.encode(content) : content]]);
  const payload = () => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  const part = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const signedAgain = (changes: object, key: KeyObject = privateKey, algorithm: Algorithm = 'RS256', id = 'release') =>
    signJws({ ...payload(), ...changes }, algorithm, key, id);
  const listWith = (change: (file: { name: string; hash: string; algorithm: string }) => unknown) =>
    signedAgain({ files: payload().files.map(change) });

  it('verifies as long as nobody did', () => {
    expect(verifySignature(signed, [trusted], NOW)).toEqual({
      keyId: 'release',
      claims: { keyid: 'release', sequence: 3 },
    });
    expect(verifySignature(withFile('data.json', '{"b":[1, 2],\n "a":1.0}'), [trusted], NOW).keyId).toBe('release');
  });

  const tampered: [what: string, files: () => Files, reason: RegExp][] = [
    [
      'a byte of the module is flipped',
      () => withFile('policy.wasm', new Uint8Array([0, 97, 115, 109, 1, 0, 0, 1])),
      /not what was signed/,
    ],
    ['a number is spelled otherwise', () => withFile('data.json', '{"a": 1, "b": [1,2]}'), /not what was signed/],
    ['a list is in another order', () => withFile('data.json', '{"a": 1.0, "b": [2,1]}'), /not what was signed/],
    [
      'a key is added to the data',
      () => withFile('data.json', '{"a": 1.0, "b": [1,2], "c": 3}'),
      /not what was signed/,
    ],
    ['a key is written twice', () => withFile('data.json', '{"a": 2, "a": 1.0, "b": [1,2]}'), /occurs twice/],
    ['the manifest is changed', () => withFile('.manifest', '{"roots":["x"]}'), /not what was signed/],
    ['a case is changed by a space', () => withFile('cases/a.yaml', 'id: A \n'), /not what was signed/],
    ['a file is added', () => withFile('extra.rego', 'package x'), /is not in its signature/],
    [
      'a file is dropped',
      () => new Map([...signed].filter(([name]) => name !== 'cases/a.yaml')),
      /signed, but not there/,
    ],
    [
      'a file is renamed',
      () => new Map([...signed].map(([name, content]) => [name === 'cases/a.yaml' ? 'cases/b.yaml' : name, content])),
      /not in its signature/,
    ],
    ['two files are exchanged', () => withFile('cases/a.yaml', '{"roots":[""]}'), /not what was signed/],
    ['the signature is gone', () => original, /not signed/],
    ['there are two signatures', () => withSignatures({ signatures: [token, token] }), /exactly one signature/],
    ['there is no signature in the list', () => withSignatures({ signatures: [] }), /exactly one signature/],
    ['the signature is no text', () => withToken({ token }), /not a text/],
    ['there is a second file of signatures', () => withFile('sub/.signatures.json', '{}'), /second file of signatures/],
    ['the signature asks for a plugin', () => withSignatures({ signatures: [token], plugin: 'mine' }), /plugin/],
    [
      'the file of signatures says a key twice',
      () => withFile('.signatures.json', `{"signatures":[],"signatures":["${token}"]}`),
      /occurs twice/,
    ],
    ['the file of signatures is cut off', () => withFile('.signatures.json', '{"signatures":["'), /cannot be read/],
    [
      'a byte of the signature is flipped',
      () => withToken(`${token.slice(0, -8)}AAAAAAAA`),
      /not one of a trusted key/,
    ],
    ['the signature is empty', () => withToken(token.replace(/[^.]*$/, '')), /not one of a trusted key/],
    ['the signature is spelled with padding', () => withToken(`${token}==`), /plain base64url/],
    [
      'the payload is changed',
      () =>
        withToken(
          token
            .split('.')
            .with(1, part({ ...payload(), sequence: 9 }))
            .join('.'),
        ),
      /not one of a trusted key/,
    ],
    [
      'the algorithm is none',
      () => withToken(`${part({ alg: 'none', kid: 'release' })}.${token.split('.')[1]}.`),
      /not one of a trusted key/,
    ],
    [
      'the algorithm is none and the signature stays',
      () =>
        withToken(
          token
            .split('.')
            .with(0, part({ alg: 'none' }))
            .join('.'),
        ),
      /not one of a trusted key/,
    ],
    [
      'the public key is used as a secret',
      () => withToken(signedAgain({}, verificationKeyAsSecret(), 'HS256')),
      /not one of a trusted key/,
    ],
    [
      'another algorithm of the same key is used',
      () => withToken(signedAgain({}, privateKey, 'PS256')),
      /not one of a trusted key/,
    ],
    [
      'a longer hash of the same key is used',
      () => withToken(signedAgain({}, privateKey, 'RS512')),
      /not one of a trusted key/,
    ],
    [
      'another key signed under the same name',
      () => withToken(signedAgain({}, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)),
      /not one of a trusted key/,
    ],
    [
      'a key that nobody trusts signed under its own name',
      () => withToken(signedAgain({}, privateKey, 'RS256', 'intruder')),
      /"intruder", which is not trusted/,
    ],
    [
      'the header asks for an extension',
      () =>
        withToken(
          token
            .split('.')
            .with(0, part({ alg: 'RS256', crit: ['b64'], b64: false }))
            .join('.'),
        ),
      /extension/,
    ],
    [
      'the header names the algorithm twice',
      () => withToken(token.split('.').with(0, part('{"alg":"none","alg":"RS256"}')).join('.')),
      /occurs twice/,
    ],
    ['the token has a fourth part', () => withToken(`${token}.x`), /three parts/],
    ['a signed hash is weak', () => withToken(listWith((file) => ({ ...file, algorithm: 'MD5' }))), /too weak/],
    [
      'a signed hash has a name of JavaScript itself',
      () => withToken(listWith((file) => ({ ...file, algorithm: 'constructor' }))),
      /unknown/,
    ],
    ['a signed hash is SHA-1', () => withToken(listWith((file) => ({ ...file, algorithm: 'SHA-1' }))), /too weak/],
    [
      'a signed file has no algorithm',
      () => withToken(listWith(({ name, hash }) => ({ name, hash }))),
      /without name, hash and algorithm/,
    ],
    [
      'a file is signed twice',
      () => withToken(signedAgain({ files: [...payload().files, payload().files[0]] })),
      /lists .* twice/,
    ],
    ['no files are signed', () => withToken(signedAgain({ files: [] })), /not in its signature/],
    ['the list of files is no list', () => withToken(signedAgain({ files: {} })), /lists no files/],
    [
      'the signature signs itself',
      () =>
        withToken(
          signedAgain({ files: [...payload().files, { name: '.signatures.json', hash: '00', algorithm: 'SHA-256' }] }),
        ),
      /signed, but not there/,
    ],
    ['it is signed for a scope', () => withToken(signedAgain({ scope: 'write' })), /another scope/],
  ];
  const verificationKeyAsSecret = () => createSecretKey(pem, 'utf8');

  it.each(tampered)('is refused when %s', (_, files, reason) => {
    expect(refusedFor(files(), [trusted])).toMatch(reason);
  });

  it('is refused when nobody is trusted', () => {
    expect(refusedFor(signed, [])).toMatch(/not trusted here/);
  });
});

describe('a key that is not good enough', () => {
  const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).publicKey;
  const pemOf = (key: KeyObject) => String(key.export({ type: 'spki', format: 'pem' }));

  it.each<[string, Algorithm, () => string, RegExp]>([
    ['short RSA', 'RS256', () => pemOf(rsa(1024)), /2048 bits/],
    ['another curve', 'ES256', () => text('es384.pub.pem'), /needs an EC key on prime256v1/],
    ['an EC key for RSA', 'PS256', () => text('es256.pub.pem'), /needs an RSA key/],
    ['a public key as a secret', 'HS256', () => text('rsa.pub.pem'), /a public key is not a secret/],
    ['a short secret', 'HS256', () => 'short', /at least 16 bytes/],
    ['no key', 'RS256', () => 'nothing', /not a PEM key/],
  ])('is refused: %s', (_, algorithm, key, reason) => {
    expect(() => verificationKey(algorithm, Buffer.from(key()))).toThrow(reason);
  });

  it('a public key cannot sign', () => {
    expect(() => signingKey('RS256', content('rsa.pub.pem'))).toThrow(/not a PEM key/);
    expect(createPublicKey(text('rsa.pub.pem')).type).toBe('public');
  });
});
