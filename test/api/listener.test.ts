/** What only shows on the wire. */

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { createListener, type Listener } from '../../src/api/listener.ts';
import { appUnderTest, type Replacements } from '../support/app-under-test.ts';

const QUESTION = JSON.stringify({
  subject: { type: 'user', id: 'alice' },
  action: { name: 'read' },
  resource: { type: 'record', id: 'record-1' },
});
const listeners: Listener[] = [];

afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.close()));
});

async function listening(replacements: Replacements = {}) {
  const { app, seen } = appUnderTest(replacements);
  const listener = createListener(app, { host: '127.0.0.1', port: 0 });
  listeners.push(listener);
  return { url: new URL(await listener.listen()), seen, listener };
}

function open(url: URL): Socket {
  return connect(Number(url.port), url.hostname);
}

function ask(body = QUESTION, headers = ''): string {
  return `POST /access/v1/evaluation HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const CLOSE = 'Connection: close\r\n';

async function exchange(url: URL, sent: string | Buffer): Promise<string> {
  const socket = open(url).setEncoding('latin1');
  socket.write(sent);
  return text(socket);
}

describe('the listener', () => {
  it('echoes X-Request-ID byte for byte', async () => {
    const { url } = await listening();
    const answer = await exchange(url, Buffer.from(ask(QUESTION, `X-Request-ID: \xe9\xff\r\n${CLOSE}`), 'latin1'));
    expect(Buffer.from(answer, 'latin1').toString('latin1')).toContain('X-Request-ID: \xe9\xff\r\n');
  });

  it('answers pipelined requests in order', async () => {
    const { url } = await listening();
    const other = QUESTION.replace('alice', 'bob');
    const answer = await exchange(url, ask() + ask(other) + ask(QUESTION, CLOSE));
    expect(answer.match(/\{"decision":(true|false)\}/g)).toEqual([
      '{"decision":true}',
      '{"decision":false}',
      '{"decision":true}',
    ]);
  });

  it('survives a sender that goes away halfway, without a record', async () => {
    const { url, seen } = await listening();
    const socket = open(url);
    socket.write(ask().slice(0, -10));
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
    expect(await exchange(url, ask(QUESTION, CLOSE))).toContain('200 OK');
    expect(seen.records).toHaveLength(1);
  });

  it.each([
    ['what is no HTTP', 'hello 999990019\r\n\r\n', '400 Bad Request'],
    ['headers that are too large', `GET / HTTP/1.1\r\nX: ${'9'.repeat(20_000)}\r\n\r\n`, '431 Request Header'],
    ['a request without a host', 'GET /health/live HTTP/1.1\r\n\r\n', '400 Bad Request'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      '400 Bad Request',
    ],
    ['an expectation that nobody knows', ask(QUESTION, `Expect: a-miracle\r\n${CLOSE}`), '417 Expectation Failed'],
  ])('refuses %s with a bare answer', async (_, sent, status) => {
    const { url } = await listening();
    const answer = await exchange(url, sent);
    expect(answer).toContain(`HTTP/1.1 ${status}`);
    expect(answer).toContain('Content-Type: application/problem+json\r\n');
    expect(answer).toContain('API-Version: 1.0.0\r\n');
    const [, body = ''] = answer.split('\r\n\r\n');
    expect(JSON.parse(body)).toMatchObject({ status: Number.parseInt(status, 10) });
    expect(answer).not.toMatch(/9999|\.ts|Error:/);
    expect(await exchange(url, ask(QUESTION, CLOSE))).toContain('200 OK');
  });

  it('lets a sender of a body over the limit read its answer', async () => {
    const { url } = await listening({ limits: { body: 10_000, depth: 64 } });
    const answer = await exchange(url, ask(`{"padding":"${'x'.repeat(150_000)}"}`));
    expect(answer).toContain('HTTP/1.1 413');
  });

  it('serves on a Unix socket', async () => {
    const { app } = appUnderTest();
    const socketPath = join(mkdtempSync(join(tmpdir(), 'datwat-')), 'pdp.sock');
    const listener = createListener(app, { socket: socketPath });
    listeners.push(listener);
    expect(await listener.listen()).toBe(`unix:${socketPath}`);
    const status = await new Promise((resolve) => {
      request({ socketPath, path: '/health/live' }, (response) => resolve(response.statusCode)).end();
    });
    expect(status).toBe(200);
  });

  it('takes over the Unix socket of a process that was killed, and not of one that lives', async () => {
    const { app } = appUnderTest();
    const socket = join(mkdtempSync(join(tmpdir(), 'datwat-')), 'pdp.sock');
    const leave = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', leave, socket]);
    expect(existsSync(socket)).toBe(true);
    const listener = createListener(app, { socket });
    listeners.push(listener);
    await listener.listen();
    await expect(createListener(app, { socket }).listen()).rejects.toThrow('EADDRINUSE');
  });

  it('answers what it accepted before it stops, and then accepts nothing', async () => {
    let release: () => void = () => {};
    let reached: () => void = () => {};
    const waiting = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const { url, listener } = await listening({
      ledger: {
        append: () =>
          new Promise((resolve) => {
            release = resolve;
            reached();
          }),
      },
    });
    const idle = open(url);
    const answer = exchange(url, ask());
    await waiting;
    const closed = listener.close();
    release();
    expect(await answer).toContain('{"decision":true}');
    await closed;
    idle.destroy();
    await expect(exchange(url, ask())).rejects.toThrow();
  });

  it('answers who had connected and asked at the moment that it stops', async () => {
    const { url, listener } = await listening();
    const asking = Array.from({ length: 5 }, () => open(url));
    await Promise.all(asking.map((socket) => once(socket, 'connect')));
    const answers = asking.map((socket) => text(socket));
    for (const socket of asking) socket.write(ask());
    await listener.close();
    for (const answer of await Promise.all(answers)) expect(answer).toContain('{"decision":true}');
  });

  it('answers whoever goes on asking on a connection while it stops, and says which answer is the last there', async () => {
    const { url, listener } = await listening();
    const asking = Array.from({ length: 8 }, async () => {
      const socket = open(url);
      const gone = once(socket, 'close').then(() => ['reset']);
      let last = '';
      for (const stop = performance.now() + 10_000; performance.now() < stop; ) {
        socket.write(ask());
        const [answer] = await Promise.race([once(socket, 'data'), gone]);
        last = String(answer);
        if (!last.includes('{"decision":true}') || /^connection: close/im.test(last)) break;
      }
      socket.destroy();
      return last;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await listener.close();
    for (const last of await Promise.all(asking)) {
      expect(last).toContain('{"decision":true}');
      expect(last).toMatch(/^connection: close/im);
    }
  });

  it('lets who reads slowly have the whole answer before it stops', async () => {
    // More than the machine holds on the way.
    const answer = Buffer.alloc(20_000_000);
    const listener = createListener((_, response) => response.end(answer), { host: '127.0.0.1', port: 0 });
    listeners.push(listener);
    const socket = open(new URL(await listener.listen()));
    let received = 0;
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'readable');
    const closed = listener.close();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    socket.on('data', ({ length }) => {
      received += length;
    });
    await closed;
    await once(socket, 'close');
    expect(received).toBeGreaterThan(answer.length);
  });
});
