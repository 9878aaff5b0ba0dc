import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileSource } from '../../src/engine/release/file-source.ts';
import { createHttpSource, type HttpSourceOptions } from '../../src/engine/release/http-source.ts';

const never = new AbortController().signal;
const bundleType = 'application/vnd.openpolicyagent.bundles';
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));

let server: Server;
let url: URL;
let asked: IncomingMessage['headers'][];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let now: number;

beforeEach(async () => {
  asked = [];
  now = 0;
  server = createServer((request, response) => {
    if (!request.url?.includes('approvals')) asked.push(request.headers);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/bundles/datwat?tenant=a`);
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const source = (more: Partial<HttpSourceOptions> = {}) =>
  createHttpSource({ url, wait: 0, approvals: false, monotonic: () => now, ...more });
const look = (of: ReturnType<typeof source>, patient = false) => of.next({ patient, signal: never });

/** A server as OPA's protocol describes it. */
function serve(content: () => { etag?: string; body: string }) {
  answer = (request, response) => {
    const { etag, body } = content();
    if (etag !== undefined && request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end();
    else response.writeHead(200, { 'content-type': bundleType, ...(etag === undefined ? {} : { etag }) }).end(body);
  };
}

describe('a bundle server', () => {
  it('is asked by the protocol, and offers what is new once', async () => {
    let content = { etag: '"1"', body: 'one' };
    serve(() => content);
    const http = source();
    expect(await look(http)).toEqual({ bytes: Buffer.from('one') });
    expect(await look(http)).toBeUndefined();
    content = { etag: '"2"', body: 'two' };
    expect(await look(http)).toEqual({ bytes: Buffer.from('two') });
    expect(asked.map((headers) => headers['if-none-match'])).toEqual([undefined, '"1"', '"1"']);
    expect(asked[0]?.prefer).toBe('modes=snapshot');
    expect(http.name).toBe(`${url.origin}/bundles/datwat`);
  });

  it('may hold the request until something changes', async () => {
    serve(() => ({ body: 'one' }));
    const http = source({ wait: 30 });
    await look(http);
    await look(http, true);
    expect(asked.map(({ prefer }) => prefer)).toEqual(['modes=snapshot', 'modes=snapshot;wait=30']);
  });

  it('gets the token that stands in the file now', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'datwat-token-'));
    const tokenFile = join(folder, 'token');
    serve(() => ({ body: 'one' }));
    const http = source({ tokenFile });
    for (const token of ['first', 'second']) {
      await writeFile(tokenFile, `${token}\n`);
      await look(http);
    }
    expect(asked.map(({ authorization }) => authorization)).toEqual(['Bearer first', 'Bearer second']);
    await rm(folder, { recursive: true });
  });

  it('brings the approvals beside the bundle, and a change in them alone is news', async () => {
    let approvals: string | undefined;
    let path = '';
    answer = (request, response) => {
      if (!request.url?.includes('.approvals.json')) return void response.writeHead(200, { etag: '"1"' }).end('one');
      path = request.url;
      if (approvals === undefined) response.writeHead(404).end('no such file');
      else response.writeHead(200).end(approvals);
    };
    const http = source({ approvals: true });
    expect(await look(http)).toEqual({ bytes: Buffer.from('one') });
    expect(path).toBe('/bundles/datwat.approvals.json?tenant=a');
    expect(await look(http)).toBeUndefined();
    approvals = '{"approvals":["a.b.c"]}';
    expect(await look(http)).toEqual({ bytes: Buffer.from('one'), approvals });
    expect(await look(http)).toBeUndefined();
    approvals = undefined;
    expect(await look(http)).toEqual({ bytes: Buffer.from('one') });
  });

  it('is followed when it redirects, and credentials stay with their origin', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'datwat-token-'));
    await writeFile(join(folder, 'token'), 'secret');
    const other = createServer((request, response) => {
      asked.push(request.headers);
      response.end('from elsewhere');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    answer = (request, response) => {
      const { port } = other.address() as AddressInfo;
      const location = request.url?.startsWith('/here') ? `http://127.0.0.1:${port}/there` : '/here';
      response.writeHead(302, { location }).end();
    };
    const http = source({ tokenFile: join(folder, 'token') });
    expect(await look(http)).toEqual({ bytes: Buffer.from('from elsewhere') });
    expect(asked.map(({ authorization }) => authorization)).toEqual(['Bearer secret', 'Bearer secret', undefined]);
    answer = (_, response) => response.writeHead(302, { location: '/round' }).end();
    await expect(look(http)).rejects.toThrow(/redirects more than 5 times/);
    for (const location of ['http://[bad', 'file:///etc/passwd']) {
      answer = (_, response) => response.writeHead(302, { location }).end();
      await expect(look(http)).rejects.toThrow(`${url.origin} redirects to what is no address of http or https`);
    }
    await new Promise((resolve) => other.close(resolve));
    await rm(folder, { recursive: true });
  });
});

