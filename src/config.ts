/**
 * One schema for the configuration (design.md §10): file, environment and flags become one frozen `Config`, or one error that
 * lists every problem with its place. Flags win over the environment, the environment over the file.
 * The commented example and the environment example are generated from what stands here (`cli/config-example.ts`).
 */
import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve, sep } from 'node:path';
import * as z from 'zod';
import type { ConfiguredCaller, JwtIdentity } from './api/callers.ts';
import type { Place, Tls } from './api/listener.ts';
import type { Contact } from './api/openapi.ts';
import { isObject, type Json, type JsonObject } from './decision/model.ts';
import { ALGORITHMS } from './engine/trust/jws.ts';
import type { ConfiguredApprover, ConfiguredKey, ConfiguredTrust } from './engine/trust/read-trust.ts';
import { DEFAULT_MAX_AGES, FACT_KINDS, type FactKind } from './facts/kinds.ts';

export interface Config {
  readonly mode: 'development' | 'production';
  readonly place: Place;
  /** As written; absent in development means the address that it listens on. */
  readonly publicUrl?: string;
  readonly contact?: Contact;
  /** File, folder or URL; absent in development means the policies of the checkout. */
  readonly bundle?: string;
  /** Lower-case hex. */
  readonly bundleSha256?: string;
  /** How bundles are followed and what they must show; absent where one bundle is opened once, at the start. */
  readonly release?: ConfiguredRelease;
  /** A draft that answers the same questions beside the policy in force, and where its report is kept. */
  readonly shadow?: { readonly bundle: string; readonly file: string };
  readonly pseudonym?: {
    readonly active: string;
    readonly keys: readonly { readonly id: string; readonly file: string }[];
  };
  readonly ledger: { readonly folder: string; readonly signingKey?: string; readonly mode: 'sync' | 'write' };
  /** `maxAges` in milliseconds. */
  readonly facts: { readonly file: string; readonly maxAges: Readonly<Record<FactKind, number>> };
  readonly callers: readonly ConfiguredCaller[];
  /** File names; `readTls` reads them. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string } | 'terminated_upstream';
  /** Bytes, levels and items. */
  readonly limits: { readonly body: number; readonly depth: number; readonly items: number };
  readonly requestsPerSecond?: number;
  /** SHA-256 of the effective configuration as lower-case hex, for the records. */
  readonly sha256: string;
}

