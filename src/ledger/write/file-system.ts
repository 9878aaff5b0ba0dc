import { close, fdatasync, fsync, ftruncate, open, statSync, writeSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/** Which file this is, whatever its name, and how long. */
export interface FileIdentity {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
}

/** The calls by which a segment is written, so that a test can make each of them fail as a disk does. */
export interface FileSystem {
  open(path: string, flags: string | number): Promise<number>;
  /**
   * Appends and returns how many bytes were taken, which may be fewer. Not asynchronous: it only reaches the page cache,
   * and a trip to the thread pool costs more than the copy.
   */
  write(fd: number, bytes: Uint8Array): number;
  fdatasync(fd: number): Promise<void>;
  fsync(fd: number): Promise<void>;
  ftruncate(fd: number, length: number): Promise<void>;
  close(fd: number): Promise<void>;
  /** The file that bears this name now. */
  identity(path: string): FileIdentity;
  writeFile(path: string, content: string | Uint8Array): Promise<void>;
  rename(from: string, to: string): Promise<void>;
}

export const nodeFileSystem: FileSystem = {
  open: (path, flags) => promisify(open)(path, flags, 0o640),
  write: (fd, bytes) => writeSync(fd, bytes),
  fdatasync: promisify(fdatasync),
  fsync: promisify(fsync),
  ftruncate: promisify(ftruncate),
  close: promisify(close),
  identity: (path) => statSync(path),
  writeFile: (path, content) => writeFile(path, content, { flush: true, mode: 0o640 }),
  rename,
};

/** A whole small file, or the old one: written beside, synced, renamed, and the folder synced. */
export async function replaceDurably(fs: FileSystem, path: string, text: string): Promise<void> {
  const beside = `${path}.new`;
  await fs.writeFile(beside, text);
  await fs.rename(beside, path);
  await syncFolder(fs, dirname(path));
}

/** Makes the names in a folder durable. Windows has no such call and needs none. */
export async function syncFolder(fs: FileSystem, path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const fd = await fs.open(path, 'r');
  try {
    await fs.fsync(fd);
  } finally {
    await fs.close(fd);
  }
}