describe('a bundle server that fails or lies', () => {
  it.each([401, 403, 404, 500, 503])('answers %d: an error in words, and later it works again', async (status) => {
    answer = (_, response) => response.writeHead(status).end('secret details');
    const http = source();
    await expect(look(http)).rejects.toThrow(new RegExp(`answers ${status}$`));
    serve(() => ({ body: 'one' }));
    expect(await look(http)).toEqual({ bytes: Buffer.from('one') });
  });

  it('is not there', async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expect(look(source())).rejects.toThrow(/cannot be read: .*ECONNREFUSED/);
    await new Promise<void>((resolve) => server.listen(0, resolve));
  });

  it('stops in the middle, with a length and without', async () => {
    const http = source();
    for (const headers of [{ 'content-length': '1000' }, {}]) {
      answer = (_, response) => {
        response.writeHead(200, headers);
        response.write('half', () => response.destroy());
      };
      await expect(look(http)).rejects.toThrow(/cannot be read/);
    }
    serve(() => ({ body: 'whole' }));
    expect(await look(http)).toEqual({ bytes: Buffer.from('whole') });
  });

  it('sends half under the ETag of the whole: what is forgotten is fetched anew', async () => {
    let body = 'ha';
    serve(() => ({ etag: '"whole"', body }));
    const http = source();
    expect(await look(http)).toEqual({ bytes: Buffer.from('ha') });
    body = 'half and half';
    expect(await look(http)).toBeUndefined();
    http.forget();
    expect(await look(http)).toEqual({ bytes: Buffer.from('half and half') });
  });

  it('gives other bytes the same ETag, or the same bytes another', async () => {
    let etag = '"1"';
    let body = 'one';
    answer = (_, response) => response.writeHead(200, { etag }).end(body);
    const http = source();
    await look(http);
    etag = '"2"';
    expect(await look(http)).toBeUndefined();
    body = 'two';
    expect(await look(http)).toEqual({ bytes: Buffer.from('two') });
  });

  it('says for ever that nothing changed: after ten minutes it is not believed', async () => {
    let body = 'one';
    serve(() => ({ etag: '"same"', body }));
    const http = source();
    await look(http);
    body = 'two';
    expect(await look(http)).toBeUndefined();
    now = 600_001;
    expect(await look(http)).toEqual({ bytes: Buffer.from('two') });
  });

  it('answers 304 to a question without ETag', async () => {
    answer = (_, response) => response.writeHead(304).end();
    await expect(look(source())).rejects.toThrow(/304 to a question without ETag/);
  });

  it('never ends: the limit on approvals stops it', async () => {
    answer = (request, response) => {
      if (!request.url?.includes('approvals')) return void response.end('one');
      const more = () => {
        if (!response.destroyed) response.write('x'.repeat(65_536), more);
      };
      more();
    };
    await expect(look(source({ approvals: true }))).rejects.toThrow(/more than 1048576 bytes/);
  });

  it('holds the request for ever: closing gives up at once', async () => {
    answer = () => {};
    const closing = new AbortController();
    const waiting = source({ wait: 300 }).next({ patient: true, signal: closing.signal });
    closing.abort();
    await expect(waiting).rejects.toThrow();
  });
});

describe('a bundle file', () => {
  it('is offered when it or its approvals change, and only then', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'datwat-source-'));
    const file = join(folder, 'bundle.tar.gz');
    const next = () => of.next({ patient: true, signal: never });
    const of = createFileSource(file);
    await expect(next()).rejects.toThrow(/bundle\.tar\.gz: there is no such file or folder; mend the path$/);
    await writeFile(file, 'one');
    expect(await next()).toEqual({ bytes: Buffer.from(bytesOf('one')) });
    expect(await next()).toBeUndefined();
    await writeFile(`${file}.approvals.json`, '{}');
    expect(await next()).toEqual({ bytes: Buffer.from('one'), approvals: '{}' });
    expect(await next()).toBeUndefined();
    of.forget();
    expect(await next()).toEqual({ bytes: Buffer.from('one'), approvals: '{}' });
    await rm(folder, { recursive: true });
  });
});