export interface ConfiguredRelease {
  readonly trust: ConfiguredTrust;
  /** Folder for the last good bundle and for what is remembered of earlier ones. */
  readonly state: string;
  /** Seconds. */
  readonly wait: number;
  /** Seconds between two looks, on average. */
  readonly poll: number;
  /** Files for a bundle server. */
  readonly tokenFile?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

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

const text = z.string().min(1);
const whole = z.int();
const SHA256 = z.string().regex(/^[0-9a-fA-F]{64}$/, 'must be a SHA-256: 64 hexadecimal digits');
const DURATION = z.string().regex(/^[1-9]\d{0,6}[smhd]$/, 'must be a number with s, m, h or d, such as 24h');
const MOMENT = z
  .string()
  .refine(
    (said) => /^\d{4}-\d{2}-\d{2}/.test(said) && !Number.isNaN(Date.parse(said)),
    'must be a date or a date-time',
  );
const SAFE_URI = z.string().refine(isSafeUri, 'must be an https URL; http only on this machine');

const jwt = z
  .strictObject({
    issuer: text.describe('`iss` of its tokens.'),
    audience: text.describe('`aud` of its tokens.'),
    jwks_uri: SAFE_URI.optional().describe(
      'Where the keys of the issuer are; they are fetched again when they rotate.',
    ),
    jwks_file: text.optional().describe('Or a file with those keys; it is read again when it changes.'),
    subject: text.optional().describe('`sub` of its tokens, where several callers share one issuer.'),
  })
  .refine(
    (value) => (value.jwks_uri === undefined) !== (value.jwks_file === undefined),
    'needs jwks_uri or jwks_file, and one of them',
  );

const caller = z
  .strictObject({
    name: text.describe('How the records call it.'),
    api_key_sha256: SHA256.optional().describe('SHA-256 of its API key, which travels as `Authorization: Bearer …`.'),
    jwt: jwt.optional().describe('Or who signs its tokens.'),
    organisation: text
      .optional()
      .describe('OIN, in quotes; it then speaks for professionals of that organisation only.'),
    doors: z
      .array(text.regex(/^[a-z][a-z_-]*$/, 'must be the name of a door, such as authzen'))
      .describe('Which doors it may use.'),
    may_assert: z.array(z.enum(FACT_KINDS)).default([]).describe('Of which kinds of fact it is a source.'),
    may_set_time: z.boolean().default(false).describe('Its context.time counts, however far from the clock.'),
    may_simulate: z.boolean().default(false).describe('Its context.simulation counts.'),
    may_learn_pseudonym: z.boolean().default(false).describe('It gets the header Data-Subject.'),
  })
  .refine(
    (value) => (value.api_key_sha256 === undefined) !== (value.jwt === undefined),
    'needs api_key_sha256 or jwt, and one of them',
  );

const trustedKey = {
  id: text.describe('Its name in signatures (kid).'),
  algorithm: z
    .enum(ALGORITHMS)
    .describe('The one algorithm of this key; what a signature says of itself does not count.'),
  file: text.describe('Public key or certificate in PEM; for HS… the secret.'),
  valid_from: MOMENT.optional().describe('Judged at the moment that a bundle comes into force.'),
  valid_until: MOMENT.optional(),
  revoked: z.boolean().default(false).describe('Counts never again, not for what it signed before either.'),
};

/** A description is what an operator reads in the generated example. */
const schema = z.strictObject({
  mode: z
    .enum(['development', 'production'])
    .default('development')
    .describe('production starts only with everything that a production system needs.'),
  host: text.default('127.0.0.1').describe('Where it listens. Development allows this machine only.'),
  port: whole.min(0).max(65_535).default(8181).describe('0 picks a free one.'),
  socket: text.optional().describe('A Unix socket instead of host and port.'),
  public_url: z
    .string()
    .refine(isPlainUrl, 'must be a URL without query, fragment and credentials')
    .optional()
    .describe('What the metadata names. Production: https.'),
  contact: z
    .strictObject({ name: text, url: z.url(), email: z.email() })
    .optional()
    .describe('Who answers questions about this API; stands in its description.'),
  bundle: text.optional().describe('The policies: a bundle file, an https URL, in development also a folder.'),
  bundle_sha256: SHA256.optional().describe('SHA-256 of the bundle file. Production loads no other.'),
  bundle_keys: z
    .array(
      z.strictObject({
        ...trustedKey,
        scope: text.optional().describe('Must equal the scope in the signature.'),
      }),
    )
    .default([])
    .describe('Or the keys that sign bundles: new ones come into force while it runs.'),
  freshness: z
    .enum(['sequence', 'unordered'])
    .default('sequence')
    .describe('unordered takes signed bundles without a sequence, as plain opa makes them; each record then shows it.'),
  approvers: z
    .array(
      z.strictObject({
        ...trustedKey,
        office: text.describe('For which office it speaks.'),
        person: text.describe('Who holds it; a person counts once.'),
      }),
    )
    .default([])
    .describe('The keys that approve and block bundles, beside the bundle in `<bundle>.approvals.json`.'),
  quorum: z
    .union([
      z.literal('none'),
      z.strictObject({
        offices: z.array(text).min(1).describe('Each must approve, by another person.'),
        at_least: whole.min(1).default(2).describe('How many persons.'),
        may_block: z.array(text).default(['fg']).describe('Offices that can stop a bundle, and lift that again.'),
      }),
    ])
    .optional()
    .describe('Whose approval a bundle needs. Or the word none, which each record then shows.'),
  policy_state: text
    .optional()
    .describe(
      'Folder for the last good bundle and the highest sequence; by default beside the ledger, as `<ledger folder>-policy`.',
    ),
  bundle_source: z
    .strictObject({
      poll: whole.min(1).default(20).describe('Seconds between two looks, on average.'),
      wait: whole
        .min(0)
        .max(600)
        .default(30)
        .describe('Seconds that a bundle server may hold a request (long polling).'),
      token_file: text.optional().describe('Holds the bearer token; only its owner may read it.'),
      ca: text.optional().describe('PEM file.'),
      cert: text.optional().describe('PEM file.'),
      key: text.optional().describe('PEM file; only its owner may read it.'),
    })
    .prefault({})
    .describe('How the bundle is looked after.'),
  shadow: text
    .optional()
    .describe(
      'Bundle file of a draft that answers the same questions unseen; its report lies beside the ledger, as `<ledger folder>-shadow.json`.',
    ),
  pseudonym: z
    .strictObject({
      active: text.describe('Which key makes new pseudonyms.'),
      keys: z
        .array(z.strictObject({ id: text, file: text.describe('Holds the secret; only its owner may read it.') }))
        .min(1)
        .describe('Every key that ever made pseudonyms which are still in use.'),
    })
    .optional()
    .describe('The keys that turn personal numbers into pseudonyms.'),
  ledger: z
    .preprocess(
      (value) => (typeof value === 'string' ? { folder: value } : value),
      z.strictObject({
        folder: text.default('.datwat/ledger').describe('Where every decision is written down.'),
        signing_key: text.optional().describe('Ed25519 or P-256 private key in PEM; not inside the folder.'),
        mode: z
          .enum(['sync', 'write'])
          .default('sync')
          .describe('sync survives a power failure, write only a killed process.'),
      }),
    )
    .prefault({})
    .describe('The decision log.'),
  facts: z
    .preprocess(
      (value) => (typeof value === 'string' ? { file: value } : value),
      z.strictObject({
        file: text.default('.datwat/facts.sqlite').describe('SQLite file; `datwat facts init` makes one.'),
        max_age: z
          .partialRecord(z.enum(FACT_KINDS), DURATION)
          .default({})
          .describe(
            'How old a feed may be, by kind; by default case_relation 24h, consents and objections 72h, the rest 7d.',
          ),
      }),
    )
    .prefault({})
    .describe('What the PDP knows itself.'),
  callers: z.array(caller).default([]).describe('The applications that may ask.'),
  tls: z
    .union([
      z.literal('terminated_upstream'),
      z.strictObject({
        cert: text.describe('PEM file.'),
        key: text.describe('PEM file; only its owner may read it.'),
        client_ca: text.optional().describe('PEM file; only clients with a certificate of this authority get through.'),
      }),
    ])
    .optional()
    .describe('Or the words terminated_upstream, which every record then shows.'),
  limits: z
    .strictObject({
      body: whole.min(1024).default(1_048_576).describe('Bytes.'),
      depth: whole.min(8).max(512).default(64).describe('Levels of nesting.'),
      items: whole.min(1).default(500).describe('Questions in a batch.'),
    })
    .prefault({})
    .describe('What is larger is refused.'),
  rate_limit: z
    .strictObject({ requests_per_second: whole.min(1).describe('For each caller.') })
    .optional()
    .describe('Off where it is not written.'),
});

type Written = z.infer<typeof schema>;
type WrittenKey = Omit<Written['bundle_keys'][number], 'scope'>;

/** Throws `ConfigError`. */
export function readConfig(sources: ConfigSources): Config {
  const { value, placeOf, problems } = merge(sources);
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) problems.push(...explain(issue, value, placeOf));
  }
  for (const { pointer, message } of requirements(value)) problems.push({ place: placeOf(pointer), message });
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return configOf(parsed.data);
}

