/** Reads a body whole, bounded. INVARIANT: what is over the limit is never kept in memory. */
import type { IncomingMessage } from 'node:http';
import { DatwatError } from '../decision/errors.ts';
import { invalidRequest } from './decision-door.ts';

/** A sender of a body that is too large gets to finish up to this many times the limit, so that it can read the answer. */
const PATIENCE = 16;

/** Throws `invalid_request` for another content type or encoding: K-2 makes it 400. */
export function requireJson(headers: IncomingMessage['headers']): void {
  const type = headers['content-type'];
  if (type !== 'application/json' && !isJson(type ?? '')) {
    throw invalidRequest('', 'The content type must be application/json, in UTF-8');
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw invalidRequest('', 'The body must not be compressed');
  }
}

function isJson(type: string): boolean {
  const [media = '', ...parameters] = type
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  return media === 'application/json' && (charset === undefined || charset.replaceAll('"', '') === 'utf-8');
}

/** Throws `body_too_large`, and `invalid_request` where the sender goes away halfway. */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    if (Number(request.headers['content-length'] ?? 0) > limit * PATIENCE) {
      reject(new DatwatError('body_too_large'));
      return;
    }
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else {
        chunks.length = 0;
        if (length > limit * PATIENCE) {
          request.pause();
          reject(new DatwatError('body_too_large'));
        }
      }
    });
    request.on('end', () => {
      const [only] = chunks;
      if (length > limit) reject(new DatwatError('body_too_large'));
      else resolve(only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, length));
    });
    // `close` comes after a whole body too; making an error for each of those would cost every request.
    const gone = () => {
      if (!request.complete) reject(invalidRequest('', 'The body ended before it was complete'));
    };
    request.on('error', gone);
    request.on('close', gone);
  });
}
