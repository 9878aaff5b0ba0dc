import { constants } from 'node:fs';
import { dirname } from 'node:path';
import { lastPlace } from '../chain-place.ts';
import type { ChainPlace } from '../record-form.ts';
import { type FileIdentity, type FileSystem, syncFolder } from './file-system.ts';

/** `sync` survives a power failure, `write` survives a killed process. */
export type Durability = 'sync' | 'write';

/**
 * The segment that is being written. INVARIANT: after a failed `append` nothing is appended on the descriptor before
 * `cutBack` and `reopen` have succeeded.
 */
export interface Segment {
  readonly path: string;
  /** Bytes that are there to stay. */
  length(): number;
  /** Durable when it resolves, and under the segment's own name. */
  append(bytes: Uint8Array): Promise<void>;
  /** Takes away what a failed append may have left. Where this fails, nobody may write here before a restart. */
  cutBack(): Promise<void>;
  /** A fresh descriptor on the same file, which must end in `last`. */
  reopen(last: ChainPlace): Promise<void>;
  close(): Promise<void>;
}

/** Somebody else has written in the segment: nothing may be cut away, and nothing more be written. */
export class SegmentInvaded extends Error {
  override readonly name = 'SegmentInvaded';
}

/** Opens the segment for appending; makes it, with its name durable, where it is not there. */
export async function openSegment(fs: FileSystem, path: string, length: number, mode: Durability): Promise<Segment> {
  const folder = dirname(path);
  let good = length;
  let fd = await fs.open(path, 'a+');
  let itself: FileIdentity;
  try {
    itself = fs.identity(path);
    if (itself.size !== length) throw new SegmentInvaded(`${path} is ${itself.size} bytes long instead of ${length}`);
    await syncFolder(fs, folder);
  } catch (error) {
    await fs.close(fd).catch(() => undefined);
    throw error;
  }

  /** A segment that was renamed, removed or replaced still takes bytes through its descriptor, for nobody to find. */
  function checkIdentity(size: number): void {
    const found = fs.identity(path);
    if (found.ino !== itself.ino || found.dev !== itself.dev) {
      throw Object.assign(new Error(`${path} is no longer the file that is being written`), { code: 'REPLACED' });
    }
    if (found.size !== size) throw new SegmentInvaded(`${path} is ${found.size} bytes long instead of ${size}`);
  }

  return {
    path,
    length: () => good,
    async append(bytes) {
      let written = 0;
      while (written < bytes.length) {
        const taken = fs.write(fd, written === 0 ? bytes : bytes.subarray(written));
        if (taken === 0) throw new Error(`${path} takes no more bytes`);
        written += taken;
      }
      if (mode === 'sync') await fs.fdatasync(fd);
      checkIdentity(good + bytes.length);
      good += bytes.length;
    },
    async cutBack() {
      await fs.ftruncate(fd, good);
      await fs.fsync(fd);
    },
    async reopen(last) {
      // The old descriptor stays open until the new one is known: it keeps the inode number from being used again.
      const fresh = await fs.open(path, constants.O_RDWR | constants.O_APPEND);
      try {
        checkIdentity(good);
        const found = lastPlace(path, good);
        if (found.seq !== 0 && (found.seq !== last.seq || found.hash !== last.hash)) {
          throw new SegmentInvaded(`${path} does not end in record ${last.seq}`);
        }
      } catch (error) {
        await fs.close(fresh).catch(() => undefined);
        throw error;
      }
      await fs.close(fd).catch(() => undefined);
      fd = fresh;
    },
    close: () => fs.close(fd),
  };
}
