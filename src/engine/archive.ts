import { Buffer } from 'node:buffer';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { BundleRefused } from './bundle-refused.ts';

/** File names without a leading slash, and what they hold. */
export type Files = ReadonlyMap<string, Uint8Array>;

export interface ArchiveLimits {
  /** Bytes of the archive as it comes in. */
  readonly packed: number;
  /** Bytes of all files together. */
  readonly unpacked: number;
  readonly files: number;
}

export const DEFAULT_LIMITS: ArchiveLimits = { packed: 256 * 2 ** 20, unpacked: 512 * 2 ** 20, files: 10_000 };

const inflate = promisify(gunzip);
const deflate = promisify(gzip);
const TAR_BLOCK = 512;

/**
 * The files of a `.tar.gz`. Believes nothing: refuses (step `read`) what is too large, before or after unpacking, what is
 * cut off, and every entry that is not a plain file or folder, lies outside the archive or has a name that occurred before.
 */
export async function unpackArchive(bytes: Uint8Array, limits: ArchiveLimits = DEFAULT_LIMITS): Promise<Files> {
  if (bytes.byteLength > limits.packed) refuse(`the archive is larger than ${limits.packed} bytes`);
  const tar = await inflateWithin(bytes, limits);
  if (tar.length % TAR_BLOCK !== 0 || !endsWithEmptyBlocks(tar)) refuse('the archive is cut off');

  const files = new Map<string, Uint8Array>();
  const extraction = extract();
  const done = (async () => {
    for await (const entry of extraction) {
      const { name, type, size } = entry.header;
      if (type !== 'file' && type !== 'directory')
        refuse(`${printable(name)} is a ${type ?? 'nameless thing'}, not a plain file`);
      // DANGER: tar-stream never ends the stream of a folder that claims bytes, so whoever reads it waits for ever.
      if (type === 'directory' && size !== 0) refuse(`${printable(name)} is a folder that claims to hold bytes`);
      const plain = plainName(name);
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) chunks.push(asBytes(chunk));
      if (type === 'directory') continue;
      if (files.has(plain)) refuse(`${printable(name)} occurs twice`);
      if (files.size >= limits.files) refuse(`the archive holds more than ${limits.files} files`);
      files.set(plain, joined(chunks));
    }
  })();
  extraction.end(tar);
  try {
    await done;
  } catch (cause) {
    if (cause instanceof BundleRefused) throw cause;
    throw new BundleRefused('read', 'the archive is not a readable tar file', { cause });
  }
  return files;
}

async function inflateWithin(bytes: Uint8Array, limits: ArchiveLimits): Promise<Buffer> {
  try {
    return await inflate(bytes, { maxOutputLength: limits.unpacked });
  } catch (cause) {
    const tooLarge = cause instanceof RangeError;
    const reason = tooLarge ? `unpacked it is larger than ${limits.unpacked} bytes` : 'it is not a complete gzip file';
    throw new BundleRefused('read', reason, { cause });
  }
}

/** Without the two empty blocks that end a tar file, a file that was cut between two entries would go unnoticed. */
function endsWithEmptyBlocks(tar: Uint8Array): boolean {
  const end = tar.subarray(-2 * TAR_BLOCK);
  return end.length === 2 * TAR_BLOCK && end.every((byte) => byte === 0);
}

function plainName(name: string): string {
  const plain = name.replace(/^\/+/, '').replace(/^\.\//, '').replace(/\/$/, '');
  const parts = plain.split('/');
  if (name !== '/' && name !== './' && parts.some((part) => part === '' || part === '.' || part === '..')) {
    refuse(`${printable(name)} does not lie inside the archive`);
  }
  if (/[\\\0]/.test(name)) refuse(`${printable(name)} is not a plain file name`);
  return plain;
}

/** Streams of tar-stream carry bytes, whatever their types say. */
function asBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError('a tar stream gave something else than bytes');
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

function printable(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
}

function refuse(reason: string): never {
  throw new BundleRefused('read', reason);
}

/**
 * A `.tar.gz` of these files that is the same, byte for byte, whenever and wherever it is made: entries sorted by name,
 * no times, no owners, a gzip header without time or system, and stored instead of deflated, because what deflate makes
 * of the same bytes differs between builds of zlib. Names get the leading slash that OPA writes.
 */
export async function packArchive(files: Files): Promise<Buffer> {
  const archive = pack();
  const chunks: Uint8Array[] = [];
  const gathered = (async () => {
    for await (const chunk of archive) chunks.push(asBytes(chunk));
  })();
  for (const name of [...files.keys()].sort()) {
    const content = files.get(name) ?? new Uint8Array();
    const header = { name: `/${name}`, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' };
    archive.entry(header, Buffer.from(content));
  }
  archive.finalize();
  await gathered;
  const packed = await deflate(joined(chunks), { level: 0 });
  packed.fill(0, GZIP_TIME, GZIP_TIME + 4);
  packed[GZIP_SYSTEM] = GZIP_SYSTEM_UNKNOWN;
  return packed;
}

const GZIP_TIME = 4;
const GZIP_SYSTEM = 9;
const GZIP_SYSTEM_UNKNOWN = 255;
