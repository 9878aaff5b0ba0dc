/** Bundle servers and registries over TLS: who is shown what, and that nothing goes on without it. Certificates are made on the spot. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { BundleSource } from '../../src/engine/release/bundle-source.ts';
import { createHttpSource } from '../../src/engine/release/http-source.ts';
import { createOciSource } from '../../src/engine/release/oci-source.ts';

let folder: string;
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'datwat-source-tls-'));
  for (const name of ['server', 'client']) certificate(name);
  writeFileSync(join(folder, 'token'), 'datwat:secret');
});
afterAll(() => rmSync(folder, { recursive: true }));

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const file = (name: string) => join(folder, name);
const pem = (name: string) => readFileSync(file(name), 'utf8');

/** A self-signed certificate, which is its own authority. */
function certificate(name: string): void {
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', [...made, ...subject, '-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)], {
    stdio: 'ignore',
  });
}

async function listening(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Asks for a certificate, notes whose it got and what was sent, and answers with these headers. */
async function secured(status: number, headers: Record<string, string>) {
  const seen: string[] = [];
  const tls = { cert: pem('server.pem'), key: pem('server.key'), ca: pem('client.pem'), requestCert: true };
  const server = createServer({ ...tls, rejectUnauthorized: false }, (request, response) => {
    const shown = (request.socket as TLSSocket).getPeerCertificate().subject?.CN ?? 'nobody';
    seen.push(`${shown} ${request.headers.authorization ?? 'no token'}`);
    response.writeHead(status, headers).end('bundle');
  });
  return { seen, host: await listening(server) };
}

const files = () => ({
  ca: file('server.pem'),
  cert: file('client.pem'),
  key: file('client.key'),
  tokenFile: file('token'),
});
const look = (of: BundleSource) => of.next({ patient: false, signal: new AbortController().signal });
const http = (host: string, more: object = files()) =>
  createHttpSource({ url: new URL(`https://${host}/b`), wait: 0, approvals: false, monotonic: () => 0, ...more });
const oci = (host: string) =>
  createOciSource({
    artifact: { origin: `https://${host}`, repository: 'team/policy', reference: '1' },
    approvals: false,
    ...files(),
  });

describe.skipIf(!hasOpenssl())('a bundle server over TLS (left out where openssl is not installed)', () => {
  it('is shown our certificate and token, once it has shown one of the authority that we trust', async () => {
    const { host, seen } = await secured(200, {});
    expect(await look(http(host))).toEqual({ bytes: Buffer.from('bundle') });
    expect(seen).toEqual(['client Bearer datwat:secret']);
    await expect(look(http(host, { tokenFile: file('token') }))).rejects.toThrow(/self-signed certificate/);
    expect(seen).toHaveLength(1);
  });

  it('that sends elsewhere has given away neither, and to http it is not followed', async () => {
    const other = await secured(200, {});
    const first = await secured(302, { location: `https://${other.host}/b` });
    expect(await look(http(first.host))).toEqual({ bytes: Buffer.from('bundle') });
    expect(other.seen).toEqual(['nobody no token']);
    const asked: string[] = [];
    const plain = await listening(
      createPlainServer((request, response) => response.end(asked.push(String(request.url)))),
    );
    const downgraded = await secured(302, { location: `http://${plain}/b` });
    await expect(look(http(downgraded.host))).rejects.toThrow(/redirects from https to http/);
    expect(asked).toEqual([]);
  });

  it('that is a registry gets no login to a token server over http, nor that server our certificate', async () => {
    const asked: string[] = [];
    const plain = await listening(
      createPlainServer((request, response) => response.end(asked.push(String(request.url)))),
    );
    const careless = await secured(401, { 'www-authenticate': `Bearer realm="http://${plain}/token"` });
    await expect(look(oci(careless.host))).rejects.toThrow(/sends for a token over http/);
    expect(asked).toEqual([]);
    const tokens = await secured(403, {});
    const registry = await secured(401, { 'www-authenticate': `Bearer realm="https://${tokens.host}/token"` });
    await expect(look(oci(registry.host))).rejects.toThrow(/token server answers 403/);
    expect(registry.seen).toEqual(['client no token']);
    expect(tokens.seen).toEqual([`nobody Basic ${Buffer.from('datwat:secret').toString('base64')}`]);
  });

  it('that is a registry is not followed to http, and where it does send to names no token server', async () => {
    const asked: string[] = [];
    const plain = await listening(
      createPlainServer((request, response) => response.end(asked.push(String(request.url)))),
    );
    const downgraded = await secured(307, { location: `http://${plain}/manifest` });
    await expect(look(oci(downgraded.host))).rejects.toThrow(/redirects from https to http/);
    expect(asked).toEqual([]);
    const realm = await secured(200, {});
    const storage = await secured(401, { 'www-authenticate': `Bearer realm="https://${realm.host}/token"` });
    const registry = await secured(307, { location: `https://${storage.host}/manifest` });
    const reason = await look(oci(registry.host)).catch(String);
    expect([registry.seen, storage.seen, realm.seen]).toEqual([['client no token'], ['nobody no token'], []]);
    expect(reason).toContain(`https://${storage.host} answers 401`);
  });

  it('that is a token server, and sends elsewhere, has not given away the login', async () => {
    const other = await secured(403, {});
    const tokens = await secured(307, { location: `https://${other.host}/token` });
    const registry = await secured(401, { 'www-authenticate': `Bearer realm="https://${tokens.host}/token"` });
    await expect(look(oci(registry.host))).rejects.toThrow(/token server answers 403/);
    expect(other.seen).toEqual(['nobody no token']);
  });
});
