import * as fs from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileError } from '../../decision/file-trouble.ts';
import { isObject, type Json, type JsonObject } from '../../decision/model.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Statement } from '../trust/statements.ts';
import { bundleSha256, type Memory, type Offer } from '../trust/trust.ts';
import { sharedBytes } from './shared-bytes.ts';

/** What of node:fs/promises the store uses; a test makes it fail. */
export type StoreFiles = Pick<typeof fs, 'mkdir' | 'open' | 'readFile' | 'readdir' | 'rename' | 'unlink'>;

/** The last good bundle on disk. */
export interface Kept {
  readonly offer: Offer;
  /** When it came into force (milliseconds): keys are judged at that moment, when it is verified again. */
  readonly activatedAt: number;
}

/** The floor, the blocks and the last good bundle, each durable before it counts. */
export interface ReleaseStore {
  memory(): Memory;
  /** The last bundle that was kept, or undefined. Throws an Error in words where its file is not what was kept. */
  last(): Promise<Kept | undefined>;
  keepBlocks(blocks: readonly Statement[]): Promise<void>;
  /** Resolves when bundle, approvals and memory would survive a loss of power. Until then the state is what it was. */
  keep(kept: Kept, memory: Memory): Promise<void>;
}

interface State {
  readonly memory: Memory;
  readonly current?: { readonly sha256: string; readonly activatedAt: number };
}

const STATE = 'state.json';
const ADVICE = 'put back a copy of it; without it, older bundles would be accepted again';
const NOTHING: State = { memory: { floor: { sequence: 0 }, blocks: [] } };

/**
 * Opens the store in a folder, which is made where it is not there. Throws an Error in words for a state that cannot be read,
 * or is gone while a kept bundle is not: taking it for an empty one would let older bundles in again.
 */
export async function openReleaseStore(folder: string, files: StoreFiles = fs): Promise<ReleaseStore> {
  await files.mkdir(folder, { recursive: true, mode: 0o700 });
  const before = await readState(join(folder, STATE), files);
  if (before === undefined && (await files.readdir(folder)).some((name) => name.includes('.tar.gz'))) {
    throw new Error(`${join(folder, STATE)} is gone, and a bundle that was kept is there; ${ADVICE}`);
  }
  let remembered = before !== undefined;
  let state = before ?? NOTHING;
  const bundleFile = (sha256: string) => join(folder, `${sha256}.tar.gz`);
  const approvalsFile = (sha256: string) => join(folder, `${sha256}.approvals.json`);

  const write = async (next: State) => {
    await writeDurably(join(folder, STATE), `${JSON.stringify(next, null, 1)}\n`, files);
    state = next;
    remembered = true;
  };

  const removeOthers = async (sha256: string) => {
    const names = (await files.readdir(folder)).filter((name) => name !== STATE && !name.startsWith(sha256));
    for (const name of names) await files.unlink(join(folder, name));
  };

  return {
    memory: () => state.memory,
    async last() {
      if (state.current === undefined) return undefined;
      const { sha256, activatedAt } = state.current;
      const read = await files.readFile(bundleFile(sha256)).catch((cause: unknown) => {
        throw fileError(bundleFile(sha256), cause);
      });
      const bytes = await sharedBytes(read);
      if (bundleSha256(bytes) !== sha256) throw new Error(`${bundleFile(sha256)} is not the bundle that was kept`);
      const approvals = await files.readFile(approvalsFile(sha256), 'utf8').catch(() => undefined);
      return { offer: { bytes, ...(approvals === undefined ? {} : { approvals }) }, activatedAt };
    },
    keepBlocks: (blocks) => write({ ...state, memory: { ...state.memory, blocks } }),
    async keep({ offer, activatedAt }, memory) {
      const sha256 = bundleSha256(offer.bytes);
      // INVARIANT: no bundle lies here without a memory, so that a memory that somebody removed is missed.
      if (!remembered) await write(state);
      await writeDurably(bundleFile(sha256), offer.bytes, files);
      await writeDurably(approvalsFile(sha256), offer.approvals ?? '{"approvals":[]}\n', files);
      await write({ memory, current: { sha256, activatedAt } });
      // Only room is lost where this fails; the next one that is kept tries again.
      await removeOthers(sha256).catch(() => undefined);
    },
  };
}

/** Written beside, synced, renamed, and the folder synced: afterwards the file is the new one whole, before it the old one. */
async function writeDurably(file: string, content: string | Uint8Array, files: StoreFiles): Promise<void> {
  const beside = `${file}.new`;
  const handle = await files.open(beside, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await files.rename(beside, file);
  const folder = await files.open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Undefined where nothing was ever remembered. */
async function readState(file: string, files: StoreFiles): Promise<State | undefined> {
  let text: string;
  try {
    text = await files.readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw fileError(file, cause);
  }
  try {
    canonicalJson(text);
    return stateOf(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${file} does not hold what was remembered of earlier bundles; ${ADVICE}`, { cause });
  }
}

function stateOf(value: unknown): State {
  const { memory, current } = object(value);
  const { floor, blocks } = object(memory);
  const { sequence, sha256, rolledBackTo } = object(floor);
  return {
    memory: {
      floor: {
        sequence: number(sequence),
        ...(sha256 === undefined ? {} : { sha256: text(sha256) }),
        ...(rolledBackTo === undefined ? {} : { rolledBackTo: text(rolledBackTo) }),
      },
      blocks: list(blocks).map(blockOf),
    },
    ...(current === undefined ? {} : { current: currentOf(object(current)) }),
  };
}

function currentOf({ sha256, activatedAt }: JsonObject) {
  return { sha256: text(sha256), activatedAt: number(activatedAt) };
}

function blockOf(value: Json): Statement {
  const { kind, bundleSha256: sha256, by, at } = object(value);
  if (kind !== 'block') throw new TypeError('not a block');
  const { office, person } = object(by);
  return { kind, bundleSha256: text(sha256), by: { office: text(office), person: text(person) }, at: number(at) };
}

function object(value: unknown): JsonObject {
  if (isObject(value)) return value;
  throw new TypeError('not an object');
}

function list(value: unknown): readonly Json[] {
  if (Array.isArray(value)) return value;
  throw new TypeError('not a list');
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError('not a text');
}

function number(value: unknown): number {
  if (typeof value === 'number') return value;
  throw new TypeError('not a number');
}
