import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type ClaimedPlace, chainPlaceOf, lastPlace } from '../chain-place.ts';
import { checkpointPath, type LedgerFolder, segmentPath, seqOfName } from '../folder.ts';
import { readLines } from '../lines.ts';
import { type ChainPlace, NO_HASH } from '../record-form.ts';
import { unprovenReader } from '../signatures.ts';
import { checkpointFrom, headFrom } from '../signed-contents.ts';
import { type FileSystem, syncFolder } from './file-system.ts';

const ADVICE = 'Run "datwat ledger verify" on the folder, keep it as it is, and give the writer a new one';

/** What a crash left behind the last whole record: kept in `torn/`, cut off, and recorded in the chain. */
export interface TornTail {
  readonly segment: string;
  readonly offset: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** Where a writer goes on. */
export interface OpenChain {
  readonly last: ChainPlace;
  /** The segment to go on in; absent where the last one is closed or there is none yet. */
  readonly segment?: { readonly firstSeq: number; readonly length: number };
  readonly torn?: TornTail;
}

/**
 * Finds where the chain ends. A record of which the end was never written (nobody had an answer to it) is moved to
 * `torn/` and cut off. Throws Error, naming the place, for anything else that is not whole: a ledger that
 * cannot be trusted is not written further.
 */
export async function openChain(fs: FileSystem, folder: LedgerFolder, writer: string): Promise<OpenChain> {
  const [firstSeq, previous] = segmentSeqs(folder).reverse();
  if (firstSeq === undefined) {
    const last = { seq: 0, hash: NO_HASH };
    await refuseWhereHeadIsAhead(folder, last);
    return { last };
  }

  const path = segmentPath(folder, firstSeq);
  const before = previous === undefined ? { seq: 0, hash: NO_HASH } : endOf(segmentPath(folder, previous));
  if (firstSeq !== before.seq + 1) {
    throw new Error(`ledger: ${path} should begin with record ${before.seq + 1}: a segment is missing`);
  }
  if (existsSync(checkpointPath(folder, firstSeq))) {
    const last = await endOfClosed(folder, firstSeq);
    await refuseWhereHeadIsAhead(folder, last);
    return { last };
  }
  const scan = scanSegment(path, writer, before);
  await refuseWhereHeadIsAhead(folder, scan.last);
  const torn = scan.length === scan.size ? undefined : await cutTorn(fs, folder, path, scan);
  return { last: scan.last, segment: { firstSeq, length: scan.length }, ...(torn !== undefined && { torn }) };
}

/** A closed segment is not read again: it must end where its checkpoint says. */
async function endOfClosed(folder: LedgerFolder, firstSeq: number): Promise<ChainPlace> {
  const path = segmentPath(folder, firstSeq);
  const last = endOf(path);
  const jws = readFileSync(checkpointPath(folder, firstSeq), 'utf8').trim();
  const checkpoint = checkpointFrom(await unprovenReader.verify('checkpoint', jws));
  if (checkpoint?.last_seq !== last.seq || checkpoint.last_hash !== last.hash) {
    throw new Error(`ledger: ${path} does not end where its checkpoint says. ${ADVICE}`);
  }
  return { seq: last.seq, hash: last.hash };
}

function segmentSeqs(folder: LedgerFolder): number[] {
  return readdirSync(folder.segments)
    .map((name) => seqOfName(name, '.ndjson'))
    .filter((seq) => seq !== undefined)
    .sort((a, b) => a - b);
}

function endOf(path: string): ChainPlace {
  try {
    return lastPlace(path, statSync(path).size);
  } catch {
    throw new Error(`ledger: ${path} does not end in a whole record. ${ADVICE}`);
  }
}

interface Scan {
  readonly last: ChainPlace;
  /** Bytes of whole records. */
  readonly length: number;
  readonly size: number;
}

/**
 * Follows the links of one segment. Whether each hash is true is what `ledger verify` finds; here it is only asked
 * whether this is the tail that a crash leaves behind (nothing whole follows) or something that somebody should look at.
 */
function scanSegment(path: string, writer: string, before: ChainPlace): Scan {
  const { size } = statSync(path);
  let last = before;
  let number = 0;
  let length = 0;
  let torn: { line: number; why: string } | undefined;
  for (const line of readLines(path, 0, size, size)) {
    number += 1;
    const claimed = line.complete ? placeOrReason(line.bytes) : 'its end is missing';
    if (typeof claimed === 'string') {
      torn ??= { line: number, why: claimed };
      continue;
    }
    if (torn !== undefined) throw unsound(path, torn.line, torn.why);
    if (claimed.writer !== writer) throw unsound(path, number, 'it has another writer than this folder');
    if (claimed.seq !== last.seq + 1) throw unsound(path, number, `it is record ${claimed.seq}, not ${last.seq + 1}`);
    if (claimed.prevHash !== last.hash) throw unsound(path, number, 'it does not follow the record before it');
    last = { seq: claimed.seq, hash: claimed.hash };
    length = line.offset + line.bytes.length + 1;
  }
  return { last, length, size };
}

function placeOrReason(bytes: Buffer): ClaimedPlace | string {
  try {
    return chainPlaceOf(bytes);
  } catch {
    return 'it is no ledger record';
  }
}

function unsound(path: string, line: number, why: string): Error {
  return new Error(`ledger: ${path} line ${line}: ${why}. ${ADVICE}`);
}

/** A signed head vouches for records: when they are gone, what follows would hide that. */
async function refuseWhereHeadIsAhead(folder: LedgerFolder, last: ChainPlace): Promise<void> {
  if (!existsSync(folder.head)) return;
  const head = headFrom(await unprovenReader.verify('head', readFileSync(folder.head, 'utf8').trim()));
  if (head === undefined) throw new Error(`ledger: ${folder.head} is no signed head`);
  if (head.seq > last.seq || (head.seq === last.seq && head.hash !== last.hash)) {
    throw new Error(
      `ledger: ${folder.root} ends at record ${last.seq}, but a signed head says ${head.seq}: records are gone. ${ADVICE}`,
    );
  }
}

async function cutTorn(fs: FileSystem, folder: LedgerFolder, path: string, scan: Scan): Promise<TornTail> {
  const bytes = readFileSync(path).subarray(scan.length);
  const sha256 = hash('sha256', bytes, 'hex');
  const kept = join(folder.torn, `${basename(path, '.ndjson')}-${scan.length}-${sha256.slice(0, 8)}`);
  await fs.writeFile(kept, bytes);
  await syncFolder(fs, folder.torn);
  const fd = await fs.open(path, 'r+');
  try {
    await fs.ftruncate(fd, scan.length);
    await fs.fsync(fd);
  } finally {
    await fs.close(fd);
  }
  return {
    segment: basename(path),
    offset: scan.length,
    bytes: bytes.length,
    sha256,
  };
}
