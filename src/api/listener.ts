/** The socket: plain HTTP or TLS, bounded in time, and a stop that answers what was accepted. */
import { existsSync, statSync, unlinkSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, Server as NetServer, type Socket } from 'node:net';
import { refuseBytes, refuseExpectation, requireHost } from './refuse.ts';

export type Place = { readonly host: string; readonly port: number } | { readonly socket: string };

/** PEM texts. With `clientCa` only callers with a certificate of that authority get through (mTLS). */
export interface Tls {
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string;
}

export interface Listener {
  /** Resolves with the address: `http://127.0.0.1:8181`, or `unix:<path>`. Rejects where the place is taken. */
  listen(): Promise<string>;
  /** Accepts nothing new, answers what it has, and resolves when the last connection is gone. */
  close(): Promise<void>;
}

const BOUNDS = {
  /** A sender of a slow body is cut off. */
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  /** Longer than common proxies keep theirs, so that the proxy closes first and no request falls in between. */
  keepAliveTimeout: 75_000,
  /** How often slow senders are looked for. */
  connectionsCheckingInterval: 5000,
  /** `requireHost` does, with a body. */
  requireHostHeader: false,
};
const IDLE_SWEEP_MS = 20;
/** So long who keeps a connection may come with a next question, and be told that it is the last. */
const NEXT_QUESTION_MS = 500;
const LAST_ANSWERS_MS = 10_000;
/** Where others keep coming, taking in must end. */
const TAKE_IN_MS = 1000;

export function createListener(handler: RequestListener, place: Place, tls?: Tls): Listener {
  let stopping = false;
  const toDoor = requireHost(handler);
  const answer: RequestListener = (request, response) => {
    // Whoever goes on asking on a connection hears in the answer that it is the last one there.
    if (stopping) response.shouldKeepAlive = false;
    toDoor(request, response);
  };
  const server: Server =
    tls === undefined ? createHttpServer(BOUNDS, answer) : createHttpsServer({ ...BOUNDS, ...tlsOptions(tls) }, answer);
  server.on('clientError', refuseBytes);
  server.on('checkExpectation', refuseExpectation);
  const open = new Set<Socket>();
  let taken = 0;
  const hold = (socket: Socket) => {
    taken += 1;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  };
  // With TLS both: the one below, which only Node's own time for a handshake ends, and the one that questions come in by.
  server.on('connection', hold).on('secureConnection', hold);

  /** Who connected before the stop may still wait to be taken in, one a turn; closing would reset them, question and all. */
  async function takeInWaiting(): Promise<void> {
    const until = performance.now() + TAKE_IN_MS;
    let before = -1;
    while (taken > before && performance.now() < until) {
      before = taken;
      await oneTurn();
    }
  }

  /** Only right after reading: before it, a connection with a question in its buffer looks as quiet as any. */
  function closeQuiet(): void {
    // Node calls a connection idle as soon as its answer is given, whether it has left or not.
    if ([...open].every(({ writableLength }) => writableLength === 0)) server.closeIdleConnections();
    // Node does not call a connection idle that never sent anything; browsers and balancers hold such ones ready.
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
  }

  return {
    async listen() {
      if ('socket' in place) await takeOverSocket(place.socket);
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen('socket' in place ? { path: place.socket } : { host: place.host, port: place.port }, () => {
          server.off('error', reject);
          resolve(addressOf(server, tls === undefined ? 'http' : 'https'));
        });
      });
    },
    async close() {
      stopping = true;
      await takeInWaiting();
      // Not `server.close`: that resets at once who is between two questions, the next one perhaps on its way.
      const closed = new Promise((resolve) => NetServer.prototype.close.call(server, resolve));
      // Not `closeAllConnections`, which knows no connection whose handshake goes on.
      const deadline = setTimeout(() => open.forEach((socket) => void socket.destroy()), LAST_ANSWERS_MS);
      let sweep: NodeJS.Timeout | undefined;
      const patience = setTimeout(() => {
        sweep = setInterval(() => setImmediate(closeQuiet), IDLE_SWEEP_MS);
      }, NEXT_QUESTION_MS);
      await closed;
      clearTimeout(patience);
      clearInterval(sweep);
      clearTimeout(deadline);
      server.close();
    },
  };
}

/** Resolves when the sockets have been looked at once more. The first step may still belong to the turn that is going on. */
function oneTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

/** A process that was killed leaves its socket behind; one on which nobody answers is taken away. */
async function takeOverSocket(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const answers = await new Promise((resolve) => {
    const socket = connect(path);
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
  if (!answers && statSync(path).isSocket()) unlinkSync(path);
}

function tlsOptions({ cert, key, clientCa }: Tls) {
  const mutual = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true };
  return { cert, key, minVersion: 'TLSv1.2' as const, ...mutual };
}

function addressOf(server: Server, scheme: string): string {
  const address: AddressInfo | string | null = server.address();
  if (address === null) throw new Error('the server is not listening');
  if (typeof address === 'string') return `unix:${address}`;
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `${scheme}://${host}:${address.port}`;
}
