/**
 * How long the thread that answers stands still while a bundle with a large matrix comes into force beside the running one.
 * A part of `npm run bench`, in a process of its own, whose garbage nobody else makes; `node test/bench/activation.ts` prints it alone.
 */
import { fork } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

/** Signed, without cases: those would not hold in another matrix, and are asked on a thread of their own anyway. */
async function signed(cells: number, sequence: number): Promise<Uint8Array> {
  const bundle = withCells(await readBundleFile(committedBundle(join(import.meta.dirname, '../../policies'))), cells);
  const files = new Map([...bundle.files].filter(([name]) => !name.startsWith('cases/')));
  const signature = signFiles(files, { sequence }, { id: 'bench', algorithm: 'ES256', key: privateKey });
  return packArchive(new Map([...files, [SIGNATURES_FILE, Buffer.from(signature)]]));
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

/** One bundle after the other comes into force. Throws Error where one is refused. */
async function activations(cells: number, rounds: number): Promise<ActivationFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'datwat-activation-'));
  const place = join(folder, 'bundle.tar.gz');
  const { releases, refused, inForce } = await followAt(place, join(folder, 'policy'));
  const figures = { cells, quiet: [] as LongestTurn[], meanwhile: [] as LongestTurn[], inForceAfter: [] as number[] };
  try {
    writeFileSync(place, await signed(cells, 1));
    await releases.start();
    for (let round = 1; round <= rounds; round += 1) {
      const bytes = await signed(cells, round + 1);
      const atRest = watchTurns();
      await wait(QUIET_MS);
      figures.quiet.push(atRest());
      writeFileSync(place, bytes);
      const before = inForce();
      const from = performance.now();
      const turns = watchTurns();
      while (inForce() === before) {
        if (refused() !== '') throw new Error(`the bundle that is measured is refused: ${refused()}`);
        await wait(5);
      }
      figures.meanwhile.push(turns());
      figures.inForceAfter.push(performance.now() - from);
    }
    return figures;
  } finally {
    await releases.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Follows the releases at a file, as a service does. */
async function followAt(place: string, kept: string) {
  let inForce = 0;
  let refused = '';
  const clock = { now: Date.now };
  const metrics = { policyActivated: () => {}, policyRefused: () => {}, enginesDiffered: () => {} };
  const trust = trustIn([{ id: 'bench', algorithm: 'ES256', key: publicKey }]);
  const releases = createReleases({
    source: createFileSource(place),
    store: await openReleaseStore(kept),
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

/** As `activations`, in a process of its own. */
export async function activationsApart(cells: number, rounds: number): Promise<ActivationFigures> {
  const child = fork(import.meta.filename, [String(cells), String(rounds)]);
  const gone = once(child, 'exit');
  const [figures] = await Promise.race([
    once(child, 'message'),
    gone.then(([code]) => {
      throw new Error(`the process that measures activation ended with ${code}`);
    }),
  ]);
  await gone;
  return figures;
}

if (import.meta.main) {
  const [cells = 100_000, rounds = 5] = process.argv.slice(2).map(Number);
  const figures = await activations(cells, rounds);
  if (process.send === undefined) console.log(activationSection(figures));
  else {
    process.send(figures);
    process.disconnect();
  }
}
