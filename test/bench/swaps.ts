/**
 * What a swap costs those who ask meanwhile: two signed bundles whose answers differ, again and again under an even load.
 * `node test/bench/swaps.ts [swaps] [requests a second]` writes SWAPS.md.
 */
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { createReadStream, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { factsImport } from '../../src/cli/facts-import.ts';
import { isObject } from '../../src/decision/model.ts';
import { packArchive } from '../../src/engine/archive.ts';
import { type Bundle, withDataText } from '../../src/engine/bundle.ts';
import { committedBundle } from '../../src/engine/open-bundle.ts';
import { readBundleFile } from '../../src/engine/read-bundle.ts';
import { SIGNATURES_FILE, signFiles } from '../../src/engine/trust/bundle-signature.ts';
import { developmentKeyRing } from '../../src/pseudonyms/key-ring.ts';
import { createPseudonymiser } from '../../src/pseudonyms/pseudonymiser.ts';
import { type Contender, DATWAT } from './contenders.ts';
import { atPace, type Round, residentMegabytes } from './load.ts';
import { QUESTIONS } from './questions.ts';
import { median } from './sizes.ts';

const PORT = 18_640;
const LIMIT_MS = 30_000;
const WINDOW_SECONDS = 10;
const QUIET_WINDOWS = 5;

interface SwapFigures {
  readonly swaps: number;
  /** Milliseconds, at the same pace. */
  readonly quiet: { readonly p50: number; readonly p99: number };
  readonly swapping: { readonly p50: number; readonly p99: number };
  /** From the bundle at its place to the swap, the service looking each second; milliseconds, median. */
  readonly inForceAfter: number;
  /** Resident megabytes after the first tenth of the swaps, and after all. */
  readonly memory: readonly [number, number];
  /** Decisions in the ledger, each labelled with the policy that gave it. */
  readonly records: number;
}

interface Places {
  readonly folder: string;
  readonly wasmBundle: string;
  readonly facts: string;
}

/** Throws Error where a request fails, a swap does not come, or a record is labelled with the other policy. */
async function swapsUnderLoad(places: Places, swaps: number, perSecond: number): Promise<SwapFigures> {
  const folder = join(places.folder, 'swaps');
  const service = await startService(places, folder);
  try {
    const window = () => atPace(service.contender, perSecond, WINDOW_SECONDS, places.folder);
    // A process that has just started compiles what it runs; that is no swap.
    await window();
    const quiet: Round[] = [];
    for (let at = 0; at < QUIET_WINDOWS; at += 1) quiet.push(await window());
    const waits: number[] = [];
    const memory: number[] = [];
    let swapping = true;
    const during: Round[] = [];
    const load = (async () => {
      while (swapping) during.push(await window());
    })();
    for (let swap = 1; swap <= swaps; swap += 1) {
      waits.push(await service.release(swap + 1));
      if (swap === Math.ceil(swaps / 10) || swap === swaps) memory.push(residentMegabytes(service.contender.pid));
    }
    swapping = false;
    await load;
    await service.stop();
    return {
      swaps,
      quiet: typical(quiet),
      swapping: typical(during),
      inForceAfter: median(waits),
      memory: [memory[0] ?? 0, memory.at(-1) ?? 0],
      records: await recordsOfTheirOwnPolicy(join(folder, 'ledger'), service.saying),
    };
  } finally {
    await service.stop();
  }
}

/** Medians of the windows. */
function typical(rounds: readonly Round[]): { p50: number; p99: number } {
  return { p50: median(rounds.map(({ p50 }) => p50)), p99: median(rounds.map(({ p99 }) => p99)) };
}

async function startService(places: Places, folder: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const bundles = await versions(places.wasmBundle);
  const place = `${folder}.tar.gz`;
  const publicFile = `${folder}.pem`;
  const config = `${folder}.yaml`;
  const lay = async (sequence: number) => {
    const bundle = bundles[sequence % 2];
    if (bundle === undefined) throw new Error('there are two versions');
    const signature = signFiles(bundle.files, { sequence }, { id: 'bench', algorithm: 'ES256', key: privateKey });
    writeFileSync(
      `${place}.new`,
      await packArchive(new Map([...bundle.files, [SIGNATURES_FILE, Buffer.from(signature)]])),
    );
    renameSync(`${place}.new`, place);
    return bundle.revision;
  };
  await lay(1);
  writeFileSync(publicFile, publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(
    config,
    `bundle: ${place}\nbundle_keys: [{ id: bench, algorithm: ES256, file: ${publicFile} }]\nquorum: none\nbundle_source: { poll: 1 }\n` +
      `ledger: { folder: ${join(folder, 'ledger')} }\nfacts: ${places.facts}\nport: ${PORT}\n`,
  );
  const child = spawn(process.execPath, [...DATWAT, 'serve', '--config', config], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), gone]);
  const contender: Contender = {
    name: 'datwat, swapping',
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${PORT}/access/v1/evaluation`,
    bodies: QUESTIONS.map(({ authzen }) => JSON.stringify(authzen)),
    stop: () => child.kill('SIGTERM'),
  };
  return {
    contender,
    /** Revision → the words that only its answers have. */
    saying: new Map(bundles.map(({ revision }, index) => [revision, MARKS[index] ?? ''])),
    async release(sequence: number): Promise<number> {
      const from = performance.now();
      const revision = await lay(sequence);
      while ((await revisionInForce()) !== revision) {
        if (performance.now() - from > LIMIT_MS) throw new Error(`sequence ${sequence} did not come into force`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return performance.now() - from;
    },
    async stop() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

const MARKS = ['[even]', '[odd]'];

/** The policy twice, each with a mark of its own in every sentence for the professional; without cases. */
async function versions(file: string): Promise<readonly Bundle[]> {
  const bundle = await readBundleFile(file);
  const files = new Map([...bundle.files].filter(([name]) => !name.startsWith('cases/')));
  return MARKS.map((mark) => {
    const data = JSON.parse(bundle.dataText, (key, value) => (key === 'user' ? `${mark} ${value}` : value));
    return withDataText({ ...bundle, files }, JSON.stringify(data));
  });
}

async function revisionInForce(): Promise<string | undefined> {
  const response = await fetch(`http://127.0.0.1:${PORT}/health/ready`);
  const body: unknown = await response.json();
  const policy = isObject(body) ? body.policy : undefined;
  const active = isObject(policy) ? policy.active : undefined;
  return isObject(active) && typeof active.revision === 'string' ? active.revision : undefined;
}

async function recordsOfTheirOwnPolicy(ledger: string, saying: ReadonlyMap<string, string>): Promise<number> {
  let records = 0;
  for (const name of readdirSync(join(ledger, 'segments'))) {
    const lines = createInterface({ input: createReadStream(join(ledger, 'segments', name)) });
    for await (const line of lines) {
      const record = JSON.parse(line);
      if (record.event_name !== 'adl.access_evaluation') continue;
      records += 1;
      const { revision } = record.attributes['adl.core.policies'].datwat;
      const said: string = record.body['adl.core.response'].context.reason_user;
      if (!said.startsWith(saying.get(revision) ?? '?'))
        throw new Error(`a record is labelled with another policy: ${name}`);
    }
  }
  return records;
}

function report({ swaps, quiet, swapping, inForceAfter, memory, records }: SwapFigures, perSecond: number): string {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  return `# Swaps under load

Generated by \`node test/bench/swaps.ts ${swaps} ${perSecond}\` on ${new Date().toISOString().slice(0, 10)}. ${cpus().length} × ${cpus()[0]?.model ?? 'processor'}, Node ${process.versions.node}.
Signed bundles with rising sequences, ${perSecond} requests a second throughout, the service looking for a bundle each second.

| what | measured |
|---|---|
| swaps, without a failed request | ${swaps} |
| decisions in the ledger, each by the policy that its record names | ${records} |
| p50, p99 quiet | ${ms(quiet.p50)}, ${ms(quiet.p99)} |
| p50, p99 while swapping | ${ms(swapping.p50)}, ${ms(swapping.p99)} |
| p99 while swapping against quiet | ${(swapping.p99 / quiet.p99).toFixed(1)} × (budget 2 ×) |
| from the bundle at its place to the swap | ${ms(inForceAfter)} |
| resident memory after a tenth of the swaps, and after all | ${memory.map((value) => Math.round(value)).join(' MB, ')} MB |

A bundle is made ready on a thread of its own. Where the load generator, that thread and the service share two cores, the p99 shows it; how long
the service's own thread stands still, \`node test/bench/activation.ts\` tells.
The load is wrk's: 64 connections, each waiting a random while; a request counts from when it is sent. Latencies are medians of windows of ten
seconds, after one that warms up.
`;
}

const [swaps = 100, perSecond = 300] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'datwat-swaps-'));
try {
  const facts = join(folder, 'facts.sqlite');
  const files = [join(import.meta.dirname, '../../src/cli/demo/facts.ndjson')];
  const pseudonymiser = createPseudonymiser(developmentKeyRing());
  const say = (line: string) => process.stderr.write(`${line}\n`);
  if (
    (await factsImport(
      { files, facts: { file: facts, people: 'invented' }, pseudonymiser },
      { out() {}, err: say },
    )) !== 0
  )
    process.exit(1);
  const wasmBundle = committedBundle(join(import.meta.dirname, '../../policies'));
  const figures = await swapsUnderLoad({ folder, wasmBundle, facts }, swaps, perSecond);
  writeFileSync(join(import.meta.dirname, 'SWAPS.md'), report(figures, perSecond));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
