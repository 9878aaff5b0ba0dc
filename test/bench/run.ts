/** `npm run bench`: see README.md. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { factsImport } from '../../src/cli/facts-import.ts';
import { committedBundle, openBundle } from '../../src/engine/open-bundle.ts';
import { findOpa, OpaMissing } from '../../src/engine/toolchain.ts';
import { developmentKeyRing } from '../../src/pseudonyms/key-ring.ts';
import { createPseudonymiser } from '../../src/pseudonyms/pseudonymiser.ts';
import { type Contender, inBatches, type Places, post, recipes, startContender } from './contenders.ts';
import { atPace, hammer, type Round } from './load.ts';
import { QUESTIONS } from './questions.ts';
import { type Budget, report } from './report.ts';
import { costByCells, costByEngine, costByFacts, median } from './sizes.ts';
import { start } from './starting.ts';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '../..');
const POLICIES = join(ROOT, 'policies');
const quick = process.argv.includes('--quick');
const ROUNDS = quick ? 1 : 5;
const SECONDS = quick ? 1 : 3;
const CONNECTIONS = [16, 64];
const BATCH = 50;
const CELLS = [10, 1_000, 100_000];
const FACTS = [1_000, quick ? 50_000 : 1_000_000];

const say = (line: string) => process.stderr.write(`${line}\n`);

async function tools(): Promise<string> {
  const missing: string[] = [];
  if (spawnSync('wrk', ['-v']).error) missing.push('wrk (Debian package wrk)');
  if (!existsSync(join(HERE, 'node_modules/@cerbos'))) missing.push('Cerbos (npm ci --prefix test/bench)');
  const opa = await findOpa(POLICIES).catch((error: unknown) => {
    if (!(error instanceof OpaMissing)) throw error;
    missing.push(error.message);
    return undefined;
  });
  if (opa === undefined || missing.length > 0) {
    say(`The bench needs:\n- ${missing.join('\n- ')}`);
    process.exit(2);
  }
  return opa.command;
}

async function prepare(folder: string, opa: string): Promise<Places> {
  const facts = join(folder, 'facts.sqlite');
  const files = [join(ROOT, 'src/cli/demo/facts.ndjson')];
  const pseudonymiser = createPseudonymiser(developmentKeyRing());
  if (
    (await factsImport(
      { files, facts: { file: facts, people: 'invented' }, pseudonymiser },
      { out() {}, err: say },
    )) !== 0
  )
    process.exit(1);
  const regoBundle = join(folder, 'rego.tar.gz');
  const ignored = ['cases', 'checks', 'toolchain', '*_test.rego', 'schema.json'].flatMap((name) => ['--ignore', name]);
  const built = spawnSync(opa, ['build', '-b', 'policies', '-t', 'rego', ...ignored, '-o', regoBundle], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(built.stderr || built.stdout);
  return { folder, opa, wasmBundle: committedBundle(POLICIES), regoBundle, facts };
}

async function measure(places: Places): Promise<void> {
  const running: Contender[] = [];
  try {
    const [, recipe] = recipes(places, '{}');
    if (recipe === undefined) return;
    const first = await startContender(recipe, places.folder);
    running.push(first);
    // The floor answers what Datwat answers to the first question, to the byte.
    const answer = JSON.stringify(await post(first.url, first.bodies[0] ?? ''));
    for (const other of recipes(places, answer)) {
      if (other.name === recipe.name) continue;
      running.push(await startContender(other, places.folder));
    }
    running.sort((one, other) => (one.name === 'floor' ? -1 : other.name === 'floor' ? 1 : 0));
    say(`${QUESTIONS.length} questions, answered alike by ${running.length - 1} contenders`);

    const rounds = new Map<string, Round[]>();
    const note = (key: string, round: Round) => rounds.set(key, [...(rounds.get(key) ?? []), round]);
    const batch = inBatches(first, BATCH);
    for (const contender of running) await hammer(contender, 16, 1, places.folder);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const connections of CONNECTIONS) {
        for (const contender of running) {
          note(`${contender.name}|${connections}`, await hammer(contender, connections, SECONDS, places.folder));
        }
      }
      note('batch|16', await hammer(batch, 16, SECONDS, places.folder));
      say(`round ${round + 1} of ${ROUNDS}`);
    }
    const at = (name: string, connections: number): Round => {
      const all = rounds.get(`${name}|${connections}`) ?? [];
      const of = (key: keyof Round) => median(all.map((round) => round[key]));
      return { perSecond: of('perSecond'), cpuMicros: of('cpuMicros'), p50: of('p50'), p99: of('p99') };
    };

    const pace = at('datwat', 16).perSecond / 2;
    const [floor] = running;
    if (floor === undefined) return;
    const halfway = new Map<string, Round[]>();
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const contender of [floor, first]) {
        const paced = await atPace(contender, pace, quick ? 2 : 8, places.folder);
        halfway.set(contender.name, [...(halfway.get(contender.name) ?? []), paced]);
      }
    }
    const half = (name: string, key: keyof Round) => median((halfway.get(name) ?? []).map((round) => round[key]));
    const names = running.map(({ name }) => name);
    for (const contender of running.splice(0)) contender.stop();

    say('sizes');
    const bundle = await openBundle(places.wasmBundle, { mode: 'development' });
    // First: an engine that has run other policies too is slower on each.
    const engines = await costByEngine(bundle, quick ? 1 : 9);
    const cells = await costByCells(bundle, CELLS, quick ? 1 : 5);
    const facts = await costByFacts(bundle, places.folder, FACTS, quick ? 1 : 5);
    say('starts');
    const starts: { millis: number; megabytes: number }[] = [];
    for (let round = 0; round < (quick ? 1 : 5); round += 1) starts.push(await start(places, round));

    const ratio = (name: string, connections: number) =>
      at(name, connections).perSecond / at('floor', connections).perSecond;
    const cpuLess = (name: string) => at(name, 16).cpuMicros / at('datwat', 16).cpuMicros;
    const perDecision = at('batch', 16).perSecond * BATCH;
    const growth = (costs: readonly number[]) => Math.max(...costs) / (costs[0] ?? Number.NaN);
    const budget = (
      what: string,
      measured: number,
      first: number,
      goal: number,
      least: boolean,
      unit: string,
    ): Budget => ({
      what,
      measured,
      first,
      goal,
      least,
      unit,
    });
    const budgets = [
      budget(
        'one decision over HTTP, record durable, 16 connections, of the floor',
        ratio('datwat', 16),
        0.2,
        0.5,
        true,
        ' ×',
      ),
      budget('the same at 64 connections', ratio('datwat', 64), 0.4, 0.8, true, ' ×'),
      budget(
        'with the Wasm in place of the plan engine, 16 connections',
        ratio('datwat, wasm', 16),
        0.2,
        0.5,
        true,
        ' ×',
      ),
      budget('the same at 64 connections', ratio('datwat, wasm', 64), 0.4, 0.8, true, ' ×'),
      budget(
        'processor time a decision, less than OPA’s server with its log',
        cpuLess('opa, decision log on'),
        4,
        15,
        true,
        ' ×',
      ),
      budget(
        'processor time a decision, less than Cerbos with its file log',
        cpuLess('cerbos, file log'),
        3,
        10,
        true,
        ' ×',
      ),
      budget(
        'batch of 50, decisions a second against single',
        perDecision / at('datwat', 16).perSecond,
        5,
        10,
        true,
        ' ×',
      ),
      budget('cost of a decision at 100,000 cells against 10', growth(cells), 1.3, 1.1, false, ' ×'),
      budget(
        `cost of a decision at ${FACTS[1]?.toLocaleString('en')} facts against 1,000`,
        growth(facts.decision),
        1.3,
        1.1,
        false,
        ' ×',
      ),
      budget(
        'p99 against p50 at half the maximum load',
        half('datwat', 'p99') / half('datwat', 'p50'),
        5,
        3,
        false,
        ' ×',
      ),
      budget('start to first decision', median(starts.map(({ millis }) => millis)), 700, 300, false, ' ms'),
      budget('resident memory, idle', median(starts.map(({ megabytes }) => megabytes)), 150, 100, false, ' MB'),
    ];
    const table = [
      ...names.flatMap((name) => CONNECTIONS.map((connections) => ({ name, connections, ...at(name, connections) }))),
      { name: `datwat, batch of ${BATCH}`, connections: 16, ...at('batch', 16) },
    ];
    const version = (command: string, args: string[]) =>
      spawnSync(command, args, { encoding: 'utf8' }).stdout.split('\n')[0]?.trim();
    const text = report({
      machine: `${cpus().length} × ${cpus()[0]?.model ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
      versions: `Node ${process.versions.node}, OPA ${version(places.opa, ['version'])?.replace('Version: ', '')}, Cerbos 0.55.0, load by wrk on the same machine`,
      date: new Date().toISOString().slice(0, 10),
      command: `npm run bench${quick ? ' -- --quick' : ''}`,
      budgets,
      table,
      notes: [
        `cells: ${CELLS.map((count, index) => `${count.toLocaleString('en')}: ${(cells[index] ?? 0).toFixed(1)} µs`).join(', ')} (in process, plan engine, processor time)`,
        `facts: ${FACTS.map((count, index) => `${count.toLocaleString('en')}: ${(facts.decision[index] ?? 0).toFixed(1)} µs, of which the look-up ${(facts.lookUp[index] ?? 0).toFixed(1)}`).join('; ')} (in process, look-up and policy, processor time)`,
        `engines: plan ${engines.plan.toFixed(1)} µs, Wasm ${engines.wasm.toFixed(1)} µs a decision: ${(engines.plan / engines.wasm).toFixed(2)} × (in process, the three questions, processor time)`,
        `at half the maximum load (${Math.round(half('datwat', 'perSecond'))} a second over 64 connections, each waiting a random while): p50 ${half('datwat', 'p50').toFixed(2)} ms, p99 ${half('datwat', 'p99').toFixed(2)} ms; the floor beside it: p50 ${half('floor', 'p50').toFixed(2)} ms, p99 ${half('floor', 'p99').toFixed(2)} ms`,
        'OPA is given the facts in its input; Datwat looks them up. OPA and Cerbos write their logs without waiting for the disk; Datwat answers after it.',
        'Swapping a bundle under load: see SWAPS.md. Not measured here: queries and replay over a large ledger.',
      ],
    });
    if (quick) console.log(text);
    else writeFileSync(join(HERE, 'RESULTS.md'), text);
  } finally {
    for (const contender of running) contender.stop();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'datwat-bench-'));
try {
  await measure(await prepare(folder, await tools()));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
