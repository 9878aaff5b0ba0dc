/** TLS and mutual TLS on the real listener, with certificates made on the spot. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { createListener, type Listener, type Tls } from '../../src/api/listener.ts';
import { appUnderTest } from '../support/app-under-test.ts';

const folder = mkdtempSync(join(tmpdir(), 'datwat-tls-'));
const listeners: Listener[] = [];
afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.close()));
});

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A self-signed certificate, which is its own authority. */
function certificate(name: string): { cert: string; key: string } {
  const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const named = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert];
  execFileSync('openssl', [...made, ...named], { stdio: 'ignore' });
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}

async function listening(tls: Tls): Promise<string> {
  const listener = createListener(appUnderTest().app, { host: '127.0.0.1', port: 0 }, tls);
  listeners.push(listener);
  return listener.listen();
}

function status(url: string, ca: string, client: object = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${url}/health/live`, { ca, ...client, agent: false }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
}

describe.skipIf(!hasOpenssl())('TLS (left out where openssl is not installed)', () => {
  it('answers over https, and not under TLS 1.2', async () => {
    const server = certificate('server');
    const url = await listening(server);
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(await status(url, server.cert)).toBe(200);
    const old = connect({
      port: Number(new URL(url).port),
      ca: server.cert,
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
    });
    await expect(
      new Promise((resolve, reject) => old.on('secureConnect', resolve).on('error', reject)),
    ).rejects.toThrow();
  });

  it('lets only clients of the authority through, where one is configured', async () => {
    const [server, client, stranger] = [certificate('server'), certificate('client'), certificate('stranger')];
    const url = await listening({ ...server, clientCa: client.cert });
    expect(await status(url, server.cert, client)).toBe(200);
    await expect(status(url, server.cert)).rejects.toThrow();
    await expect(status(url, server.cert, stranger)).rejects.toThrow();
  });

  it('stops although somebody never finishes a handshake', async () => {
    const url = new URL(await listening(certificate('server')));
    const socket = connectPlain(Number(url.port), url.hostname);
    const closed = once(socket, 'close');
    // The first bytes of a hello that is 512 bytes long.
    socket.write(Buffer.from([0x16, 3, 1, 2, 0, 1, 0]));
    await once(socket, 'ready');
    await Promise.all(listeners.splice(0).map((listener) => listener.close()));
    await closed;
  }, 30_000);
});
