/** `npm run bench`: see README.md. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { budgetsOf } from './budgets.ts';
import { type Extent, measure } from './measure.ts';
import manifest from './package.json' with { type: 'json' };
import { prepare, tools } from './prepare.ts';
import { report } from './report.ts';

const FULL: Extent = {
  contenders: { rounds: 5, seconds: 3, pacedSeconds: 8 },
  profileSeconds: 8,
  swaps: { swaps: 100, perSecond: 200, windowSeconds: 10 },
  rounds: 5,
  engineRounds: 9,
  cells: [10, 1_000, 100_000],
  facts: [1_000, 1_000_000],
  starts: 5,
  activations: 5,
};
const QUICK: Extent = {
  contenders: { rounds: 1, seconds: 1, pacedSeconds: 2 },
  profileSeconds: 2,
  swaps: { swaps: 10, perSecond: 200, windowSeconds: 2 },
  rounds: 1,
  engineRounds: 1,
  cells: FULL.cells,
  facts: [1_000, 50_000],
  starts: 1,
  activations: 1,
};

const quick = process.argv.includes('--quick');
const say = (line: string) => process.stderr.write(`${line}\n`);

async function bench(opa: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'datwat-bench-'));
  try {
    const from = performance.now();
    const measured = await measure(await prepare(folder, opa), quick ? QUICK : FULL, say);
    const version = spawnSync(opa, ['version'], { encoding: 'utf8' }).stdout.split('\n')[0]?.replace('Version: ', '');
    return report(measured, budgetsOf(measured), {
      command: `npm run bench${quick ? ' -- --quick' : ''}`,
      date: new Date().toISOString().slice(0, 10),
      minutes: (performance.now() - from) / 60_000,
      machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
      versions: `Node ${process.versions.node}, OPA ${version}, Cerbos ${manifest.dependencies['@cerbos/cerbos-linux-x64']}, load by wrk on the same machine`,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const opa = await tools().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exit(2);
});
const text = await bench(opa);
if (quick) console.log(text);
else writeFileSync(join(import.meta.dirname, 'RESULTS.md'), text);
