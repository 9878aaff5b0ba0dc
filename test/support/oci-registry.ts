/** A registry that acts as the distribution specification says: tokens, manifests by tag and digest, blobs from another address. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const BUNDLE_LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

export const digestOf = (bytes: string | Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export interface Layer {
  readonly mediaType: string;
  readonly content: string | Uint8Array;
}

export interface Registry {
  readonly host: string;
  /** `GET /v2/… authorization?` for each request to the registry, the token server and the storage. */
  readonly asked: string[];
  /** Pushes an artifact under a tag; gives its digest. */
  push(tag: string, ...layers: readonly Layer[]): string;
  drop(tag: string): void;
  /** `name:password` that the token server wants; undefined lets everyone in, and the registry asks for no token. */
  login(credentials: string | undefined, scheme?: 'Bearer' | 'Basic'): void;
  /** Tokens that were given out count no more. */
  expireTokens(): void;
  /** Answers this path itself, once a test has something else in mind. */
  lie(path: string, answer: (response: ServerResponse) => void): void;
  close(): Promise<void>;
}

export async function ociRegistry(): Promise<Registry> {
  const asked: string[] = [];
  const manifests = new Map<string, string>();
  const blobs = new Map<string, string | Uint8Array>();
  const lies = new Map<string, (response: ServerResponse) => void>();
  let credentials: string | undefined;
  let scheme = 'Bearer';
  let generation = 0;
  const note = (server: string, { url, headers: { authorization } }: IncomingMessage) =>
    asked.push(`${server} ${url} ${authorization ?? ''}`.trim());
  const basic = () => `Basic ${Buffer.from(credentials ?? '').toString('base64')}`;

  const storage = await listening((request, response) => {
    note('storage', request);
    response.end(blobs.get(request.url?.slice(1) ?? ''));
  });
  const tokens = await listening((request, response) => {
    note('tokens', request);
    if (request.headers.authorization !== basic()) return void response.writeHead(401).end('{"errors":[]}');
    response.end(JSON.stringify({ token: `token-${generation}`, expires_in: 60 }));
  });
  const registry = await listening((request, response) => {
    note('registry', request);
    const wanted = scheme === 'Bearer' ? `Bearer token-${generation}` : basic();
    if (credentials !== undefined && request.headers.authorization !== wanted) {
      const bearer = `Bearer realm="http://${tokens.host}/token",service="registry.example",scope="repository:team/policy:pull"`;
      response.writeHead(401, { 'www-authenticate': scheme === 'Bearer' ? bearer : 'Basic realm="registry"' });
      return void response.end('{"errors":[{"code":"UNAUTHORIZED"}]}');
    }
    const [, kind, name = ''] = /^\/v2\/team\/policy\/(manifests|blobs)\/(.+)$/.exec(request.url ?? '') ?? [];
    const lie = lies.get(`${kind}/${name}`);
    if (lie !== undefined) return lie(response);
    const manifest = kind === 'manifests' ? manifests.get(name) : undefined;
    if (manifest !== undefined) {
      response.writeHead(200, { 'content-type': MANIFEST, 'docker-content-digest': digestOf(manifest) }).end(manifest);
    } else if (kind === 'blobs' && blobs.has(name)) {
      response.writeHead(307, { location: `http://${storage.host}/${name}` }).end();
    } else response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
  });

  return {
    host: registry.host,
    asked,
    push(tag, ...layers) {
      const described = layers.map(({ mediaType, content }) => {
        blobs.set(digestOf(content), content);
        return { mediaType, digest: digestOf(content), size: Buffer.byteLength(content) };
      });
      const manifest = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, layers: described });
      manifests.set(tag, manifest);
      manifests.set(digestOf(manifest), manifest);
      return digestOf(manifest);
    },
    drop: (tag) => manifests.delete(tag),
    login(wanted, by = 'Bearer') {
      credentials = wanted;
      scheme = by;
    },
    expireTokens() {
      generation += 1;
    },
    lie: (path, answer) => lies.set(path, answer),
    async close() {
      for (const { close } of [registry, tokens, storage]) await close();
    },
  };
}

/** A server on a port of its own, which makes it another origin. */
export async function listening(answer: RequestListener): Promise<{ host: string; close(): Promise<unknown> }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
