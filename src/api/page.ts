/**
 * Pages of a search (AZ-60…66). A token is self-contained, so any process can continue: it holds where the next page starts,
 * how long pages are, and a digest of the request, so that it works for the identical request only. The same request gives
 * the same token.
 */
import { hash } from 'node:crypto';
import type { Problem } from '../decision/errors.ts';
import { isObject, type Json, type JsonObject } from '../decision/model.ts';
import { invalidRequest } from './decision-door.ts';
import { own, ownObject } from './request-members.ts';

export interface Page {
  readonly offset: number;
  /** Absent where the request asks for no pages. */
  readonly limit?: number;
  /** The token for the page that starts at this offset. */
  tokenAt(offset: number): string;
}

const DIGEST_BYTES = 16;
const NUMBER_BYTES = 6;
const TOKEN_BYTES = DIGEST_BYTES + 2 * NUMBER_BYTES;
const MOST = 2 ** (8 * NUMBER_BYTES) - 1;

export function pageProblems(body: JsonObject): Problem[] {
  const page = own(body, 'page');
  if (page === undefined) return [];
  if (!isObject(page)) return [{ pointer: '/page', detail: 'page must be an object' }];
  const problems: Problem[] = [];
  const { token, limit, properties } = page;
  if (token !== undefined && typeof token !== 'string') {
    problems.push({ pointer: '/page/token', detail: 'page.token must be a string' });
  }
  if (limit !== undefined && !(typeof limit === 'number' && Number.isInteger(limit) && limit >= 0 && limit <= MOST)) {
    problems.push({ pointer: '/page/limit', detail: 'page.limit must be a non-negative integer' });
  }
  if (properties !== undefined && !isObject(properties)) {
    problems.push({ pointer: '/page/properties', detail: 'page.properties must be an object' });
  }
  return problems;
}

/** `bound` is what must stay the same from page to page. Throws `invalid_request` for a token of another request. */
export function readPage(body: JsonObject, bound: JsonObject): Page {
  const page = ownObject(body, 'page') ?? {};
  const digest = Buffer.from(hash('sha256', canonical(bound), 'hex'), 'hex').subarray(0, DIGEST_BYTES);
  const asked = typeof page.limit === 'number' ? page.limit : undefined;
  const token = typeof page.token === 'string' && page.token !== '' ? readToken(page.token, digest) : undefined;
  if (token !== undefined && asked !== undefined && asked !== token.limit) {
    throw invalidRequest('/page/limit', 'page.limit must be absent or the same as on the first page');
  }
  const limit = token?.limit ?? asked;
  return {
    offset: token?.offset ?? 0,
    ...(limit !== undefined && { limit }),
    tokenAt(offset) {
      const bytes = Buffer.alloc(TOKEN_BYTES);
      digest.copy(bytes);
      bytes.writeUIntBE(offset, DIGEST_BYTES, NUMBER_BYTES);
      bytes.writeUIntBE(limit ?? 0, DIGEST_BYTES + NUMBER_BYTES, NUMBER_BYTES);
      return bytes.toString('base64url');
    },
  };
}

function readToken(token: string, digest: Buffer): { offset: number; limit: number } {
  const bytes = Buffer.from(token, 'base64url');
  const known = bytes.length === TOKEN_BYTES && bytes.toString('base64url') === token;
  if (!known || !bytes.subarray(0, DIGEST_BYTES).equals(digest)) {
    throw invalidRequest('/page/token', 'page.token does not belong to this request; repeat the request unchanged');
  }
  return {
    offset: bytes.readUIntBE(DIGEST_BYTES, NUMBER_BYTES),
    limit: bytes.readUIntBE(DIGEST_BYTES + NUMBER_BYTES, NUMBER_BYTES),
  };
}

/** One text for one value, whatever the order of its keys (AZ-86). */
function canonical(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${members.join()}}`;
}
