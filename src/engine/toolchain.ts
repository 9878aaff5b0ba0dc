import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MODULE = 'github.com/open-policy-agent/opa';
const RELEASES = 'https://github.com/open-policy-agent/opa/releases';

/** The compiler of policies, found and of the pinned version. */
export interface Opa {
  readonly command: string;
  readonly version: string;
}

/** No usable `opa`; the message says which version is needed and how to have it. */
export class OpaMissing extends Error {}

/**
 * Finds the pinned `opa`: `$OPA`, then the PATH, then `go tool` in the folder `toolchain` of the policies. One of another
 * version is passed over, because it would build other bytes of the same policy. Throws `OpaMissing`.
 */
export async function findOpa(policies: string, env: NodeJS.ProcessEnv = process.env): Promise<Opa> {
  const toolchain = join(policies, 'toolchain');
  const wanted = await pinnedVersion(toolchain);
  const tried: string[] = [];
  for (const [where, candidate] of candidates(toolchain, env)) {
    try {
      const command = await candidate();
      const version = await versionOf(command);
      if (wanted === undefined || version === wanted) return { command, version };
      tried.push(`${where}: version ${version}`);
    } catch {
      tried.push(`${where}: not usable`);
    }
  }
  throw new OpaMissing(missing(wanted, tried));
}

type Candidate = readonly [where: string, find: () => Promise<string>];

function candidates(toolchain: string, env: NodeJS.ProcessEnv): readonly Candidate[] {
  const named = env.OPA;
  return [
    ...(named ? [['$OPA', async () => (named.includes('/') ? resolve(named) : named)] as const] : []),
    ['opa on the PATH', async () => 'opa'],
    ['go tool opa', () => fromGo(toolchain, env)],
  ];
}

/** Go builds the tool into its own cache, if it must, and names the file. */
async function fromGo(toolchain: string, env: NodeJS.ProcessEnv): Promise<string> {
  await access(join(toolchain, 'go.mod'));
  const { stdout } = await run('go', ['tool', '-n', 'opa'], { cwd: toolchain, env });
  return stdout.trim();
}

async function versionOf(command: string): Promise<string> {
  const { stdout } = await run(command, ['version']);
  const version = /^Version: (\S+)$/m.exec(stdout)?.[1];
  if (version === undefined) throw new Error('this is not opa');
  return version;
}

async function pinnedVersion(toolchain: string): Promise<string | undefined> {
  try {
    const text = await readFile(join(toolchain, 'go.mod'), 'utf8');
    return new RegExp(`^\\s*${MODULE} v(\\S+)`, 'm').exec(text)?.[1];
  } catch {
    return undefined;
  }
}

function missing(wanted: string | undefined, tried: readonly string[]): string {
  const version = wanted === undefined ? 'opa' : `opa ${wanted}`;
  const page = wanted === undefined ? RELEASES : `${RELEASES}/tag/v${wanted}`;
  return [
    `building a policy needs ${version}, and it was not found (${tried.join('; ')}).`,
    `Install Go, or take the official release with its SHA-256 from ${page}`,
    'and name the file in $OPA. Serving a bundle that is already built needs no opa.',
  ].join('\n');
}
