import { readFile, writeFile } from 'node:fs/promises';
import type { JsonObject } from '../decision/model.ts';
import { unpackArchive } from '../engine/archive.ts';
import { BundleRefused } from '../engine/bundle-refused.ts';
import { APPROVALS_SUFFIX } from '../engine/release/bundle-source.ts';
import { signJws } from '../engine/trust/jws.ts';
import { type StatementKind, withStatement } from '../engine/trust/statements.ts';
import { bundleSha256 } from '../engine/trust/trust.ts';
import { readBytes } from './read-file.ts';
import { type KeyOptions, readSigningKey } from './signing-key.ts';
import { saying, type Terminal, WRONG_USE, YES } from './terminal.ts';

export interface PolicyApproveOptions extends KeyOptions {
  readonly bundle: string;
  /** As the configuration names the office of this key. */
  readonly office: string;
  readonly block: boolean;
  readonly liftBlock: boolean;
  readonly json: boolean;
}

/** `datwat policy approve`: adds a signed statement to `<bundle>.approvals.json`. Exit code: 0 added, 2 it could not be. */
export async function policyApprove(options: PolicyApproveOptions, terminal: Terminal): Promise<number> {
  if (options.block && options.liftBlock) {
    terminal.err('--block and --lift-block contradict each other');
    return WRONG_USE;
  }
  const kind = options.block ? 'block' : options.liftBlock ? 'lift_block' : 'approve';
  return state(options.bundle, kind, { office: options.office }, options, terminal);
}

export interface PolicyRollbackOptions extends KeyOptions {
  /** The older bundle that must come into force again. */
  readonly to: string;
  /** The sequence that is in force now: the statement counts from there only. */
  readonly fromSequence: string;
  readonly json: boolean;
}

/** `datwat policy rollback`: the signed statement that lets one older bundle back. Exit code: 0 added, 2 it could not be. */
export async function policyRollback(options: PolicyRollbackOptions, terminal: Terminal): Promise<number> {
  const from = Number(options.fromSequence);
  if (!Number.isSafeInteger(from) || from < 1) {
    terminal.err(`--from-sequence ${options.fromSequence} is not a whole number from 1`);
    return WRONG_USE;
  }
  return state(options.to, 'rollback', { from_sequence: from }, options, terminal);
}

async function state(
  bundle: string,
  kind: StatementKind,
  more: JsonObject,
  options: KeyOptions & { readonly json: boolean },
  { out, err }: Terminal,
): Promise<number> {
  const file = `${bundle}${APPROVALS_SUFFIX}`;
  try {
    const { algorithm, key, id } = await readSigningKey(options);
    if (algorithm.startsWith('HS')) throw new Error('a shared secret cannot speak for somebody; use a key pair');
    const bytes = readBytes(bundle);
    // Nobody means to say yes to what is no bundle; but what is broken may be blocked.
    if (kind === 'approve' || kind === 'rollback') await unpackArchive(bytes);
    const sha256 = bundleSha256(bytes);
    const payload = { statement: kind, bundle_sha256: sha256, iat: Math.floor(Date.now() / 1000), ...more };
    await writeFile(file, withStatement(await textOf(file), signJws(payload, algorithm, key, id)));
    const said = { file, statement: kind, sha256, key: id };
    out(options.json ? JSON.stringify(said) : `${file}: ${kind} of ${sha256} by key ${id}`);
    return YES;
  } catch (failure) {
    err(failure instanceof BundleRefused ? `${bundle} is no bundle: ${failure.reason}` : saying(failure));
    return WRONG_USE;
  }
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (failure) {
    if (failure instanceof Error && 'code' in failure && failure.code === 'ENOENT') return undefined;
    throw failure;
  }
}