/** The texts of the certificates. Throws what `node:fs` throws. */
export function readTls(tls: Config['tls']): Tls | undefined {
  if (tls === undefined || tls === 'terminated_upstream') return undefined;
  const { cert, key, clientCa } = tls;
  return {
    cert: readFileSync(cert, 'utf8'),
    key: readFileSync(key, 'utf8'),
    ...(clientCa !== undefined && { clientCa: readFileSync(clientCa, 'utf8') }),
  };
}

/** What every record shows of the configuration (ADL level 4): nothing that weakens production stays out of sight. */
export function configurationForRecords(config: Config): JsonObject {
  const { mode, place, tls, sha256 } = config;
  const transport =
    tls === 'terminated_upstream' ? tls : tls !== undefined ? 'tls' : 'socket' in place ? 'unix_socket' : 'loopback';
  return { mode, transport, config_sha256: sha256 };
}

interface Merged {
  readonly value: JsonObject;
  placeOf(pointer: string): string;
  readonly problems: ConfigProblem[];
}

function merge({ file, env, flags }: ConfigSources): Merged {
  const problems: ConfigProblem[] = [];
  const written = file?.value ?? {};
  let value: JsonObject = {};
  if (isObject(written)) value = written;
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

function explain(issue: z.core.$ZodIssue, value: JsonObject, placeOf: Merged['placeOf']): ConfigProblem[] {
  const pointer = issue.path.map((step) => `/${String(step)}`).join('');
  const named = pointer === '' ? '' : `${pointer.slice(1).replaceAll('/', '.')} `;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const meant = nearest(key, keysAt(issue.path));
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      return { place: placeOf(`${pointer}/${key}`), message: `${named}has an unknown key ${key}${hint}` };
    });
  }
  if (issue.code === 'invalid_union') {
    // The branches are told apart by their type; the one that fits the type knows what is wrong.
    const given = at(value, issue.path);
    const branch = issue.errors.find((issues) => issues.every(({ path }) => path.length > 0));
    if (isObject(given) && branch !== undefined) {
      return branch.flatMap((inner) => explain({ ...inner, path: [...issue.path, ...inner.path] }, value, placeOf));
    }
  }
  if (issue.code === 'invalid_type' && at(value, issue.path) === undefined) {
    return [{ place: placeOf(pointer), message: `${named}is required` }];
  }
  const quotes = issue.code === 'invalid_type' && issue.expected === 'string' ? '; put it in quotes' : '';
  return [{ place: placeOf(pointer), message: `${named}${wordsFor(issue)}${quotes}` }];
}

