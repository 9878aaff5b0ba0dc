/** Where a bundle lies in an OCI registry. */
export interface OciReference {
  /** `https://host[:port]`; `http` on this machine only. */
  readonly origin: string;
  readonly repository: string;
  /** A tag, or a digest such as `sha256:…`. */
  readonly reference: string;
}

const NAMES = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
/** The grammar of the distribution specification, with `oci://` before it; a tag leaves room for `.approvals`. */
const REFERENCE = new RegExp(
  `^oci://(?<host>[a-z0-9.-]+|\\[[0-9a-f:]+\\])(?<port>:\\d+)?/(?<repository>${NAMES}(?:/${NAMES})*)` +
    '(?:[:](?<tag>[a-zA-Z0-9_][a-zA-Z0-9._-]{0,117})|@(?<digest>sha256:[0-9a-f]{64}))$',
);
const THIS_MACHINE = /^(localhost|127\.[0-9.]+|\[::1\])$/;

/** Undefined for what is no `oci://host/repository:tag` or `oci://host/repository@sha256:…`. */
export function readOciReference(said: string): OciReference | undefined {
  const { host = '', port = '', repository = '', tag, digest = '' } = REFERENCE.exec(said)?.groups ?? {};
  if (repository === '') return undefined;
  const scheme = THIS_MACHINE.test(host) ? 'http' : 'https';
  return { origin: `${scheme}://${host}${port}`, repository, reference: tag ?? digest };
}
