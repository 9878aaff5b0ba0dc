import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileError } from '../decision/file-trouble.ts';
import { createSigner, type Signer } from './signatures.ts';

/**
 * The key that vouches for a ledger. Throws Error where the file cannot be read, others can read it, it lies in the
 * ledger folder (who can change the ledger could then sign it anew), or it is no Ed25519 or P-256 key.
 */
export async function readSigningKey(file: string, ledgerRoot: string): Promise<Signer> {
  refuseInside(file, ledgerRoot);
  const { mode, uid } = statSync(file);
  // A secret that the platform hands out belongs to another user and reaches us through our group.
  const ours = process.getuid === undefined || uid === process.getuid();
  if (process.platform !== 'win32' && (mode & (ours ? 0o077 : 0o007)) !== 0) {
    throw new Error(`ledger key ${file}: others can read it; set its mode to 0600`);
  }
  return signerFrom(file);
}

/** For development: a key of its own, made once in `.datwat/` beside the ledger folder. */
export async function developmentSigningKey(ledgerRoot: string): Promise<Signer> {
  const file = join(dirname(resolve(ledgerRoot)), '.datwat', 'ledger-key.pem');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(file, pem, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return readSigningKey(file, ledgerRoot);
}

/** Throws Error where a key file lies in the ledger folder that it should prove. */
export function refuseInside(file: string, ledgerRoot: string): void {
  if (!existsSync(ledgerRoot)) return;
  const way = relative(realpathSync(ledgerRoot), realpathSync(file));
  if (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)) {
    throw new Error(`ledger key ${file}: lies in the ledger folder; keep it elsewhere`);
  }
}

async function signerFrom(file: string): Promise<Signer> {
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`ledger key ${fileError(file, cause).message}`, { cause });
  }
  try {
    return await createSigner(pem);
  } catch (error) {
    throw new Error(`ledger key ${file}: ${error instanceof Error ? error.message : 'it is no key'}`);
  }
}
