import { watch } from 'node:fs';
import type { JsonObject } from '../decision/model.ts';
import type { Log } from '../decision/ports.ts';
import { type Bundle, withDataText } from './bundle.ts';
import { BundleRefused } from './bundle-refused.ts';
import { canonicalJson } from './canonical-json.ts';
import { openBundle } from './open-bundle.ts';
import type { SwappingEngine } from './policy-engine.ts';
import { changedFiles, kindOf, markPolicyFiles, type PolicyFileKind } from './policy-files.ts';

/** What a saved change came to. */
export interface PolicyChange {
  /** The kind that was acted on: rules before data before cases. */
  readonly kind: PolicyFileKind;
  /** Changed files, relative to the folder of policies. */
  readonly files: readonly string[];
  /** `activated`, `refused` (the old policy serves on), or `noted` for cases, which change no policy. */
  readonly outcome: 'activated' | 'refused' | 'noted';
  /** Why it was refused: for the one who saved the file. */
  readonly reason?: string;
}

export interface WatchParts {
  readonly policies: string;
  readonly engine: SwappingEngine;
  /** The bundle in force when watching starts. */
  readonly bundle: Bundle;
  /** All data files as the one document that OPA makes of them, and every problem with its file and line. */
  readData(): Promise<{ document: JsonObject; problems: readonly string[] }>;
  readonly log: Log;
  /** Told of each change once it has been dealt with, with the bundle that is in force then. */
  report(change: PolicyChange, bundle: Bundle): void;
}

export interface PolicyWatch {
  /** Resolves when nothing is going on any more. */
  close(): Promise<void>;
}

const QUIET_MS = 120;

/**
 * Follows the folder of policies in development. Saved data need no `opa`: they are laid under the compiled policy. Changed
 * rules are built anew. Whatever fails changes nothing. Events only say that something happened; what happened is found
 * by looking, so that editors which rename, and many files saved at once, make no difference.
 */
export async function watchPolicies(parts: WatchParts): Promise<PolicyWatch> {
  const { policies, engine, readData, log, report } = parts;
  let bundle = parts.bundle;
  let marks = await markPolicyFiles(policies);
  let timer: NodeJS.Timeout | undefined;
  let work: Promise<void> = Promise.resolve();

  const look = async () => {
    const now = await markPolicyFiles(policies);
    const files = changedFiles(marks, now);
    marks = now;
    if (files.length > 0) report(await act(files), bundle);
  };

  const act = async (files: readonly string[]): Promise<PolicyChange> => {
    const kind = mostWeighty(files);
    if (kind === 'cases') return { kind, files, outcome: 'noted' };
    try {
      const opening = kind === 'rules' ? openBundle(policies, { mode: 'development' }) : withSavedData();
      await engine.activate(() => opening);
      bundle = await opening;
      return { kind, files, outcome: 'activated' };
    } catch (failure) {
      const reason = failure instanceof BundleRefused ? failure.reason : 'an unexpected failure; see the log';
      return { kind, files, outcome: 'refused', reason };
    }
  };

  const withSavedData = async (): Promise<Bundle> => {
    const { document, problems } = await readData();
    if (problems.length > 0) throw new BundleRefused('load', problems.join('\n'));
    return withDataText(bundle, asOpaWrites(document));
  };

  const watcher = watch(policies, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      work = work.then(look).catch((failure: unknown) => log.error('policies could not be read', failure));
    }, QUIET_MS);
  });
  watcher.on('error', (failure) => log.error('policies are not watched any more', failure));

  return {
    async close() {
      clearTimeout(timer);
      watcher.close();
      await work;
    },
  };
}

/** The bytes that `opa build` makes of the same data, so that a saved change and a build of it have the same revision. */
function asOpaWrites(document: JsonObject): string {
  const escaped = canonicalJson(JSON.stringify(document)).replaceAll(
    /[<>&]/g,
    (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`,
  );
  return `${escaped}\n`;
}

function mostWeighty(files: readonly string[]): PolicyFileKind {
  const kinds = new Set(files.map(kindOf));
  if (kinds.has('rules')) return 'rules';
  return kinds.has('data') ? 'data' : 'cases';
}
