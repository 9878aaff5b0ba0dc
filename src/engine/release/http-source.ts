import { DEFAULT_LIMITS } from '../archive.ts';
import { APPROVALS_SUFFIX, type BundleSource, LONGEST_MS, MOST_APPROVAL_BYTES, SILENCE_MS } from './bundle-source.ts';
import { type CredentialFiles, readTls, readToken } from './credential-files.ts';
import { httpGet, type Reply } from './http-get.ts';

export interface HttpSourceOptions extends CredentialFiles {
  readonly url: URL;
  /** How long (seconds) the server may hold a request until something changes; 0 asks it not to. */
  readonly wait: number;
  /** Approvals are fetched only where someone must give them. */
  readonly approvals: boolean;
  /** Milliseconds of a clock that only goes forward. */
  monotonic(): number;
}

/** So long is a server believed that says nothing changed; one that mixes up its ETags is found out after this. */
const BELIEVED_MS = 600_000;

/** What was last received of one resource. */
interface Known {
  readonly etag?: string;
  readonly body: Uint8Array;
  readonly at: number;
}

/**
 * A bundle server by OPA's protocol: GET with `If-None-Match`, `Prefer: modes=snapshot;wait=…` for long polling.
 * The bytes decide whether something changed, the ETag only saves fetching them.
 */
export function createHttpSource(options: HttpSourceOptions): BundleSource {
  const { url, monotonic } = options;
  const approvalsUrl = new URL(url);
  approvalsUrl.pathname += APPROVALS_SUFFIX;
  let bundle: Known | undefined;
  let approvals: Known | undefined;
  let fresh = true;

  const get = async (
    of: URL,
    known: Known | undefined,
    prefer: string | undefined,
    signal: AbortSignal,
    maxBytes: number,
  ) => {
    const etag = known !== undefined && monotonic() - known.at < BELIEVED_MS ? known.etag : undefined;
    const token = await readToken(options);
    const headers = {
      'user-agent': 'Datwat',
      'accept-encoding': 'identity',
      ...(prefer === undefined ? {} : { prefer }),
      ...(etag === undefined ? {} : { 'if-none-match': etag }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const held = prefer?.includes('wait') ? options.wait * 1000 : 0;
    const patience = { silence: SILENCE_MS + held, longest: LONGEST_MS + held };
    const reply = await httpGet(of, { headers, tls: await readTls(options), ...patience, maxBytes, signal });
    if (reply.status === 304 && etag === undefined)
      throw new Error(`${of.origin} answers 304 to a question without ETag`);
    return reply;
  };

  const received = ({ headers: { etag }, body }: Reply): Known => ({
    ...(etag === undefined ? {} : { etag }),
    body,
    at: monotonic(),
  });

  return {
    name: `${url.origin}${url.pathname}`,
    async next({ patient, signal }) {
      const wait = patient && options.wait > 0 ? `;wait=${options.wait}` : '';
      const reply = await get(url, bundle, `modes=snapshot${wait}`, signal, DEFAULT_LIMITS.packed);
      if (reply.status !== 200 && reply.status !== 304) throw new Error(`${url.origin} answers ${reply.status}`);
      const nowBundle = reply.status === 304 && bundle ? bundle : received(reply);
      const nowApprovals = await approvalsNow(signal);
      const changed = fresh || !same(bundle, nowBundle) || !same(approvals, nowApprovals);
      bundle = nowBundle;
      approvals = nowApprovals;
      fresh = false;
      if (!changed) return undefined;
      const text = approvals === undefined ? undefined : new TextDecoder().decode(approvals.body);
      return { bytes: bundle.body, ...(text === undefined ? {} : { approvals: text }) };
    },
    forget() {
      bundle = undefined;
      approvals = undefined;
      fresh = true;
    },
  };

  async function approvalsNow(signal: AbortSignal): Promise<Known | undefined> {
    if (!options.approvals) return undefined;
    const reply = await get(approvalsUrl, approvals, undefined, signal, MOST_APPROVAL_BYTES);
    if (reply.status === 404 || reply.status === 410) return undefined;
    if (reply.status === 304) return approvals;
    if (reply.status !== 200) throw new Error(`${url.origin} answers ${reply.status} for the approvals`);
    return received(reply);
  }
}

function same(a: Known | undefined, b: Known | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a === b || Buffer.compare(a.body, b.body) === 0;
}
