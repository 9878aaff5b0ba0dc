/**
 * How long the thread that answers stands still while a bundle with a large matrix comes into force beside the running one.
 * `node test/bench/activation.ts [cells] [rounds]` prints a table.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
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
import { withCells } from './sizes.ts';

const LOOK_MS = 50;
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

/** Signed, without cases: those would not hold in another matrix, and are asked on a thread of their own anyway. */
async function signed(cells: number, sequence: number): Promise<Uint8Array> {
  const bundle = withCells(await readBundleFile(committedBundle(join(import.meta.dirname, '../../policies'))), cells);
  const files = new Map([...bundle.files].filter(([name]) => !name.startsWith('cases/')));
  const signature = signFiles(files, { sequence }, { id: 'bench', algorithm: 'ES256', key: privateKey });
  return packArchive(new Map([...files, [SIGNATURES_FILE, Buffer.from(signature)]]));
}

/** The longest turn of this thread, until it is asked: as the clock saw it, by its own processor time, and of collecting garbage. */
function watchTurns() {
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
    return [clock, processor, garbage] as const;
  };
}

/** Of this thread, in steps of 4 ms on most kernels. */
function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

const [cells = 100_000, rounds = 5] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'datwat-activation-'));
try {
  const place = join(folder, 'bundle.tar.gz');
  let inForce = 0;
  let refused = '';
  const clock = { now: Date.now };
  const metrics = { policyActivated: () => {}, policyRefused: () => {}, enginesDiffered: () => {} };
  const engine = createPolicyEngine({ mode: 'production', engine: 'plan', log: SILENT, metrics, clock });
  const trust = trustIn([{ id: 'bench', algorithm: 'ES256', key: publicKey }]);
  const releases = createReleases({
    source: createFileSource(place),
    store: await openReleaseStore(join(folder, 'policy')),
    engine,
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
  console.log(`${cells} cells, ${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}`);
  console.log('| longest turn, ms | by the clock | processor time | garbage | in force after, s | load |');
  console.log('|---|---|---|---|---|---|');
  const row = (name: string, turns: readonly number[], seconds = '') =>
    console.log(
      `| ${name} | ${turns.map((ms) => ms.toFixed(1)).join(' | ')} | ${seconds} | ${loadavg()[0]?.toFixed(1)} |`,
    );
  writeFileSync(place, await signed(cells, 1));
  await releases.start();
  for (let round = 1; round <= rounds; round += 1) {
    const bytes = await signed(cells, round + 1);
    const quiet = watchTurns();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    row(`quiet ${round}`, quiet());
    writeFileSync(place, bytes);
    const before = inForce;
    const from = performance.now();
    const turns = watchTurns();
    while (inForce === before) {
      if (refused !== '') throw new Error(`the bundle that is measured is refused: ${refused}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    row(`activation ${round}`, turns(), ((performance.now() - from) / 1000).toFixed(1));
  }
  await releases.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
