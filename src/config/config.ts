/** What the rest of the program knows of its settings: one frozen `Config` (design.md §10). */
import { readFileSync } from 'node:fs';
import type { ConfiguredCaller } from '../api/callers.ts';
import type { Place, Tls } from '../api/listener.ts';
import type { Contact } from '../api/openapi.ts';
import { fileError } from '../decision/file-trouble.ts';
import type { JsonObject } from '../decision/model.ts';
import type { ConfiguredTrust } from '../engine/trust/read-trust.ts';
import type { FactsFile } from '../facts/facts-file.ts';
import type { FactKind } from '../facts/kinds.ts';

export interface Config {
  readonly mode: 'development' | 'production';
  readonly place: Place;
  /** As written; absent in development means the address that it listens on. */
  readonly publicUrl?: string;
  readonly contact?: Contact;
  /** File, folder or URL; absent in development means the policies of the checkout. */
  readonly bundle?: string;
  /** Lower-case hex. */
  readonly bundleSha256?: string;
  /** Who answers: the plan engine with spot checks by the Wasm, the Wasm, or both where they agree. */
  readonly engine: 'plan' | 'wasm' | 'both';
  /** What is written about approval. With `none` and `not_written` nobody's is asked for; the second may be an oversight. */
  readonly quorum: 'asked' | 'none' | 'not_written';
  /** How bundles are followed and what they must show; absent where one bundle is opened once, at the start. */
  readonly release?: ConfiguredRelease;
  /** A draft that answers the same questions beside the policy in force, and where its report is kept. */
  readonly shadow?: { readonly bundle: string; readonly file: string };
  readonly pseudonym?: {
    readonly active: string;
    readonly keys: readonly { readonly id: string; readonly file: string }[];
  };
  readonly ledger: { readonly folder: string; readonly signingKey?: string; readonly mode: 'sync' | 'write' };
  /** `maxAges` in milliseconds. */
  readonly facts: FactsFile & { readonly maxAges: Readonly<Record<FactKind, number>> };
  readonly callers: readonly ConfiguredCaller[];
  /** File names; `readTls` reads them. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string } | 'terminated_upstream';
  /** Bytes, levels and items. */
  readonly limits: { readonly body: number; readonly depth: number; readonly items: number };
  readonly requestsPerSecond?: number;
  /** SHA-256 of the effective configuration as lower-case hex, for the records. */
  readonly sha256: string;
}

export interface ConfiguredRelease {
  readonly trust: ConfiguredTrust;
  /** Folder for the last good bundle and for what is remembered of earlier ones. */
  readonly state: string;
  /** Seconds. */
  readonly wait: number;
  /** Seconds between two looks, on average. */
  readonly poll: number;
  /** Files for a bundle server. */
  readonly tokenFile?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** The texts of the certificates. Throws an Error that names the file. */
export function readTls(tls: Config['tls']): Tls | undefined {
  if (tls === undefined || tls === 'terminated_upstream') return undefined;
  const { cert, key, clientCa } = tls;
  return {
    cert: text(cert),
    key: text(key),
    ...(clientCa !== undefined && { clientCa: text(clientCa) }),
  };
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw fileError(file, cause);
  }
}

/** What every record shows of the configuration (ADL level 4): nothing that weakens production stays out of sight. */
export function configurationForRecords(config: Config): JsonObject {
  const { mode, place, tls, quorum, sha256 } = config;
  const transport =
    tls === 'terminated_upstream' ? tls : tls !== undefined ? 'tls' : 'socket' in place ? 'unix_socket' : 'loopback';
  const unwritten = mode === 'production' && quorum === 'not_written';
  return { mode, transport, ...(unwritten && { quorum }), config_sha256: sha256 };
}

/** For logs and readiness, where production runs on a pin and nothing is written about approval. */
export const NO_QUORUM =
  'bundle_sha256 stands in for the signature of the bundle, not for approval of it: write quorum, or quorum: none where nobody has to approve';

/** Where the report of a shadow is kept. */
export function shadowReportFile(ledgerFolder: string): string {
  return beside(ledgerFolder, '-shadow.json');
}

/** What belongs to the service and not to the ledger, where the ledger is. */
export function beside(folder: string, suffix: string): string {
  return `${folder.replace(/[/\\]+$/, '')}${suffix}`;
}
