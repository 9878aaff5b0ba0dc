/** Callers that prove themselves with a token of an issuer: real keys, a real key server, real signatures. */
import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConfiguredCaller, JwtIdentity } from '../../src/api/callers.ts';
import { appUnderTest } from '../support/app-under-test.ts';

const ISSUER = 'https://inloggen.voorbeeld.nl';
const QUESTION = { subject: { type: 'user', id: 'alice' }, action: { name: 'read' }, resource: { type: 'r', id: 'r' } };

async function keyPair(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' } };
}
type Key = Awaited<ReturnType<typeof keyPair>>;

function token({ kid, privateKey }: Key, claims: Record<string, unknown> = {}, expires: string | null = '1m') {
  const jwt = new SignJWT({ iss: ISSUER, aud: 'datwat', sub: 'wmo', ...claims }).setProtectedHeader({
    alg: 'ES256',
    kid,
  });
  return (expires === null ? jwt : jwt.setExpirationTime(expires)).sign(privateKey);
}

function caller(name: string, keys: JwtIdentity['keys'], subject?: string): ConfiguredCaller {
  const jwt = { issuer: ISSUER, audience: 'datwat', keys, ...(subject !== undefined && { subject }) };
  const may = { mayAssert: [], maySetTime: false, maySimulate: false, mayLearnPseudonym: false };
  return { name, doors: ['authzen'], ...may, proof: { jwt } };
}

let first: Key;
let second: Key;
let published: object;
const fetched: string[] = [];
const keyServer = createServer((incoming, response) => {
  fetched.push(incoming.url ?? '');
  response.setHeader('Content-Type', 'application/json').end(JSON.stringify(published));
});
let uri = '';

beforeAll(async () => {
  first = await keyPair('one');
  second = await keyPair('two');
  published = { keys: [first.jwk] };
  await new Promise<void>((resolve) => keyServer.listen(0, '127.0.0.1', resolve));
  const address = keyServer.address();
  uri = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/jwks`;
});
afterAll(() => keyServer.close());

async function statusFor(
  callers: readonly ConfiguredCaller[],
  bearer: string,
  app = appUnderTest({ mode: 'production', callers }),
) {
  const answer = await request(app.app)
    .post('/access/v1/evaluation')
    .set('Authorization', `Bearer ${bearer}`)
    .send(QUESTION);
  return { status: answer.status, who: app.seen.records.at(-1)?.attributes['datwat.caller'] };
}

describe('a caller with a token', () => {
  it('is known by who signed it, and by its subject where several share an issuer', async () => {
    const callers = [caller('jeugd', { uri }, 'jeugd'), caller('wmo', { uri }, 'wmo')];
    const { status, who } = await statusFor(callers, await token(first));
    expect(status).toBe(200);
    expect(who).toMatchObject({ name: 'wmo', authenticated: true });
    expect((await statusFor(callers, await token(first, { sub: 'other' }))).status).toBe(401);
  });

  it.each([
    ['has expired', () => token(first, {}, '1 minute ago')],
    ['never expires', () => token(first, {}, null)],
    ['is for someone else', () => token(first, { aud: 'other' })],
    ['is of another issuer', () => token(first, { iss: 'https://x.nl' })],
    ['is not valid yet', () => token(first, { nbf: Math.floor(Date.now() / 1000) + 600 })],
    ['was signed by another key', async () => token({ ...second, kid: 'one' })],
    ['was changed', async () => (await token(first)).replace(/\.(.)/, (_, letter) => `.${letter === 'A' ? 'B' : 'A'}`)],
    [
      'is not signed',
      async () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await token(first)).split('.')[1]}.`,
    ],
    [
      'was signed with a shared secret',
      () =>
        new SignJWT({ iss: ISSUER, aud: 'datwat', sub: 'wmo' })
          .setProtectedHeader({ alg: 'HS256', kid: 'one' })
          .setExpirationTime('1m')
          .sign(new TextEncoder().encode(JSON.stringify(first.jwk))),
    ],
  ])('is not let in where the token %s', async (_, make) => {
    expect((await statusFor([caller('wmo', { uri })], await make())).status).toBe(401);
  });

  it('stays known when keys rotate, without a restart', async () => {
    const callers = [caller('wmo', { uri })];
    const app = appUnderTest({ mode: 'production', callers });
    expect((await statusFor(callers, await token(first), app)).status).toBe(200);
    expect((await statusFor(callers, await token(second), app)).status).toBe(401);
    published = { keys: [first.jwk, second.jwk] };
    await expect
      .poll(async () => (await statusFor(callers, await token(second), app)).status, { timeout: 10_000, interval: 200 })
      .toBe(200);
    published = { keys: [first.jwk] };
  });

  it('is known by keys in a file, which is read again when it changes', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'datwat-jwks-')), 'jwks.json');
    writeFileSync(file, JSON.stringify({ keys: [first.jwk] }));
    const callers = [caller('wmo', { file })];
    const app = appUnderTest({ mode: 'production', callers });
    expect((await statusFor(callers, await token(first), app)).status).toBe(200);
    expect((await statusFor(callers, await token(second), app)).status).toBe(401);
    writeFileSync(`${file}.new`, JSON.stringify({ keys: [second.jwk] }));
    renameSync(`${file}.new`, file);
    expect((await statusFor(callers, await token(second), app)).status).toBe(200);
    expect((await statusFor(callers, await token(first), app)).status).toBe(401);
    writeFileSync(file, 'half a fi');
    expect((await statusFor(callers, await token(second), app)).status).toBe(401);
    expect(app.seen.logged.map(({ event }) => event)).toContain('token_keys_unavailable');
  });

  it('is not let in, and it is logged, where the keys cannot be had', async () => {
    const callers = [caller('wmo', { uri: 'http://127.0.0.1:1/jwks' })];
    const app = appUnderTest({ mode: 'production', callers });
    expect((await statusFor(callers, await token(first), app)).status).toBe(401);
    expect(app.seen.logged.map(({ event }) => event)).toContain('token_keys_unavailable');
  });

  it('is an unknown caller in development where the token cannot be used', async () => {
    const callers = [caller('wmo', { uri })];
    const app = appUnderTest({ mode: 'development', callers });
    expect(await statusFor(callers, await token(second), app)).toMatchObject({
      status: 200,
      who: { name: 'development' },
    });
    expect(await statusFor(callers, await token(first), app)).toMatchObject({ status: 200, who: { name: 'wmo' } });
  });
});
