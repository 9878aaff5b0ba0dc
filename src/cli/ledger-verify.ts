import { readFileSync } from 'node:fs';
import { fileError } from '../decision/file-trouble.ts';
import type { Problem } from '../ledger/read/problem.ts';
import { type Verification, verifyLedger } from '../ledger/read/verify.ts';
import { createVerifier } from '../ledger/signatures.ts';
import { refuseInside } from '../ledger/signing-key.ts';
import { counted } from './counted.ts';

export interface LedgerVerifyOptions {
  /** Files with a key in PEM, JWK or JWK set: the one that signs now, and those that signed before. */
  readonly key?: readonly string[];
  /** Files with a signed head that was kept outside the ledger. */
  readonly head?: readonly string[];
  readonly json?: boolean;
}

/** Streams of the command: the answer goes to `out`, progress and what is wrong with the command to `err`. */
export interface LedgerVerifyStreams {
  readonly out: { write(text: string): unknown };
  readonly err: { write(text: string): unknown };
}

/** `datwat ledger verify FOLDER`. Returns the exit code: 0 sound, 1 tampered with or damaged, 2 wrong use. */
export async function ledgerVerify(
  folder: string,
  options: LedgerVerifyOptions,
  streams: LedgerVerifyStreams,
): Promise<number> {
  let verification: Verification;
  try {
    const keys = (options.key ?? []).map((file) => readKey(file, folder));
    const heads = (options.head ?? []).map((file) => readText('head', file).trim());
    const verifier = keys.length > 0 ? await createVerifier(keys) : undefined;
    verification = await verifyLedger(folder, {
      ...(verifier && { verifier }),
      outsideHeads: heads,
      now: Date.now(),
      onProgress: progressOn(streams.err),
    });
  } catch (error) {
    streams.err.write(`ledger verify: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  const keysGiven = (options.key ?? []).length > 0;
  streams.out.write(
    options.json ? `${JSON.stringify(verification, undefined, 2)}\n` : inWords(folder, verification, keysGiven),
  );
  return verification.ok ? 0 : 1;
}

function readKey(file: string, folder: string): string {
  const text = readText('key', file);
  refuseInside(file, folder);
  return text;
}

function readText(what: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`the ${what} file ${fileError(file, cause).message}`, { cause });
  }
}

/** A line of progress at each tenth, once the work turns out to be long. */
function progressOn(err: LedgerVerifyStreams['err']): (done: number, total: number) => void {
  const begun = performance.now();
  let told = 0;
  return (done, total) => {
    const tenths = Math.floor((done / total) * 10);
    if (tenths <= told || performance.now() - begun < 1000) return;
    told = tenths;
    err.write(`ledger verify: ${tenths * 10} % of ${Math.ceil(total / 1_000_000)} MB\n`);
  };
}

function inWords(folder: string, found: Verification, keysGiven: boolean): string {
  const lines = [
    `${folder}: ${counted(found.records, 'record')} in ${counted(found.segments, 'segment')}; the last is ${found.lastSeq}, hash ${found.lastHash}`,
    originInWords(found, keysGiven),
    found.head === undefined
      ? `no signed head: nothing vouches for the end of this ledger (${counted(found.recordsAfterHead, 'record')})`
      : `last signed head: record ${found.head.seq}, ${counted(Math.round(found.head.ageMs / 1000), 'second')} old; ${counted(found.recordsAfterHead, 'record')} after it`,
  ];
  if (found.erasedPieces > 0) lines.push(`${counted(found.erasedPieces, 'piece')} said to be erased by order`);
  if (found.tornBytes > 0) {
    lines.push(`torn tail: ${found.tornBytes} bytes of a record without an end, of a crash or a writer at work`);
  }
  if (found.ok) return `${[...lines, 'sound'].join('\n')}\n`;
  lines.push(`NOT SOUND: ${counted(found.problemCount, 'problem')}`, ...found.problems.map(problemInWords));
  if (found.problemCount > found.problems.length) {
    lines.push(`  … and ${found.problemCount - found.problems.length} more`);
  }
  return `${lines.join('\n')}\n`;
}

function originInWords({ originProven }: Verification, keysGiven: boolean): string {
  if (originProven) return 'origin: signed by a key that you gave';
  const why = keysGiven ? 'no signed head is of a key that you gave' : 'give --key FILE';
  return `origin not proven: ${why}, and whoever can write here can make the whole ledger anew`;
}

function problemInWords(problem: Problem): string {
  const where = [
    problem.segment !== undefined && `segments/${problem.segment}`,
    problem.line !== undefined && `line ${problem.line}`,
    problem.seq !== undefined && `seq ${problem.seq}`,
    problem.decisionId !== undefined && `Decision-Id ${problem.decisionId}`,
  ].filter((part) => part !== false);
  return `  ${problem.kind}: ${where.join(', ')}${where.length > 0 ? ': ' : ''}${problem.detail}`;
}
