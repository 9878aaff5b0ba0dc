/** What never reaches the doors, for it is no HTTP that they know. One bare answer, without a word of what was sent. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { ALWAYS } from './responses.ts';

const TITLES = {
  400: 'Bad Request',
  408: 'Request Timeout',
  417: 'Expectation Failed',
  431: 'Request Header Fields Too Large',
} as const;

type Status = keyof typeof TITLES;

const STATUSES: Readonly<Record<string, Status>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** For `clientError`: the parser gave up, so that there is a socket only. */
export function refuseBytes(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUSES[error.code ?? ''] ?? 400;
  const { headers, body } = refusal(status);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${TITLES[status]}\r\n${lines.join('')}\r\n${body}`);
}

/** For `checkExpectation`: anything but `100-continue`. */
export function refuseExpectation(_: IncomingMessage, response: ServerResponse): void {
  refuse(response, 417);
}

/** RFC 9112 §3.2. Node would answer without a body. */
export function requireHost(handler: RequestListener): RequestListener {
  return (request, response) => {
    if (request.headers.host === undefined && request.httpVersion !== '1.0') refuse(response, 400);
    else handler(request, response);
  };
}

function refuse(response: ServerResponse, status: Status): void {
  const { headers, body } = refusal(status);
  response.writeHead(status, headers).end(body);
}

function refusal(status: Status): {
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string;
} {
  const detail = 'The request is not valid HTTP, too large, or too slow';
  const body = JSON.stringify({ status, title: TITLES[status], detail });
  const about = { 'Content-Type': 'application/problem+json', 'Content-Length': body.length };
  return { headers: { ...ALWAYS, ...about, Connection: 'close' }, body };
}
