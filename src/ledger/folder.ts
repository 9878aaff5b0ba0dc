import { join } from 'node:path';

/** Where things lie in a ledger folder. Names of files are sequence numbers, padded to twelve digits. */
export interface LedgerFolder {
  readonly root: string;
  readonly segments: string;
  readonly checkpoints: string;
  readonly heads: string;
  readonly orders: string;
  readonly torn: string;
  /** The writer's id, which goes on after a restart. */
  readonly writer: string;
  readonly lock: string;
  readonly head: string;
}

export function ledgerFolder(root: string): LedgerFolder {
  return {
    root,
    segments: join(root, 'segments'),
    checkpoints: join(root, 'checkpoints'),
    heads: join(root, 'heads'),
    orders: join(root, 'orders'),
    torn: join(root, 'torn'),
    writer: join(root, 'writer'),
    lock: join(root, 'lock'),
    head: join(root, 'heads', 'head.jws'),
  };
}

export function seqName(seq: number): string {
  return String(seq).padStart(12, '0');
}

export function segmentPath(folder: LedgerFolder, firstSeq: number): string {
  return join(folder.segments, `${seqName(firstSeq)}.ndjson`);
}

export function checkpointPath(folder: LedgerFolder, firstSeq: number): string {
  return join(folder.checkpoints, `${seqName(firstSeq)}.jws`);
}

/** The sequence number in a file name such as `000000000001.ndjson`; undefined for any other name. */
export function seqOfName(name: string, extension: '.ndjson' | '.jws'): number | undefined {
  const digits = name.endsWith(extension) ? name.slice(0, -extension.length) : '';
  return /^\d{12}$/.test(digits) ? Number(digits) : undefined;
}
