import { type FileSystem, nodeFileSystem } from '../../src/ledger/write/file-system.ts';

export type DiskCall = 'open' | 'write' | 'fdatasync' | 'fsync' | 'ftruncate' | 'writeFile' | 'rename';

export interface FailingFileSystem extends FileSystem {
  /** From now on this call fails with this code; `undefined` heals it. */
  fail(call: DiskCall, code: string | undefined): void;
  /** The disk takes this many bytes more, then says ENOSPC: also in the middle of a write. */
  roomFor(bytes: number): void;
  /** Each write takes at most this many bytes. */
  shortWrites(bytes: number): void;
  /** `fdatasync` does not return until it is released. */
  hang(): () => void;
  readonly calls: Record<DiskCall, number>;
}

/** The real file system, which fails where a test says so, as a disk does: after some of the bytes, or at the sync. */
export function failingFileSystem(): FailingFileSystem {
  const codes = new Map<DiskCall, string>();
  const calls: Record<DiskCall, number> = {
    open: 0,
    write: 0,
    fdatasync: 0,
    fsync: 0,
    ftruncate: 0,
    writeFile: 0,
    rename: 0,
  };
  let room = Number.POSITIVE_INFINITY;
  let atMost = Number.POSITIVE_INFINITY;
  let hanging: Promise<void> = Promise.resolve();

  function meet(call: DiskCall): void {
    calls[call] += 1;
    const code = codes.get(call);
    if (code !== undefined) throw Object.assign(new Error(`${code}: ${call} failed by the test`), { code });
  }

  return {
    calls,
    fail(call, code) {
      if (code === undefined) codes.delete(call);
      else codes.set(call, code);
    },
    roomFor(bytes) {
      room = bytes;
    },
    shortWrites(bytes) {
      atMost = bytes;
    },
    hang() {
      let release = () => {};
      hanging = new Promise((resolve) => {
        release = resolve;
      });
      return () => release();
    },
    async open(path, flags) {
      meet('open');
      return nodeFileSystem.open(path, flags);
    },
    write(fd, bytes) {
      meet('write');
      const size = Math.min(bytes.length, atMost, room);
      if (size === 0) throw Object.assign(new Error('ENOSPC: no room left by the test'), { code: 'ENOSPC' });
      room -= size;
      return nodeFileSystem.write(fd, bytes.subarray(0, size));
    },
    async fdatasync(fd) {
      await hanging;
      meet('fdatasync');
      await nodeFileSystem.fdatasync(fd);
    },
    async fsync(fd) {
      meet('fsync');
      await nodeFileSystem.fsync(fd);
    },
    async ftruncate(fd, length) {
      meet('ftruncate');
      await nodeFileSystem.ftruncate(fd, length);
    },
    async writeFile(path, content) {
      meet('writeFile');
      await nodeFileSystem.writeFile(path, content);
    },
    async rename(from, to) {
      meet('rename');
      await nodeFileSystem.rename(from, to);
    },
    close: nodeFileSystem.close,
    identity: nodeFileSystem.identity,
  };
}
