import { createHash } from 'node:crypto';
import { isObject, type JsonObject } from '../decision/model.ts';
import type { Files } from './archive.ts';
import { BundleRefused } from './bundle-refused.ts';
import { canonicalJson } from './canonical-json.ts';

/** A bundle as it was read and checked: what a policy is made from. */
export interface Bundle {
  /** Identity: SHA-256 (hex) over the file list `[[name, sha256(content)], …]` and nothing else. */
  readonly revision: string;
  readonly files: Files;
  readonly manifest: Manifest;
  readonly wasm: Uint8Array;
  /** The same policy as OPA's plan, as JSON text; absent from a bundle that was not made for the plan engine. */
  readonly planText?: string;
  /** The document under `data` in canonical JSON: its number literals as they were written. */
  readonly dataText: string;
  /** By what right it may be in force, for the records; absent where nothing was asked of it. */
  readonly release?: JsonObject;
}

/** What `.manifest` says, as far as Datwat reads it. */
export interface Manifest {
  /** `metadata.datwat`: what the policy pack tells the software about itself. Empty for a bundle of someone else. */
  readonly datwat: JsonObject;
  /** Path of the Wasm module inside the bundle. */
  readonly module: string;
  /** Path of the plan inside the bundle: `metadata.datwat.plan`. */
  readonly plan?: string;
}

const MANIFEST = '.manifest';
const SIGNATURES = '.signatures.json';
const DEFAULT_MODULE = 'policy.wasm';
const OUTSIDE_OPA_BUILD = ['data.yaml', 'data.yml', 'patch.json'];

/** Makes a bundle of its files. Throws `BundleRefused` at step `manifest`. */
export function createBundle(files: Files): Bundle {
  const manifest = readManifest(files);
  const wasm = files.get(manifest.module);
  if (wasm === undefined) refuse(`it holds no ${manifest.module}; build it with: opa build -t wasm -e authz/decision`);
  const plan = manifest.plan === undefined ? undefined : files.get(manifest.plan);
  if (manifest.plan !== undefined && plan === undefined)
    refuse(`its manifest names ${manifest.plan}, which it does not hold`);
  return {
    revision: revisionOf(files),
    files,
    manifest,
    wasm,
    ...(manifest.plan !== undefined && plan && { planText: decoded(manifest.plan, plan) }),
    dataText: readData(files),
  };
}

/**
 * The same bundle with another document under `data`, and so with another revision.
 * Throws `SyntaxError` for what is not strict JSON.
 */
export function withDataText(bundle: Bundle, dataText: string): Bundle {
  const canonical = canonicalJson(dataText);
  if (canonical === bundle.dataText) return bundle;
  const files = new Map([...bundle.files].filter(([name]) => baseName(name) !== 'data.json'));
  files.set('data.json', new TextEncoder().encode(dataText));
  return { ...bundle, revision: revisionOf(files), files, dataText: canonical };
}

/** The signatures are no part of the revision: signing a bundle anew does not make it another policy. */
export function revisionOf(files: Files): string {
  const list = [...files]
    .filter(([name]) => name !== SIGNATURES)
    .map(([name, content]) => [name, createHash('sha256').update(content).digest('hex')])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(canonicalJson(JSON.stringify(list)))
    .digest('hex');
}

function readManifest(files: Files): Manifest {
  const content = files.get(MANIFEST);
  if (content === undefined) return { datwat: {}, module: DEFAULT_MODULE };
  const { document: manifest } = read(MANIFEST, content);
  const metadata = isObject(manifest.metadata) ? manifest.metadata : {};
  const datwat = isObject(metadata.datwat) ? metadata.datwat : {};
  const { plan } = datwat;
  return { datwat, module: moduleOf(manifest), ...(typeof plan === 'string' && { plan }) };
}

function moduleOf(manifest: JsonObject): string {
  const entries = Array.isArray(manifest.wasm) ? manifest.wasm : [];
  const modules = new Set(entries.map((entry) => (isObject(entry) ? entry.module : undefined)));
  if (modules.size > 1) refuse('its entrypoints lie in more than one Wasm module; build them with one opa build');
  const [module] = modules;
  return typeof module === 'string' ? module.replace(/^\/+/, '') : DEFAULT_MODULE;
}

function readData(files: Files): string {
  const names = [...files.keys()];
  const unread = names.find((name) => OUTSIDE_OPA_BUILD.includes(baseName(name)));
  if (unread !== undefined) refuse(`${unread} is not read from a built bundle; opa build turns it into data.json`);
  const dataFiles = names.filter((name) => baseName(name) === 'data.json').sort();
  const root = files.get('data.json');
  if (dataFiles.length <= 1 && (root !== undefined || dataFiles.length === 0)) {
    return root === undefined ? '{}' : read('data.json', root).canonical;
  }
  const document: MutableDocument = {};
  for (const name of dataFiles) place(document, name, read(name, files.get(name) ?? new Uint8Array()).document);
  return canonicalJson(JSON.stringify(document));
}

type MutableDocument = { [key: string]: unknown };

/** Puts one data file at the path that its folder names; what two files both say must be an object. */
function place(document: MutableDocument, name: string, content: JsonObject): void {
  let target = document;
  for (const part of name.split('/').slice(0, -1)) {
    const next = ownMember(target, part) ?? {};
    if (!isDocument(next)) refuse(`${name} lies under a value that another data.json gives`);
    define(target, part, next);
    target = next;
  }
  merge(target, content, name);
}

function merge(target: MutableDocument, content: JsonObject, name: string): void {
  for (const [key, value] of Object.entries(content)) {
    const there = ownMember(target, key);
    if (isDocument(there) && isObject(value)) merge(there, value, name);
    else if (there === undefined) define(target, key, structuredClone(value));
    else refuse(`${name} says again what another data.json says`);
  }
}

function isDocument(value: unknown): value is MutableDocument {
  return isObject(value);
}

function ownMember(target: MutableDocument, key: string): unknown {
  return Object.hasOwn(target, key) ? target[key] : undefined;
}

/** A plain assignment would take a key `__proto__` for something else than data. */
function define(target: MutableDocument, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

/** A file that must be strict JSON and hold an object. */
function read(name: string, content: Uint8Array): { readonly document: JsonObject; readonly canonical: string } {
  const text = decoded(name, content);
  let canonical: string;
  try {
    canonical = canonicalJson(text);
  } catch (cause) {
    const why = cause instanceof SyntaxError ? cause.message : 'it cannot be read';
    throw new BundleRefused('manifest', `${name} is not strict JSON: ${why}`, { cause });
  }
  const document: unknown = JSON.parse(text);
  if (!isObject(document)) refuse(`${name} does not hold an object`);
  return { document, canonical };
}

function decoded(name: string, content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (cause) {
    throw new BundleRefused('manifest', `${name} is not UTF-8 text`, { cause });
  }
}

function baseName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

function refuse(reason: string): never {
  throw new BundleRefused('manifest', reason);
}
