/** Files with credentials are read for every request, so that they can be renewed. */
import { readFile } from 'node:fs/promises';
import { fileError } from '../../decision/file-trouble.ts';
import type { GetOptions } from './http-get.ts';

export interface CredentialFiles {
  /** For a bundle server a bearer token, for a registry `name:password`. */
  readonly tokenFile?: string;
  /** PEM files. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Throws an Error that names the file, as `readTls` does. */
export async function readToken({ tokenFile }: CredentialFiles): Promise<string | undefined> {
  return tokenFile === undefined ? undefined : (await text(tokenFile)).trim();
}

export async function readTls({ ca, cert, key }: CredentialFiles): Promise<GetOptions['tls']> {
  const named = Object.entries({ ca, cert, key }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(await Promise.all(named.map(async ([name, file]) => [name, await text(file)])));
}

async function text(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw fileError(file, cause);
  });
}
