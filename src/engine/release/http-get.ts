import { Buffer } from 'node:buffer';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface Reply {
  /** Who answered: after a redirect this may be another than who was asked, and not one to show credentials to. */
  readonly origin: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

export interface GetOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** Longest silence of the other side, in milliseconds. */
  readonly silence: number;
  /** Longest time for the whole answer, in milliseconds: who sends a byte now and then is never silent, and never done. */
  readonly longest: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

const MOST_REDIRECTS = 5;

/**
 * One GET, with redirects followed. Credentials stay with the origin that they are for, and https never becomes http.
 * Throws an Error in words for what does not come whole: a body that is cut off, too large, or too slow.
 */
export async function httpGet(url: URL, options: GetOptions, redirects = 0): Promise<Reply> {
  const reply = await getOnce(url, options);
  const { location } = reply.headers;
  if (![301, 302, 303, 307, 308].includes(reply.status) || location === undefined) return reply;
  if (redirects === MOST_REDIRECTS) throw new Error(`${url.origin} redirects more than ${MOST_REDIRECTS} times`);
  const next = URL.parse(location, url.href);
  if (next === null || !['http:', 'https:'].includes(next.protocol))
    throw new Error(`${url.origin} redirects to what is no address of http or https`);
  if (url.protocol === 'https:' && next.protocol !== 'https:')
    throw new Error(`${url.origin} redirects from https to http`);
  if (next.origin === url.origin) return httpGet(next, options, redirects + 1);
  const { authorization: _, ...headers } = options.headers;
  const { ca } = options.tls;
  return httpGet(next, { ...options, headers, tls: ca === undefined ? {} : { ca } }, redirects + 1);
}

function getOnce(url: URL, options: GetOptions): Promise<Reply> {
  const { headers, tls, silence, longest, signal } = options;
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const fail = (cause: Error) => reject(new Error(`${url.origin} cannot be read: ${cause.message}`, { cause }));
  const request = send(url, { headers, signal, ...tls, agent: false });
  const late = setTimeout(() => request.destroy(new Error(`it took longer than ${longest / 1000} s`)), longest);
  request.setTimeout(silence, () => request.destroy(new Error(`it was silent for ${silence / 1000} s`)));
  request.on('error', fail);
  request.on('response', (response) => {
    bodyOf(response, options.maxBytes).then((body) => {
      resolve({ origin: url.origin, status: response.statusCode ?? 0, headers: plainHeaders(response), body });
    }, fail);
  });
  request.end();
  return promise.finally(() => clearTimeout(late));
}

async function bodyOf(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  // Room beforehand where the size is said: to put a large bundle together in the end would hold up answers.
  const said = Number(response.headers['content-length'] ?? 0);
  let body = Buffer.allocUnsafeSlow(Math.min(said, maxBytes));
  let length = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('the body is not bytes');
    length += chunk.length;
    if (length > maxBytes) {
      response.destroy();
      throw new Error(`it sends more than ${maxBytes} bytes`);
    }
    if (length > body.length) body = Buffer.concat([body], Math.min(length * 2, maxBytes));
    body.set(chunk, length - chunk.length);
  }
  if (!response.complete) throw new Error('it stopped in the middle');
  return body.subarray(0, length);
}

function plainHeaders(response: IncomingMessage): Record<string, string | undefined> {
  const single = Object.entries(response.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value[0] : value,
  ]);
  return Object.fromEntries(single);
}
