/**
 * What a swap costs those who ask meanwhile: two signed bundles whose answers differ, again and again under an even load.
 * A part of `npm run bench`; `node test/bench/swaps.ts` prints it alone.
 */
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { createReadStream, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { isObject } from '../../src/decision/model.ts';
import { packArchive } from '../../src/engine/archive.ts';
import { type Bundle, withDataText } from '../../src/engine/bundle.ts';
import { readBundleFile } from '../../src/engine/read-bundle.ts';
import { SIGNATURES_FILE, signFiles } from '../../src/engine/trust/bundle-signature.ts';
import { type Contender, DATWAT, post, type ServedPlaces } from './contenders.ts';
import { atPace, type Round, residentMegabytes, typical } from './load.ts';
import { median } from './median.ts';
import { prepareServed } from './prepare.ts';
import { QUESTIONS } from './questions.ts';
import { swapSection } from './report.ts';

const PORT = 18_640;
const LIMIT_MS = 30_000;
/** Often enough to see when a policy decides for the first time, and little beside the load. */
const LOOK_MS = 50;
const QUIET_WINDOWS = 5;

export interface SwapExtent {
  readonly swaps: number;
  readonly perSecond: number;
  readonly windowSeconds: number;
}

export interface SwapFigures extends SwapExtent {
  /** Medians of the windows, at the same pace. */
  readonly quiet: Round;
  readonly swapping: Round;
  /** The p99 of the worst window, milliseconds. */
  readonly worst: { readonly quiet: number; readonly swapping: number };
  /** From the bundle at its place to its first decision, the service looking each second; milliseconds, median. */
  readonly decidesAfter: number;
  /** Resident megabytes after the first tenth of the swaps, and after all. */
  readonly memory: readonly [number, number];
  /** Decisions in the ledger, each labelled with the policy that gave it. */
  readonly records: number;
}

/** Throws Error where a request fails, a swap does not come, or a record is labelled with the other policy. */
export async function swapsUnderLoad(places: ServedPlaces, extent: SwapExtent): Promise<SwapFigures> {
  const folder = join(places.folder, 'swaps');
  const service = await startService(places, folder, extent.swaps);
  try {
    const window = () => atPace(service.contender, extent.perSecond, extent.windowSeconds, places.folder);
    // A process that has just started compiles what it runs; that is no swap.
    await window();
    const quiet: Round[] = [];
    for (let at = 0; at < QUIET_WINDOWS; at += 1) quiet.push(await window());
    const during: Round[] = [];
    let swapping = true;
    const load = (async () => {
      while (swapping) during.push(await window());
    })();
    const swaps = (async () => {
      try {
        return await swapOften(service, extent.swaps);
      } finally {
        swapping = false;
      }
    })();
    const [{ decidesAfter, memory }] = await Promise.all([swaps, load]);
    await service.contender.stop();
    return {
      ...extent,
      quiet: typical(quiet),
      swapping: typical(during),
      worst: { quiet: worstP99(quiet), swapping: worstP99(during) },
      decidesAfter,
      memory,
      records: await recordsOfTheirOwnPolicy(join(folder, 'ledger'), service.saying),
    };
  } finally {
    await service.contender.stop();
  }
}

function worstP99(rounds: readonly Round[]): number {
  return Math.max(...rounds.map(({ p99 }) => p99));
}

async function swapOften(
  { contender, release }: Service,
  swaps: number,
): Promise<Pick<SwapFigures, 'decidesAfter' | 'memory'>> {
  const waits: number[] = [];
  let early = Number.NaN;
  for (let swap = 1; swap <= swaps; swap += 1) {
    waits.push(await release(swap + 1));
    if (swap === Math.ceil(swaps / 10)) early = residentMegabytes(contender.pid);
  }
  return { decidesAfter: median(waits), memory: [early, residentMegabytes(contender.pid)] };
}

interface Service {
  readonly contender: Contender;
  /** Revision → the words that only its answers have. */
  readonly saying: ReadonlyMap<string, string>;
  /** Lays a bundle with that sequence, and waits for its first decision; milliseconds. */
  release(sequence: number): Promise<number>;
}

async function startService(places: ServedPlaces, folder: string, swaps: number): Promise<Service> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const bundles = await versions(places.wasmBundle);
  const place = `${folder}.tar.gz`;
  const publicFile = `${folder}.pem`;
  const config = `${folder}.yaml`;
  const made = (sequence: number) => `${folder}-${sequence}.tar.gz`;
  const lay = (sequence: number) => renameSync(made(sequence), place);
  // All beforehand: signing and packing would take the processors from those that are measured.
  for (let sequence = 1; sequence <= swaps + 1; sequence += 1) {
    const bundle = bundles[sequence % 2];
    if (bundle === undefined) throw new Error('there are two versions');
    const signature = signFiles(bundle.files, { sequence }, { id: 'bench', algorithm: 'ES256', key: privateKey });
    const signed = new Map([...bundle.files, [SIGNATURES_FILE, Buffer.from(signature)]]);
    writeFileSync(made(sequence), await packArchive(signed));
  }
  lay(1);
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
    async stop() {
      child.kill('SIGTERM');
      await gone;
    },
  };
  return {
    contender,
    saying: new Map(bundles.map(({ revision }, index) => [revision, MARKS[index] ?? ''])),
    async release(sequence) {
      const from = performance.now();
      lay(sequence);
      while (!(await saidBy(contender)).startsWith(MARKS[sequence % 2] ?? '?')) {
        if (performance.now() - from > LIMIT_MS) throw new Error(`sequence ${sequence} did not come into force`);
        await wait(LOOK_MS);
      }
      return performance.now() - from;
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

/** The sentence for the professional, from the policy that now decides. */
async function saidBy({ url, bodies }: Contender): Promise<string> {
  const { context } = await post(url, bodies[0] ?? '');
  return isObject(context) && typeof context.reason_user === 'string' ? context.reason_user : '';
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

if (import.meta.main) {
  const folder = mkdtempSync(join(tmpdir(), 'datwat-swaps-'));
  try {
    const extent = { swaps: 100, perSecond: 200, windowSeconds: 10 };
    console.log(swapSection(await swapsUnderLoad(await prepareServed(folder), extent)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