function wordsFor(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${issue.expected === 'int' ? 'a whole number' : `of type ${issue.expected}`}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return issue.origin === 'string' ? 'must not be empty' : `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    case 'invalid_key':
      return `must be one of ${FACT_KINDS.join(', ')}`;
    case 'invalid_union':
      return issue.path[0] === 'quorum'
        ? 'must be a map with offices, or the word none'
        : 'must be a map with cert and key, or the words terminated_upstream';
    case 'invalid_format':
      return issue.message.startsWith('must') ? issue.message : `must be a valid ${issue.format}`;
    default:
      return issue.message;
  }
}

interface Requirement {
  readonly pointer: string;
  readonly message: string;
}

/** What the schema cannot say. Works on what was written, so that it speaks beside the schema and not after it. */
function requirements(value: JsonObject): Requirement[] {
  const problems: Requirement[] = [];
  const need = (pointer: string, message: string) => problems.push({ pointer, message });
  const host = textAt(value, 'host') ?? '127.0.0.1';
  const onSocket = textAt(value, 'socket') !== undefined;
  if (value.mode === 'production') {
    for (const [key, why] of IN_PRODUCTION) if (at(value, key) === undefined) need(`/${key[0]}`, why);
    const signed = at(value, ['bundle_keys', '0']) !== undefined;
    if (value.bundle_sha256 === undefined && !signed) {
      need(
        '/bundle_sha256',
        'production needs bundle_sha256 (the one bundle that may be loaded) or bundle_keys (who signs them)',
      );
    }
    if (signed && value.quorum === undefined) {
      need('/quorum', 'production needs quorum beside bundle_keys: whose approval a bundle needs, or the word none');
    }
    const publicUrl = textAt(value, 'public_url');
    if (publicUrl !== undefined && isPlainUrl(publicUrl) && !publicUrl.startsWith('https:')) {
      need('/public_url', 'production needs a public_url that starts with https');
    }
    if (value.tls === undefined && !onSocket && !isLoopback(host)) {
      need('/tls', 'production needs tls, a socket, a host on this machine, or the words tls: terminated_upstream');
    }
  } else if (!onSocket && !isLoopback(host)) {
    need('/host', 'development listens on this machine only; use mode: production to be reached from elsewhere');
  }
  problems.push(
    ...bundleRequirements(value),
    ...callerRequirements(value),
    ...pseudonymRequirements(value),
    ...fileRequirements(value),
  );
  return problems;
}

const IN_PRODUCTION: readonly (readonly [readonly string[], string])[] = [
  [['bundle'], 'production needs bundle: the policies it decides by'],
  [['pseudonym'], 'production needs pseudonym: keys are never made silently'],
  [['ledger', 'folder'], 'production needs ledger.folder'],
  [['ledger', 'signing_key'], 'production needs ledger.signing_key: who can change the ledger could otherwise sign it'],
  [['facts'], 'production needs facts: the file with what the PDP knows itself'],
  [['callers', '0'], 'production needs callers: at least one application that may ask'],
  [['public_url'], 'production needs public_url: the https address that the metadata names'],
];

function bundleRequirements(value: JsonObject): Requirement[] {
  const problems: Requirement[] = [];
  const bundle = textAt(value, 'bundle');
  if (bundle !== undefined && /^https?:/.test(bundle) && !isSafeUri(bundle)) {
    problems.push({ pointer: '/bundle', message: 'bundle must be an https URL; http only on this machine' });
  }
  const offices = at(value, ['quorum', 'offices']);
  const known = Array.isArray(value.approvers) ? value.approvers.map((one: Json) => at(one, ['office'])) : [];
  for (const office of Array.isArray(offices) ? offices : []) {
    if (!known.includes(office))
      problems.push({ pointer: '/quorum/offices', message: `nobody of approvers speaks for ${office}` });
  }
  return problems;
}

function callerRequirements(value: JsonObject): Requirement[] {
  const callers = Array.isArray(value.callers) ? value.callers : [];
  return ['name', 'api_key_sha256'].flatMap((key) => {
    const seen = new Set<string>();
    return callers.flatMap((one: Json, index): Requirement[] => {
      const said = isObject(one) ? textAt(one, key)?.toLowerCase() : undefined;
      if (said === undefined) return [];
      if (seen.has(said)) return [{ pointer: `/callers/${index}/${key}`, message: `two callers have the same ${key}` }];
      seen.add(said);
      return [];
    });
  });
}

function pseudonymRequirements(value: JsonObject): Requirement[] {
  const active = at(value, ['pseudonym', 'active']);
  const keys = at(value, ['pseudonym', 'keys']);
  if (typeof active !== 'string' || !Array.isArray(keys)) return [];
  if (keys.some((key: Json) => isObject(key) && key.id === active)) return [];
  return [{ pointer: '/pseudonym/active', message: 'pseudonym.active is not the id of one of pseudonym.keys' }];
}

/** Files must be there; secrets must be secret, and apart from what they vouch for. */
function fileRequirements(value: JsonObject): Requirement[] {
  const keys = at(value, ['pseudonym', 'keys']);
  const callers = Array.isArray(value.callers) ? value.callers : [];
  const secret = [
    ...(Array.isArray(keys) ? keys : []).map((_, index) => ['pseudonym', 'keys', String(index), 'file']),
    ['ledger', 'signing_key'],
    ['tls', 'key'],
    ['bundle_source', 'token_file'],
    ['bundle_source', 'key'],
    ...bundleKeyFiles(value, true),
  ];
  const open = [
    ['tls', 'cert'],
    ['tls', 'client_ca'],
    ['bundle_source', 'ca'],
    ['bundle_source', 'cert'],
    ['shadow'],
    ...bundleKeyFiles(value, false),
    ...callers.map((_, index) => ['callers', String(index), 'jwt', 'jwks_file']),
  ];
  const folder = at(value, ['ledger', 'folder']) ?? value.ledger;
  return [
    ...secret.map((path) => ({ path, isSecret: true })),
    ...open.map((path) => ({ path, isSecret: false })),
  ].flatMap(({ path, isSecret }): Requirement[] => {
    const file = at(value, path);
    if (typeof file !== 'string' || file === '') return [];
    const wrong = fileProblem(file, isSecret, typeof folder === 'string' ? folder : undefined);
    return wrong === undefined ? [] : [{ pointer: `/${path.join('/')}`, message: `${path.join('.')}: ${wrong}` }];
  });
}

/** Paths of the key files of bundles; only those of HMAC keys are secret. */
function bundleKeyFiles(value: JsonObject, secret: boolean): string[][] {
  return ['bundle_keys', 'approvers'].flatMap((list) => {
    const listed = value[list];
    return (Array.isArray(listed) ? listed : []).flatMap((one: Json, index) => {
      const shared = String(at(one, ['algorithm'])).startsWith('HS');
      return shared === secret ? [[list, String(index), 'file']] : [];
    });
  });
}

function fileProblem(file: string, isSecret: boolean, ledgerFolder: string | undefined): string | undefined {
  try {
    const { mode, uid } = statSync(file);
    if (!isSecret) return undefined;
    // A secret that the platform hands out belongs to another user and reaches us through our group.
    const ours = process.getuid === undefined || uid === process.getuid();
    if (process.platform !== 'win32' && (mode & (ours ? 0o077 : 0o007)) !== 0) {
      return 'others can read this key file; set its mode to 0600';
    }
    const inside = ledgerFolder !== undefined && realpathSync(file).startsWith(realPath(ledgerFolder) + sep);
    return inside ? 'this key file lies in the ledger folder; keep it elsewhere' : undefined;
  } catch {
    return 'this file cannot be read';
  }
}

/** Of a folder that may not be there yet. */
function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return resolve(folder);
  }
}

function configOf(written: Written): Config {
  const { socket, host, port, pseudonym, ledger, facts, tls } = written;
  const maxAges = { ...DEFAULT_MAX_AGES };
  for (const kind of FACT_KINDS) {
    const said = facts.max_age[kind];
    if (said !== undefined) maxAges[kind] = milliseconds(said);
  }
  const config: Omit<Config, 'sha256'> = {
    mode: written.mode,
    place: socket === undefined ? { host, port } : { socket },
    ...(written.public_url !== undefined && { publicUrl: written.public_url }),
    ...(written.contact && { contact: written.contact }),
    ...(written.bundle !== undefined && { bundle: written.bundle }),
    ...(written.bundle_sha256 !== undefined && { bundleSha256: written.bundle_sha256.toLowerCase() }),
    ...releaseOf(written),
    ...(written.shadow !== undefined && {
      shadow: { bundle: written.shadow, file: shadowReportFile(ledger.folder) },
    }),
    ...(pseudonym && { pseudonym }),
    ledger: {
      folder: ledger.folder,
      mode: ledger.mode,
      ...(ledger.signing_key !== undefined && { signingKey: ledger.signing_key }),
    },
    facts: { file: facts.file, maxAges },
    callers: written.callers.map(callerOf),
    ...(tls !== undefined && { tls: typeof tls === 'string' ? tls : tlsOf(tls) }),
    limits: written.limits,
    ...(written.rate_limit && { requestsPerSecond: written.rate_limit.requests_per_second }),
  };
  return deepFreeze({ ...config, sha256: createHash('sha256').update(canonical(config)).digest('hex') });
}

/** One bundle with a pin is opened once; what can change while it runs is followed. */
function releaseOf(written: Written): { release?: ConfiguredRelease } {
  const { bundle, bundle_keys: keys, quorum, bundle_source: source } = written;
  if (keys.length === 0 && quorum === undefined && !/^https?:/.test(bundle ?? '')) return {};
  const { token_file: tokenFile, ca, cert, key, wait, poll } = source;
  return {
    release: {
      trust: {
        keys: keys.map(({ scope, ...named }) => ({ ...keyOf(named), ...(scope !== undefined && { scope }) })),
        ...(written.bundle_sha256 !== undefined && { sha256: written.bundle_sha256.toLowerCase() }),
        unsigned: written.mode === 'production' ? 'refused' : 'accepted',
        freshness: written.freshness,
        approvers: written.approvers.map((named): ConfiguredApprover => {
          const { office, person } = named;
          return { ...keyOf(named), office, person };
        }),
        quorum:
          quorum === undefined || quorum === 'none'
            ? 'none'
            : { offices: quorum.offices, atLeast: quorum.at_least, mayBlock: quorum.may_block },
      },
      state: written.policy_state ?? beside(written.ledger.folder, '-policy'),
      wait,
      poll,
      ...(tokenFile !== undefined && { tokenFile }),
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
    },
  };
}

/** Where the report of a shadow is kept. */
export function shadowReportFile(ledgerFolder: string): string {
  return beside(ledgerFolder, '-shadow.json');
}

/** What belongs to the service and not to the ledger, where the ledger is. */
function beside(folder: string, suffix: string): string {
  return `${folder.replace(/[/\\]+$/, '')}${suffix}`;
}

function keyOf({ id, algorithm, file, valid_from: from, valid_until: until, revoked }: WrittenKey): ConfiguredKey {
  return {
    id,
    algorithm,
    file,
    revoked,
    ...(from !== undefined && { validFrom: Date.parse(from) }),
    ...(until !== undefined && { validUntil: Date.parse(until) }),
  };
}

function callerOf(written: Written['callers'][number]): ConfiguredCaller {
  const { api_key_sha256: key, jwt, organisation } = written;
  return {
    name: written.name,
    ...(organisation !== undefined && { organisation }),
    doors: written.doors,
    mayAssert: written.may_assert,
    maySetTime: written.may_set_time,
    maySimulate: written.may_simulate,
    mayLearnPseudonym: written.may_learn_pseudonym,
    proof: jwt === undefined ? { apiKeySha256: (key ?? '').toLowerCase() } : { jwt: identityOf(jwt) },
  };
}

function identityOf({ issuer, audience, subject, ...keys }: z.infer<typeof jwt>): JwtIdentity {
  return {
    issuer,
    audience,
    ...(subject !== undefined && { subject }),
    keys: keys.jwks_uri === undefined ? { file: keys.jwks_file ?? '' } : { uri: keys.jwks_uri },
  };
}

function tlsOf({ cert, key, client_ca }: { cert: string; key: string; client_ca?: string | undefined }) {
  return { cert, key, ...(client_ca !== undefined && { clientCa: client_ca }) };
}

function milliseconds(duration: string): number {
  const unit = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[duration.slice(-1)] ?? 0;
  return Number(duration.slice(0, -1)) * unit;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function isPlainUrl(said: string): boolean {
  if (!URL.canParse(said)) return false;
  const { protocol, search, hash, username, password } = new URL(said);
  return /^https?:$/.test(protocol) && search + hash + username + password === '' && !/[?#]/.test(said);
}

function isSafeUri(said: string): boolean {
  if (!URL.canParse(said)) return false;
  const { protocol, hostname } = new URL(said);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname.replace(/^\[|\]$/g, '')));
}

function at(value: Json | undefined, path: readonly PropertyKey[]): Json | undefined {
  let here = value;
  for (const step of path) {
    if (Array.isArray(here)) here = here[Number(step)];
    else here = isObject(here) && Object.hasOwn(here, step) ? here[String(step)] : undefined;
  }
  return here;
}

function textAt(value: JsonObject, key: string): string | undefined {
  const found = value[key];
  return typeof found === 'string' ? found : undefined;
}

/** The keys that the schema knows at a place. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let here: z.core.$ZodType | undefined = schema;
  for (const step of path) {
    const inner: z.core.$ZodType | undefined = here === undefined ? undefined : unwrapped(here);
    here =
      inner instanceof z.ZodObject
        ? inner.shape[String(step)]
        : inner instanceof z.ZodArray
          ? inner.element
          : undefined;
  }
  const found = here === undefined ? undefined : unwrapped(here);
  if (found instanceof z.ZodRecord) return [...FACT_KINDS];
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

/** The schema itself, without default, optional and short form. */
function unwrapped(type: z.core.$ZodType): z.core.$ZodType {
  if (type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodPrefault) {
    return unwrapped(type.def.innerType);
  }
  if (type instanceof z.ZodPipe) return unwrapped(type.def.out);
  if (type instanceof z.ZodUnion) return unwrapped(type.def.options.at(-1) ?? type);
  return type;
}

/** One key of the schema, in the order in which it stands there. */
export interface SchemaEntry {
  /** With `0` for an item of a list. */
  readonly pointer: string;
  readonly description: string;
  readonly kind: 'map' | 'list' | 'value';
  /** The default, as it would be written. */
  readonly standard?: string;
}

export function describeSchema(): SchemaEntry[] {
  return entriesOf(schema, '');
}

function entriesOf(type: z.core.$ZodType, pointer: string): SchemaEntry[] {
  const inner = unwrapped(type);
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape).flatMap(([key, member]) => entryOf(member, `${pointer}/${key}`));
  }
  return [];
}

function entryOf(type: z.core.$ZodType, pointer: string): SchemaEntry[] {
  const description = (type instanceof z.ZodType ? type.description : undefined) ?? '';
  const inner = unwrapped(type);
  if (inner instanceof z.ZodObject) return [{ pointer, description, kind: 'map' }, ...entriesOf(inner, pointer)];
  if (inner instanceof z.ZodRecord) {
    const example: SchemaEntry = { pointer: `${pointer}/${FACT_KINDS[0]}`, description: '', kind: 'value' };
    return [{ pointer, description, kind: 'map' }, example];
  }
  if (inner instanceof z.ZodArray && unwrapped(inner.element) instanceof z.ZodObject) {
    return [{ pointer, description, kind: 'list' }, ...entriesOf(inner.element, `${pointer}/0`)];
  }
  const standard =
    type instanceof z.ZodDefault ? { standard: JSON.stringify(type.def.defaultValue).replaceAll('"', '') } : {};
  return [{ pointer, description, kind: 'value', ...standard }];
}

/** The known name that differs little enough to be meant. */
function nearest(said: string, known: readonly string[]): string | undefined {
  const most = Math.max(2, Math.floor(said.length / 5));
  const [best] = known
    .map((name) => ({ name, distance: distance(said, name) }))
    .filter(({ distance: far }) => far <= most)
    .sort((one, other) => one.distance - other.distance);
  return best?.name;
}

function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (const [column, counterpart] of [...other].entries()) {
      const replaced = (row[column] ?? 0) + (letter === counterpart ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  return Object.freeze(value);
}
