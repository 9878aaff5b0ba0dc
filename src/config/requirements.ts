/** What the schema cannot say: what production needs, what belongs together, and which files must be there and secret. */
import { realpathSync, statSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { fileError } from '../decision/file-trouble.ts';
import { isObject, type Json, type JsonObject } from '../decision/model.ts';
import { readOciReference } from '../engine/release/oci-reference.ts';
import { isLoopback, isPlainUrl, isSafeUri } from './addresses.ts';
import { at, textAt } from './written.ts';

interface Requirement {
  readonly pointer: string;
  readonly message: string;
}

/** What the schema cannot say. Works on what was written, so that it speaks beside the schema and not after it. */
export function requirements(value: JsonObject): Requirement[] {
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
    // With a pin alone the contract with outside tools asks no more (design.md §10); it is shown instead, see `NO_QUORUM`.
    if (value.quorum === undefined && (signed || at(value, ['approvers', '0']) !== undefined)) {
      const why = 'whose approval a bundle needs, or the word none';
      need('/quorum', `production needs quorum beside bundle_keys and approvers: ${why}`);
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
    ...doubles(value),
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
  if (bundle?.startsWith('oci:') && readOciReference(bundle) === undefined) {
    const forms = 'oci://host/repository:tag or oci://host/repository@sha256:…';
    problems.push({ pointer: '/bundle', message: `bundle in a registry must be written as ${forms}` });
  }
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
  return callers.flatMap((one: Json, index) => [
    ...oneOfTwo(one, `/callers/${index}`, ['api_key_sha256', 'jwt']),
    ...oneOfTwo(at(one, ['jwt']), `/callers/${index}/jwt`, ['jwks_uri', 'jwks_file']),
  ]);
}

/** Not in the schema, which says nothing of what belongs together where a member is wrong. */
function oneOfTwo(value: Json | undefined, pointer: string, [one, other]: readonly [string, string]): Requirement[] {
  if (!isObject(value) || Object.hasOwn(value, one) !== Object.hasOwn(value, other)) return [];
  const named = pointer.slice(1).replaceAll('/', '.');
  return [{ pointer, message: `${named} needs ${one} or ${other}, and one of them` }];
}

/** What names one of a list names one only. */
const UNIQUE: readonly (readonly [readonly string[], string])[] = [
  [['callers'], 'name'],
  [['callers'], 'api_key_sha256'],
  [['pseudonym', 'keys'], 'id'],
  [['bundle_keys'], 'id'],
  [['approvers'], 'id'],
];

function doubles(value: JsonObject): Requirement[] {
  return UNIQUE.flatMap(([path, key]) => {
    const listed = at(value, path);
    const seen = new Set<string>();
    return (Array.isArray(listed) ? listed : []).flatMap((one: Json, index): Requirement[] => {
      const said = isObject(one) ? textAt(one, key) : undefined;
      const name = path[0] === 'callers' ? said?.toLowerCase() : said;
      if (name === undefined) return [];
      const before = seen.has(name);
      seen.add(name);
      const message = `two of ${path.join('.')} have the same ${key}`;
      return before ? [{ pointer: `/${[...path, index, key].join('/')}`, message }] : [];
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
  } catch (cause) {
    return fileError(file, cause).message;
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
