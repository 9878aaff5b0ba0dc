/**
 * How long the thread that answers stands still while a bundle with a large matrix comes into force beside the running one.
 * A part of `npm run bench`; `node test/bench/activation.ts` prints it alone. Bundles are made here and followed in a process of its own, so that
 * the garbage of making them is not counted.
 */
import { fork } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { packArchive } from '../../src/engine/archive.ts';
import { committedBundle } from '../../src/engine/open-bundle.ts';
import { createPolicyEngine } from '../../src/engine/policy-engine.ts';
import { readBundleFile } from '../../src/engine/read-bundle.ts';
import { createFileSource } from '../../src/engine/release/file-source.ts';
import { checkApart, prepareApart } from '../../src/engine/release/prepare-apart.ts';
import { openReleaseStore } from '../../src/engine/release/release-store.ts';
import { createReleases } from '../../src/engine/release/releases.ts';
import { SIGNATURES_FILE, signFiles } from '../../src/engine/trust/bundle-signature.ts';
import { trustIn } from '../support/release-keys.ts';
import { activationSection } from './report.ts';
import { withCells } from './sizes.ts';

/** The longest turn of a thread, milliseconds: as the clock saw it, by its own processor time, and of collecting garbage. */
export interface LongestTurn {
  readonly clock: number;
  readonly processor: number;
  readonly garbage: number;
}

export interface ActivationFigures {
  readonly cells: number;
  /** One for each round: the thread at rest, and while the bundle came into force. */
  readonly quiet: readonly LongestTurn[];
  readonly meanwhile: readonly LongestTurn[];
  /** From the bundle at its place, milliseconds. */
  readonly inForceAfter: readonly number[];
}

const LOOK_MS = 50;
const QUIET_MS = 2000;
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

interface Task {
  /** Holds the bundles, `<sequence>.tar.gz` from 1, and the key that they are signed with. */
  readonly folder: string;
  readonly rounds: number;
}

const keyFile = (folder: string) => join(folder, 'key.pem');
const bundleFile = (folder: string, sequence: number) => join(folder, `${sequence}.tar.gz`);

/** One bundle after the other comes into force. Throws Error where one is refused. */
export async function activations(cells: number, rounds: number): Promise<ActivationFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'datwat-activation-'));
  try {
    await layBundles(folder, cells, rounds + 1);
    const child = fork(import.meta.filename, [JSON.stringify({ folder, rounds } satisfies Task)]);
    const gone = once(child, 'exit');
    const [turns] = await Promise.race([
      once(child, 'message'),
      // And not its exit, which may be seen before its last message.
      once(child, 'disconnect').then(async () => {
        throw new Error(`the process that measures activation ended with ${(await gone)[0]}`);
      }),
    ]);
    await gone;
    return { cells, ...turns };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without cases: those would not hold in another matrix, and are asked on a thread of their own anyway. */
async function layBundles(folder: string, cells: number, count: number): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(keyFile(folder), publicKey.export({ type: 'spki', format: 'pem' }));
  const bundle = withCells(await readBundleFile(committedBundle(join(import.meta.dirname, '../../policies'))), cells);
  const files = new Map([...bundle.files].filter(([name]) => !name.startsWith('cases/')));
  for (let sequence = 1; sequence <= count; sequence += 1) {
    const signature = signFiles(files, { sequence }, { id: 'bench', algorithm: 'ES256', key: privateKey });
    const signed = new Map([...files, [SIGNATURES_FILE, Buffer.from(signature)]]);
    writeFileSync(bundleFile(folder, sequence), await packArchive(signed));
  }
}

/** Of this thread, until it is asked. */
function watchTurns(): () => LongestTurn {
  let [clock, processor, garbage] = [0, 0, 0];
  let at = performance.now();
  let used = processorMs();
  const beat = () => {
    const [now, spent] = [performance.now(), processorMs()];
    clock = Math.max(clock, now - at);
    processor = Math.max(processor, spent - used);
    [at, used] = [now, spent];
  };
  const timer = setInterval(beat, 1);
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) garbage = Math.max(garbage, duration);
  });
  observer.observe({ entryTypes: ['gc'] });
  return () => {
    beat();
    clearInterval(timer);
    observer.disconnect();
    return { clock, processor, garbage };
  };
}

/** Of this thread, in steps of 4 ms on most kernels. */
function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** In the process of its own. */
async function follow({ folder, rounds }: Task): Promise<Omit<ActivationFigures, 'cells'>> {
  const place = join(folder, 'bundle.tar.gz');
  const lay = (sequence: number) => renameSync(bundleFile(folder, sequence), place);
  const { releases, refused, inForce } = await followAt(place, folder);
  const quiet: LongestTurn[] = [];
  const meanwhile: LongestTurn[] = [];
  const inForceAfter: number[] = [];
  lay(1);
  await releases.start();
  for (let round = 1; round <= rounds; round += 1) {
    const atRest = watchTurns();
    await wait(QUIET_MS);
    quiet.push(atRest());
    const before = inForce();
    const from = performance.now();
    const turns = watchTurns();
    lay(round + 1);
    while (inForce() === before) {
      if (refused() !== '') throw new Error(`the bundle that is measured is refused: ${refused()}`);
      await wait(5);
    }
    meanwhile.push(turns());
    inForceAfter.push(performance.now() - from);
  }
  await releases.close();
  return { quiet, meanwhile, inForceAfter };
}

/** Follows the releases at a file, as a service does. */
async function followAt(place: string, folder: string) {
  let inForce = 0;
  let refused = '';
  const clock = { now: Date.now };
  const metrics = { policyActivated: () => {}, policyRefused: () => {}, enginesDiffered: () => {} };
  const key = createPublicKey(readFileSync(keyFile(folder)));
  const trust = trustIn([{ id: 'bench', algorithm: 'ES256', key }]);
  const releases = createReleases({
    source: createFileSource(place),
    store: await openReleaseStore(join(folder, 'policy')),
    engine: createPolicyEngine({ mode: 'production', engine: 'plan', log: SILENT, metrics, clock }),
    trust: async () => trust,
    prepare: prepareApart,
    check: checkApart,
    tryCases: async () => [],
    tell: async (event) => {
      if (event.kind === 'refused') refused = event.reason;
      else inForce += 1;
    },
    clock,
    log: SILENT,
    pace: { starting: 60_000, least: LOOK_MS, most: LOOK_MS, failing: LOOK_MS },
  });
  return { releases, refused: () => refused, inForce: () => inForce };
}

if (import.meta.main) {
  if (process.send === undefined) console.log(activationSection(await activations(100_000, 5)));
  else {
    process.send(await follow(JSON.parse(process.argv[2] ?? '')));
    process.disconnect();
  }
}
