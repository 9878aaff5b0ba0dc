import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readOciReference } from '../../src/engine/release/oci-reference.ts';
import { createOciSource, type OciSourceOptions } from '../../src/engine/release/oci-source.ts';
import { openSource } from '../../src/engine/release/open-source.ts';
import { BUNDLE_LAYER, digestOf, listening, ociRegistry, type Registry } from '../support/oci-registry.ts';

const never = new AbortController().signal;
let registry: Registry;
let folder: string;

beforeEach(async () => {
  registry = await ociRegistry();
  folder = mkdtempSync(join(tmpdir(), 'datwat-oci-'));
});
afterEach(async () => {
  await registry.close();
  rmSync(folder, { recursive: true });
});

const bundle = (content: string) => ({ mediaType: BUNDLE_LAYER, content });
const approvals = (content: string) => ({ mediaType: 'application/json', content });

function source(reference = ':1', more: Partial<OciSourceOptions> = {}) {
  const artifact = readOciReference(`oci://${registry.host}/team/policy${reference}`);
  if (artifact === undefined) throw new Error(`${reference} is no reference`);
  return createOciSource({ artifact, approvals: false, ...more });
}
const look = (of: ReturnType<typeof source>) => of.next({ patient: true, signal: never });

describe('an OCI registry', () => {
  it('gives the layer that OPA takes for a bundle, from wherever it sends to, and only what is new', async () => {
    registry.push('1', { mediaType: 'application/vnd.oci.image.config.v1+json', content: '{}' }, bundle('one'));
    const oci = source();
    expect(oci.name).toBe(`oci://${registry.host}/team/policy:1`);
    expect(await look(oci)).toEqual({ bytes: Buffer.from('one') });
    expect(await look(oci)).toBeUndefined();
    expect(registry.asked.filter((line) => line.startsWith('storage'))).toHaveLength(1);
    registry.push('1', bundle('two'));
    expect(await look(oci)).toEqual({ bytes: Buffer.from('two') });
    oci.forget();
    expect(await look(oci)).toEqual({ bytes: Buffer.from('two') });
  });

  it('is asked for the approvals under a tag of their own, and a change in them alone is news', async () => {
    const digest = registry.push('1', bundle('one'));
    for (const [reference, tag] of [
      [':1', '1.approvals'],
      [`@${digest}`, `${digest.replace(':', '-')}.approvals`],
    ] as const) {
      const oci = source(reference, { approvals: true });
      expect(await look(oci)).toEqual({ bytes: Buffer.from('one') });
      expect(await look(oci)).toBeUndefined();
      registry.push(tag, approvals('{"approvals":["a.b.c"]}'));
      expect(await look(oci)).toEqual({ bytes: Buffer.from('one'), approvals: '{"approvals":["a.b.c"]}' });
      expect(await look(oci)).toBeUndefined();
      registry.drop(tag);
      expect(await look(oci)).toEqual({ bytes: Buffer.from('one') });
    }
  });

  it.each(['Bearer', 'Basic'] as const)('that asks for a login by %s gets it, and nobody else does', async (scheme) => {
    registry.push('1', bundle('one'));
    registry.login('datwat:secret', scheme);
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, 'datwat:secret\n');
    const oci = source(':1', { tokenFile });
    expect(await look(oci)).toEqual({ bytes: Buffer.from('one') });
    const basic = `Basic ${Buffer.from('datwat:secret').toString('base64')}`;
    const token = `/token?scope=repository%3Ateam%2Fpolicy%3Apull&service=registry.example`;
    const blob = digestOf('one');
    const allowed = scheme === 'Bearer' ? 'Bearer token-0' : basic;
    expect(registry.asked).toEqual([
      'registry /v2/team/policy/manifests/1',
      ...(scheme === 'Bearer' ? [`tokens ${token} ${basic}`] : []),
      `registry /v2/team/policy/manifests/1 ${allowed}`,
      `registry /v2/team/policy/blobs/${blob} ${allowed}`,
      `storage /${blob}`,
    ]);
    registry.expireTokens();
    registry.push('1', bundle('two'));
    expect(await look(oci)).toEqual({ bytes: Buffer.from('two') });
    writeFileSync(tokenFile, 'datwat:wrong');
    registry.expireTokens();
    registry.login('datwat:changed', scheme);
    await expect(look(oci)).rejects.toThrow(/answers 401/);
  });

  it('whose address is written in another way is the same one, and gets its login', async () => {
    registry.push('1', bundle('one'));
    registry.login('datwat:secret');
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, 'datwat:secret');
    const artifact = readOciReference(`oci://${registry.host.replace('127.0.0.1', '127.1')}/team/policy:1`);
    if (artifact === undefined) throw new Error('127.1 is no host');
    expect(await look(source(':1', { artifact, tokenFile }))).toEqual({ bytes: Buffer.from('one') });
  });

  it('is opened by its name', async () => {
    registry.push('1', bundle('one'));
    const opened = openSource(`oci://${registry.host}/team/policy:1`, { wait: 0, approvals: false });
    expect(await opened.next({ patient: false, signal: never })).toEqual({ bytes: Buffer.from('one') });
  });
});

