import { createHash } from 'node:crypto';
import { isObject, type Json } from '../../decision/model.ts';
import { DEFAULT_LIMITS } from '../archive.ts';
import { type BundleSource, LONGEST_MS, MOST_APPROVAL_BYTES, SILENCE_MS } from './bundle-source.ts';
import { type CredentialFiles, readTls, readToken } from './credential-files.ts';
import { httpGet, type Reply } from './http-get.ts';
import type { OciReference } from './oci-reference.ts';

export interface OciSourceOptions extends CredentialFiles {
  readonly artifact: OciReference;
  /** Approvals are fetched only where someone must give them. */
  readonly approvals: boolean;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
/** What OPA takes for a bundle. */
const BUNDLE = 'application/vnd.oci.image.layer.v1.tar+gzip';
const PATIENCE = { silence: SILENCE_MS, longest: LONGEST_MS };
const MOST_MANIFEST_BYTES = 4 * 2 ** 20;
const MOST_TOKEN_BYTES = 2 ** 16;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

interface Blob {
  readonly digest: string;
  readonly body: Uint8Array;
}

/**
 * An OCI registry, by the pull part of the distribution specification: the bundle is the one layer of an artifact, as OPA has it,
 * and its approvals are the one layer of a second artifact, tagged `<tag>.approvals` (`sha256-<hex>.approvals` for a digest).
 * INVARIANT: bytes count only when they have the digest by which they were asked for.
 * INVARIANT: only the registry itself may ask for a login or name a token server. A host that it redirects to would have the
 * password sent wherever it likes.
 */
export function createOciSource({ artifact, approvals: wanted, ...files }: OciSourceOptions): BundleSource {
  const { origin, repository, reference } = artifact;
  let bundle: Blob | undefined;
  let approvals: Blob | undefined;
  let fresh = true;
  let authorization: string | undefined;

  const get = async (path: string, accept: string, maxBytes: number, signal: AbortSignal): Promise<Reply> => {
    const tls = await readTls(files);
    const common = { 'user-agent': 'Datwat', 'accept-encoding': 'identity' };
    const url = new URL(`/v2/${repository}/${path}`, origin);
    const ask = () => {
      const headers = { ...common, accept, ...(authorization === undefined ? {} : { authorization }) };
      return httpGet(url, { headers, tls, ...PATIENCE, maxBytes, signal });
    };
    const reply = await ask();
    if (reply.status !== 401 || reply.origin !== url.origin) return reply;
    const token = await readToken(files);
    const basic = token === undefined ? {} : { authorization: `Basic ${Buffer.from(token).toString('base64')}` };
    const from = tokenUrl(reply, artifact);
    if (from === undefined) authorization = basic.authorization;
    else {
      const { ca } = tls;
      const asked = {
        headers: { ...common, ...basic },
        tls: ca === undefined ? {} : { ca },
        ...PATIENCE,
        signal,
      };
      authorization = bearer(await httpGet(from, { ...asked, maxBytes: MOST_TOKEN_BYTES }));
    }
    return ask();
  };

  /** The one layer of an artifact; undefined where there is no such artifact. */
  const layer = async (
    of: string,
    type: string | undefined,
    known: Blob | undefined,
    most: number,
    signal: AbortSignal,
  ) => {
    const manifest = await get(`manifests/${of}`, MANIFEST, MOST_MANIFEST_BYTES, signal);
    if (manifest.status === 404) return undefined;
    if (manifest.status !== 200)
      throw new Error(`${manifest.origin} answers ${manifest.status} for ${repository}:${of}`);
    if (DIGEST.test(of)) refuseOther(manifest.body, of, origin);
    const digest = layerOf(manifest.body, type, `${repository}:${of}`);
    if (digest === known?.digest) return known;
    const { origin: sender, status, body } = await get(`blobs/${digest}`, '*/*', most, signal);
    if (status !== 200) throw new Error(`${sender} answers ${status} for a layer of ${repository}:${of}`);
    refuseOther(body, digest, origin);
    return { digest, body };
  };

  return {
    name: `oci://${new URL(origin).host}/${repository}${DIGEST.test(reference) ? '@' : ':'}${reference}`,
    async next({ signal }) {
      const nowBundle = await layer(reference, BUNDLE, bundle, DEFAULT_LIMITS.packed, signal);
      if (nowBundle === undefined) throw new Error(`${origin} has no ${repository}:${reference}`);
      const beside = `${reference.replace(':', '-')}.approvals`;
      const nowApprovals = wanted ? await layer(beside, undefined, approvals, MOST_APPROVAL_BYTES, signal) : undefined;
      const changed = fresh || bundle?.digest !== nowBundle.digest || approvals?.digest !== nowApprovals?.digest;
      bundle = nowBundle;
      approvals = nowApprovals;
      fresh = false;
      if (!changed) return undefined;
      return { bytes: bundle.body, ...(approvals && { approvals: new TextDecoder().decode(approvals.body) }) };
    },
    forget() {
      bundle = undefined;
      approvals = undefined;
      fresh = true;
    },
  };
}

function refuseOther(bytes: Uint8Array, digest: string, origin: string): void {
  if (`sha256:${createHash('sha256').update(bytes).digest('hex')}` === digest) return;
  throw new Error(`${origin} sends other bytes than those of ${digest}`);
}

/** Digest of the one layer (of this type, where it matters). Which of several would count is nobody's guess. */
function layerOf(manifest: Uint8Array, type: string | undefined, name: string): string {
  const document = parsed(manifest);
  const layers = isObject(document) && Array.isArray(document.layers) ? document.layers : [];
  const [first, ...others] = layers.flatMap((one: Json) =>
    isObject(one) && (type === undefined || one.mediaType === type) ? [one.digest] : [],
  );
  if (typeof first === 'string' && DIGEST.test(first) && others.length === 0) return first;
  throw new Error(`${name} is no artifact with one layer${type === undefined ? '' : ` of type ${type}`}`);
}

/** Where a token is to be had, or undefined where the registry takes name and password itself. Never from https to http. */
function tokenUrl({ headers }: Reply, { origin, repository }: OciReference): URL | undefined {
  const challenge = headers['www-authenticate'] ?? '';
  if (/^basic\b/i.test(challenge)) return undefined;
  const said = Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]));
  const { realm, service, scope = `repository:${repository}:pull` } = said;
  if (realm === undefined || !URL.canParse(realm))
    throw new Error(`${origin} answers 401 and does not say where tokens are`);
  const url = new URL(realm);
  if (url.protocol !== 'https:' && !origin.startsWith('http:'))
    throw new Error(`${origin} sends for a token over http`);
  url.searchParams.set('scope', scope);
  if (service !== undefined) url.searchParams.set('service', service);
  return url;
}

function bearer({ status, body }: Reply): string {
  const answer = status === 200 ? parsed(body) : undefined;
  const token = isObject(answer) ? (answer.token ?? answer.access_token) : undefined;
  if (typeof token !== 'string') throw new Error(`the registry's token server answers ${status}, and no token`);
  return `Bearer ${token}`;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
