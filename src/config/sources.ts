/** Where settings are written: flags win over the environment, the environment over the file. Every problem keeps its place. */
import { isObject, type Json, type JsonObject } from '../decision/model.ts';
import { nearest } from '../facts/nearest.ts';

export interface ConfigSources {
  readonly file?: { readonly name: string; readonly value: Json; lineOf(pointer: string): number };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** By the name in `SETTINGS`. */
  readonly flags: Readonly<Record<string, string | undefined>>;
}

export interface ConfigProblem {
  /** `config.yaml:12`, `DATWAT_PORT`, `--port`; the file's name or `configuration` where nothing was written. */
  readonly place: string;
  readonly message: string;
}

export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(({ place, message }) => `${place}: ${message}`).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** What can be said outside the file. */
export const SETTINGS: readonly { readonly pointer: string; readonly env: string; readonly flag?: string }[] = [
  { pointer: '/mode', env: 'DATWAT_MODE', flag: 'mode' },
  { pointer: '/host', env: 'DATWAT_HOST', flag: 'host' },
  { pointer: '/port', env: 'DATWAT_PORT', flag: 'port' },
  { pointer: '/socket', env: 'DATWAT_SOCKET', flag: 'socket' },
  { pointer: '/public_url', env: 'DATWAT_PUBLIC_URL', flag: 'publicUrl' },
  { pointer: '/bundle', env: 'DATWAT_BUNDLE', flag: 'bundle' },
  { pointer: '/bundle_sha256', env: 'DATWAT_BUNDLE_SHA256' },
  { pointer: '/engine', env: 'DATWAT_ENGINE' },
  { pointer: '/shadow', env: 'DATWAT_SHADOW', flag: 'shadow' },
  { pointer: '/ledger/folder', env: 'DATWAT_LEDGER', flag: 'ledger' },
  { pointer: '/ledger/signing_key', env: 'DATWAT_LEDGER_SIGNING_KEY' },
  { pointer: '/ledger/mode', env: 'DATWAT_LEDGER_MODE' },
  { pointer: '/facts/file', env: 'DATWAT_FACTS', flag: 'facts' },
  { pointer: '/tls', env: 'DATWAT_TLS' },
  { pointer: '/tls/cert', env: 'DATWAT_TLS_CERT' },
  { pointer: '/tls/key', env: 'DATWAT_TLS_KEY' },
  { pointer: '/tls/client_ca', env: 'DATWAT_TLS_CLIENT_CA' },
  { pointer: '/limits/body', env: 'DATWAT_LIMITS_BODY' },
  { pointer: '/limits/depth', env: 'DATWAT_LIMITS_DEPTH' },
  { pointer: '/limits/items', env: 'DATWAT_LIMITS_ITEMS' },
  { pointer: '/rate_limit/requests_per_second', env: 'DATWAT_RATE_LIMIT_REQUESTS_PER_SECOND' },
];

/** Names the file; it is no part of the configuration itself. */
export const CONFIG_FILE_ENV = 'DATWAT_CONFIG';
/** Kubernetes puts these beside a service that is called datwat, and they are no configuration. */
const KUBERNETES_ENV = /^DATWAT_(SERVICE_|PORT_\d+_)/;
const KUBERNETES_PORT = /^(tcp|udp|sctp):\/\//;

export interface Merged {
  readonly value: JsonObject;
  placeOf(pointer: string): string;
  readonly problems: ConfigProblem[];
}

export function merge({ file, env, flags }: ConfigSources): Merged {
  const problems: ConfigProblem[] = [];
  const written = file === undefined ? {} : file.value;
  let value: JsonObject = {};
  if (isObject(written)) value = written;
  // A file that lost its contents must not bring up a development system where production was meant.
  else if (written === null)
    problems.push({ place: file?.name ?? 'configuration', message: 'holds no setting; write at least mode' });
  else problems.push({ place: file?.name ?? 'configuration', message: 'must be a map of keys and values' });
  const origins = new Map<string, string>();
  for (const { pointer, env: name } of SETTINGS) {
    const said = env[name];
    if (said === undefined || said === '' || (name === 'DATWAT_PORT' && KUBERNETES_PORT.test(said))) continue;
    value = withText(value, pointer, said);
    origins.set(pointer, name);
  }
  for (const { pointer, flag } of SETTINGS) {
    const said = flag === undefined ? undefined : flags[flag];
    if (said === undefined || flag === undefined) continue;
    value = withText(value, pointer, said);
    origins.set(pointer, `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  }
  problems.push(...unknownVariables(env));
  return {
    value,
    problems,
    placeOf(pointer) {
      const origin = origins.get(pointer);
      if (origin !== undefined) return origin;
      if (file === undefined) return 'configuration';
      return pointer === '' ? file.name : `${file.name}:${file.lineOf(pointer)}`;
    },
  };
}

/** A text from outside the file; where the schema wants a number, digits are one. */
function withText(value: JsonObject, pointer: string, said: string): JsonObject {
  const [, first = '', second] = pointer.split('/');
  const read = NUMBERS.has(pointer) && /^\d{1,15}$/.test(said) ? Number(said) : said;
  if (second === undefined) return { ...value, [first]: read };
  const before = value[first];
  // Written short, as `ledger: FOLDER`, the text is what the flag replaces or stands beside.
  const short = typeof before === 'string' && first in SHORT ? { [SHORT[first] ?? '']: before } : {};
  return { ...value, [first]: { ...(isObject(before) ? before : short), [second]: read } };
}

/** What `ledger: FOLDER` and `facts: FILE` stand for. */
const SHORT: Readonly<Record<string, string>> = { ledger: 'folder', facts: 'file' };

const NUMBERS = new Set(['/port', '/limits/body', '/limits/depth', '/limits/items', '/rate_limit/requests_per_second']);

/** A variable that almost has a known name is a typing error; any other belongs to someone else. */
function unknownVariables(env: ConfigSources['env']): ConfigProblem[] {
  const known = [CONFIG_FILE_ENV, ...SETTINGS.map((setting) => setting.env)];
  return Object.keys(env).flatMap((name) => {
    if (!name.startsWith('DATWAT_') || known.includes(name) || KUBERNETES_ENV.test(name)) return [];
    const meant = nearest(name, known);
    return meant === undefined ? [] : [{ place: name, message: `is not known; did you mean ${meant}?` }];
  });
}
