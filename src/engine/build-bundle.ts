import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { fileError } from '../decision/file-trouble.ts';
import { isObject } from '../decision/model.ts';
import { type Files, packArchive, unpackArchive } from './archive.ts';
import type { Bundle } from './bundle.ts';
import { BundleRefused } from './bundle-refused.ts';
import { canonicalJson } from './canonical-json.ts';
import { kindOf, markPolicyFiles } from './policy-files.ts';
import type { Opa } from './toolchain.ts';

const run = promisify(execFile);
const CASES = 'cases';
const PLAN = 'plan.json';
const MANIFEST = '.manifest';
/** Says which rules a bundle was built from, because the compiled module cannot be held against its sources. */
const RULES_MARK = 'rules.sha256';
/**
 * INVARIANT: the compiler writes the name of the folder that it builds into the rules, the module and the plan, so it always
 * builds one of this name: the same policies in a folder of another name would look changed.
 */
const BUILT_FOLDER = 'policies';
const DEFAULT_ENTRYPOINTS = ['authz/decision'];

/**
 * Builds the folder of policies to a bundle with its cases inside: the same bytes for the same content, whatever the folder is
 * called and wherever it lies.
 * Throws `BundleRefused` at step `build` with what the compiler says, file and line included.
 */
export async function buildBundle(policies: string, opa: Opa): Promise<Uint8Array> {
  const scratch = await mkdtemp(join(tmpdir(), 'datwat-build-'));
  try {
    const copied = join(scratch, BUILT_FOLDER);
    await copyPolicy(policies, copied);
    const compilation = {
      opa,
      scratch,
      entrypoints: await entrypointsOf(policies),
      called: basename(resolve(policies)),
    };
    const files = new Map(await compiled('wasm', compilation));
    const plan = (await compiled('plan', compilation)).get(PLAN);
    if (plan === undefined) throw new BundleRefused('build', `${opa.command} made no ${PLAN}`);
    files.set(PLAN, plan);
    files.set(MANIFEST, withPlan(files.get(MANIFEST)));
    for (const [name, content] of await readCases(policies)) files.set(name, content);
    files.set(RULES_MARK, new TextEncoder().encode(`${await rulesMark(copied)}\n`));
    return await packArchive(files);
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** What the compiler looks at, so that both targets are built of the same moment, whatever is saved meanwhile. */
async function copyPolicy(policies: string, copied: string): Promise<void> {
  await mkdir(copied);
  for (const name of (await markPolicyFiles(policies)).keys()) {
    if (kindOf(name) === 'cases' || basename(name) === 'schema.json') continue;
    await mkdir(dirname(join(copied, name)), { recursive: true });
    await copyFile(join(policies, name), join(copied, name)).catch((cause: unknown) => {
      throw new BundleRefused('build', fileError(join(policies, name), cause).message, { cause });
    });
  }
}

interface Compilation {
  readonly opa: Opa;
  /** The folder that holds the copy; the bundle comes beside it. */
  readonly scratch: string;
  readonly entrypoints: readonly string[];
  /** What the author calls the folder, for what the compiler complains of. */
  readonly called: string;
}

async function compiled(target: 'wasm' | 'plan', { opa, scratch, entrypoints, called }: Compilation): Promise<Files> {
  const output = join(scratch, 'bundle.tar.gz');
  const capabilities = join(BUILT_FOLDER, 'capabilities.json');
  const native = (await exists(join(scratch, capabilities))) ? ['--capabilities', capabilities] : [];
  const named = entrypoints.flatMap((entrypoint) => ['-e', entrypoint]);
  try {
    await run(opa.command, ['build', '-b', BUILT_FOLDER, '-t', target, ...named, ...native, '-o', output], {
      cwd: scratch,
    });
  } catch (cause) {
    const said =
      cause instanceof Error && 'stdout' in cause && 'stderr' in cause ? `${cause.stdout}${cause.stderr}` : '';
    const placed = said.trim().replaceAll(new RegExp(`(?<![\\w/.-])${BUILT_FOLDER}/`, 'g'), () => `${called}/`);
    throw new BundleRefused('build', placed || `${opa.command} could not be run`, { cause });
  }
  return unpackArchive(await readFile(output));
}

/** The compiler's manifest names the Wasm module; the plan it knows as another kind of bundle, so it is named here. */
function withPlan(content: Uint8Array | undefined): Uint8Array {
  const manifest = content === undefined ? {} : parsed(MANIFEST, new TextDecoder().decode(content));
  const { metadata, ...rest } = isObject(manifest) ? manifest : {};
  const { datwat, ...others } = isObject(metadata) ? metadata : {};
  const named = { ...rest, metadata: { ...others, datwat: { ...(isObject(datwat) && datwat), plan: PLAN } } };
  return new TextEncoder().encode(`${canonicalJson(JSON.stringify(named))}\n`);
}

/** `metadata.datwat.entrypoints` of the manifest; a folder that names none has the decision alone. */
async function entrypointsOf(policies: string): Promise<readonly string[]> {
  const file = join(policies, '.manifest');
  if (!(await exists(file))) return DEFAULT_ENTRYPOINTS;
  const manifest = parsed(file, await readFile(file, 'utf8'));
  const metadata = isObject(manifest) ? manifest.metadata : undefined;
  const datwat = isObject(metadata) ? metadata.datwat : undefined;
  const named = isObject(datwat) ? datwat.entrypoints : undefined;
  if (named === undefined) return DEFAULT_ENTRYPOINTS;
  if (Array.isArray(named) && named.every((entrypoint) => typeof entrypoint === 'string')) return named;
  throw new BundleRefused('build', `${file}: metadata.datwat.entrypoints is not a list of texts`);
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BundleRefused('build', `${file} is not JSON`, { cause });
  }
}

async function readCases(policies: string): Promise<readonly (readonly [string, Uint8Array])[]> {
  const folder = join(policies, CASES);
  if (!(await exists(folder))) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name));
  return Promise.all(
    files.map(async (entry) => {
      const file = join(entry.parentPath, entry.name);
      return [relative(policies, file).replaceAll('\\', '/'), await readFile(file)] as const;
    }),
  );
}

/** SHA-256 (hex) over the files that need the compiler: rules, manifest, capabilities. */
async function rulesMark(policies: string): Promise<string> {
  const names = [...(await markPolicyFiles(policies)).keys()].filter((name) => kindOf(name) === 'rules').sort();
  const all = createHash('sha256');
  for (const name of names) {
    const content = await readFile(join(policies, name));
    all.update(`${name} ${createHash('sha256').update(content).digest('hex')}\n`);
  }
  return all.digest('hex');
}

/** Whether the bundle was built from the rules as they stand in this folder. */
export async function builtFromTheseRules(bundle: Bundle, policies: string): Promise<boolean> {
  const mark = bundle.files.get(RULES_MARK);
  return mark !== undefined && new TextDecoder().decode(mark).trim() === (await rulesMark(policies));
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