describe('a registry that fails or lies', () => {
  it('has no such artifact, or one that is no bundle', async () => {
    await expect(look(source())).rejects.toThrow(/has no team\/policy:1$/);
    registry.push('1', approvals('{}'));
    await expect(look(source())).rejects.toThrow(/no artifact with one layer of type application\/vnd\.oci\.image/);
    registry.push('1', bundle('one'), bundle('two'));
    await expect(look(source())).rejects.toThrow(/no artifact with one layer/);
    registry.lie('manifests/1', (response) => response.end('<html>'));
    await expect(look(source())).rejects.toThrow(/no artifact with one layer/);
  });

  it('sends other bytes than those of the digest: nothing of it counts, and later it works again', async () => {
    const digest = registry.push('1', bundle('one'));
    const blob = `blobs/${digestOf('one')}`;
    registry.lie(blob, (response) => response.end('other'));
    const oci = source();
    await expect(look(oci)).rejects.toThrow(/sends other bytes than those of sha256:/);
    registry.lie(blob, (response) => response.end('one'));
    expect(await look(oci)).toEqual({ bytes: Buffer.from('one') });
    registry.lie(`manifests/${digest}`, (response) => response.end('{"layers":[]}'));
    await expect(look(source(`@${digest}`))).rejects.toThrow(/sends other bytes/);
  });

  it('stops in the middle, answers 500, or sends for a token to nowhere', async () => {
    registry.push('1', bundle('one'));
    const oci = source();
    registry.lie(`blobs/${digestOf('one')}`, (response) => {
      response.writeHead(200, { 'content-length': '3' });
      response.write('on', () => response.destroy());
    });
    await expect(look(oci)).rejects.toThrow(/cannot be read/);
    registry.lie('manifests/1', (response) => response.writeHead(500).end('secret details'));
    await expect(look(oci)).rejects.toThrow(/answers 500 for team\/policy:1$/);
    registry.lie('manifests/1', (response) => response.writeHead(401).end());
    await expect(look(oci)).rejects.toThrow(/does not say where tokens are/);
  });
});

describe('a host that a registry redirects to, and that wants a login for itself', () => {
  const cases = (['manifests/1', `blobs/${digestOf('one')}`] as const).flatMap((path) =>
    (['Bearer', 'Basic'] as const).flatMap((login) =>
      (['Bearer', 'Basic'] as const).map((wanted) => ({ path, login, wanted })),
    ),
  );

  it.each(cases)('gets none ($path, registry by $login, host by $wanted), nor does its realm', async (of) => {
    const seen: string[] = [];
    const realm = await listening(({ headers }, response) => {
      seen.push(`realm ${headers.authorization}`);
      response.end('{"token":"planted"}');
    });
    const host = await listening(({ headers }, response) => {
      seen.push(`host ${headers.authorization}`);
      const challenge = `${of.wanted} realm="http://${realm.host}/token",service="registry.example"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    });
    try {
      registry.push('1', bundle('one'));
      registry.login('datwat:secret', of.login);
      registry.lie(of.path, (response) => response.writeHead(307, { location: `http://${host.host}/blob` }).end());
      const tokenFile = join(folder, 'token');
      writeFileSync(tokenFile, 'datwat:secret');
      const oci = source(':1', { tokenFile });
      // At the second look the registry has had its login, so that all who then ask for one are others.
      const reasons = [await look(oci).catch(String), await look(oci).catch(String)];
      expect(seen).toEqual(['host undefined', 'host undefined']);
      const basic = `Basic ${Buffer.from('datwat:secret').toString('base64')}`;
      const shown = registry.asked.flatMap((line) => /^registry \S+ (.+)$/.exec(line)?.[1] ?? []);
      expect(new Set(shown)).toEqual(new Set([of.login === 'Bearer' ? 'Bearer token-0' : basic]));
      expect(registry.asked.filter((line) => line.startsWith('tokens'))).toHaveLength(of.login === 'Bearer' ? 1 : 0);
      for (const reason of reasons) expect(reason).toContain(`http://${host.host} answers 401`);
    } finally {
      await realm.close();
      await host.close();
    }
  });
});

describe('the name of an artifact', () => {
  it('is https, and http on this machine only', () => {
    const where = (said: string) => readOciReference(said)?.origin;
    expect(where('oci://registry.example.nl/team/policy:1.2')).toBe('https://registry.example.nl');
    expect(where('oci://registry.example.nl:5000/policy:1')).toBe('https://registry.example.nl:5000');
    expect(where('oci://localhost:5000/policy:1')).toBe('http://localhost:5000');
  });

  it.each([
    'oci://registry.example.nl/policy',
    'oci://registry.example.nl/Policy:1',
    'oci://registry.example.nl/../policy:1',
    'oci://user@registry.example.nl/policy:1',
    'oci://registry.example.nl/policy:1@sha256:0',
    `oci://registry.example.nl/policy:${'1'.repeat(119)}`,
    'https://registry.example.nl/policy:1',
  ])('%s is none', (said) => {
    expect(readOciReference(said)).toBeUndefined();
  });
});
