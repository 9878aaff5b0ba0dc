/** `datwat serve`: answers until it is told to stop. */
import { existsSync, statSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import type { Log } from '../decision/ports.ts';
import type { Bundle } from '../engine/bundle.ts';
import { openBundle } from '../engine/open-bundle.ts';
import type { ConfiguredTrust } from '../engine/trust/read-trust.ts';
import type { PolicyWatch } from '../engine/watch-policies.ts';
import { makeFactsFile } from '../facts/facts-file.ts';
import { type Service, startService } from '../main.ts';
import { createLog } from '../observability/log.ts';
import { POLICIES } from '../product.ts';
import { type ConfigFlags, loadConfig } from './load-config.ts';
import { toldToStop } from './stop-signal.ts';
import { saying, type Terminal, WRONG_USE, YES } from './terminal.ts';

/** Resolves with the exit code once it has stopped; logs go to standard error. */
export async function serve(flags: ConfigFlags, { out, err }: Terminal): Promise<number> {
  const log = createLog();
  let service: Service;
  let follow: PolicyWatch | undefined;
  let stopping: Promise<void>;
  try {
    const config = loadConfig(flags);
    if (config.mode === 'development') {
      log.warn('development_mode', { means: 'unsigned bundles, callers without credentials and a development key' });
      if (!existsSync(config.facts.file)) makeFactsFile(config.facts);
    }
    if (config.bundle !== undefined && config.release !== undefined && !isFolder(config.bundle)) {
      const { releaseFollower } = await import('./release-follower.ts');
      const follower = await releaseFollower(config.bundle, config.release, () => trustNow(flags), log);
      service = await startService(config, follower, log);
    } else {
      const bundle = await bundleOf(config, log);
      service = await startService(config, bundle, log);
      follow = await followSaved(config, service, bundle, log, err);
    }
    // Before anyone can hear that it listens, it can be told to stop.
    stopping = toldToStop(log);
    out(JSON.stringify({ msg: 'listening', url: service.url, revision: service.revision, mode: config.mode }));
  } catch (error) {
    err(`Datwat does not start:\n${saying(error)}`);
    return WRONG_USE;
  }
  await stopping;
  await follow?.close();
  await service.stop();
  return YES;
}

/** What the configuration says of keys and approvals at this moment. */
function trustNow(flags: ConfigFlags): ConfiguredTrust {
  const { release } = loadConfig(flags);
  if (release === undefined) throw new Error('the configuration names no keys and no quorum any more');
  return release.trust;
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

// What only development needs is loaded there: production starts faster and holds less without it.
async function bundleOf({ mode, bundle, bundleSha256 }: Config, log: Log): Promise<Bundle> {
  if (bundle === undefined) return (await import('./development-bundle.ts')).openDevelopmentBundle(POLICIES, log);
  return openBundle(bundle, { mode, ...(bundleSha256 !== undefined && { sha256: bundleSha256 }) });
}

/** In development a folder of policies is followed; what a saved change does goes to standard error. */
async function followSaved(
  { mode, bundle }: Config,
  { engine }: Service,
  active: Bundle,
  log: Log,
  tell: Terminal['err'],
): Promise<PolicyWatch | undefined> {
  const policies = bundle ?? POLICIES;
  if (mode === 'production' || !statSync(policies).isDirectory()) return undefined;
  const { followPolicies } = await import('./follow-policies.ts');
  return followPolicies({ policies, engine, bundle: active, log, tell });
}
