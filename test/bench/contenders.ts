/** Starts what is measured, each as a process of its own, and knows how to ask it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import type { Json, JsonObject } from '../../src/decision/model.ts';
import { isObject } from '../../src/decision/model.ts';
import { type BenchQuestion, batchOf, QUESTIONS } from './questions.ts';

const ROOT = join(import.meta.dirname, '../..');
const HERE = import.meta.dirname;
const [, ...STARTED] = manifest.scripts.datwat.split(' ');
/** What Node is told for the command line, as the package itself does. */
export const DATWAT: readonly string[] = STARTED.map((part) => (part.startsWith('-') ? part : join(ROOT, part)));

export interface Contender {
  readonly name: string;
  readonly pid: number;
  readonly url: string;
  /** Request bodies, in the order of `QUESTIONS`, or the one batch. */
  readonly bodies: readonly string[];
  /** Ends when the process is gone, so that it disturbs nothing that is measured after it. */
  stop(): Promise<void>;
}

interface Recipe {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly url: string;
  readonly bodyOf: (question: BenchQuestion) => JsonObject;
  /** The level that its answer grants, `none` for a refusal; undefined where the answer says nothing that can be read so. */
  readonly grantedBy: (answer: JsonObject) => Json | undefined;
}

/** What a service of ours needs. */
export interface ServedPlaces {
  readonly folder: string;
  readonly wasmBundle: string;
  readonly facts: string;
}

export interface Places extends ServedPlaces {
  readonly opa: string;
  /** The same policy for OPA's own evaluator. */
  readonly regoBundle: string;
}

/** Of an answer in AuthZEN's shape. */
function levelOf({ decision, context }: JsonObject): Json | undefined {
  if (decision === false) return 'none';
  return isObject(context) ? context.granted_level : undefined;
}

const authzen = {
  bodyOf: ({ authzen: body }: BenchQuestion) => body,
  grantedBy: levelOf,
};

function datwat(name: string, port: number, places: Places, mode: string, engine = 'plan'): Recipe {
  const ledger = join(places.folder, `ledger-${port}`);
  const config = join(places.folder, `config-${port}.yaml`);
  writeFileSync(config, `engine: ${engine}\nledger: { folder: ${ledger}, mode: ${mode} }\n`);
  return {
    name,
    command: process.execPath,
    args: [
      ...DATWAT,
      'serve',
      ...['--config', config, '--port', String(port), '--bundle', places.wasmBundle, '--facts', places.facts],
    ],
    url: `http://127.0.0.1:${port}/access/v1/evaluation`,
    ...authzen,
  };
}

export function recipes(places: Places, answer: string): readonly Recipe[] {
  const cerbos = join(places.folder, 'cerbos');
  mkdirSync(cerbos, { recursive: true });
  writeFileSync(
    join(cerbos, 'conf.yaml'),
    [
      'server: { httpListenAddr: "127.0.0.1:18604", grpcListenAddr: "127.0.0.1:18605" }',
      `storage: { driver: disk, disk: { directory: ${join(HERE, 'cerbos')}, watchForChanges: false } }`,
      'audit:',
      '  enabled: true',
      '  accessLogsEnabled: false',
      '  decisionLogsEnabled: true',
      '  backend: file',
      `  file: { path: ${join(cerbos, 'decisions.log')} }`,
      'telemetry: { disabled: true }',
    ].join('\n'),
  );
  return [
    {
      name: 'floor',
      command: process.execPath,
      args: [join(HERE, 'floor.ts'), '18600', answer],
      url: 'http://127.0.0.1:18600/',
      ...authzen,
      grantedBy: () => undefined,
    },
    datwat('datwat', 18601, places, 'sync'),
    datwat('datwat, wasm', 18607, places, 'sync', 'wasm'),
    datwat('datwat, mode write', 18602, places, 'write'),
    {
      name: 'datwat, no ledger',
      command: process.execPath,
      args: [join(HERE, 'without-ledger.ts'), '18606', places.wasmBundle, places.facts],
      url: 'http://127.0.0.1:18606/access/v1/evaluation',
      ...authzen,
    },
    {
      name: 'opa, decision log on',
      command: places.opa,
      args: [
        'run',
        '--server',
        '--addr',
        '127.0.0.1:18603',
        '--set',
        'decision_logs.console=true',
        '--skip-version-check',
        '-b',
        places.regoBundle,
      ],
      url: 'http://127.0.0.1:18603/v1/data/authz/decision',
      bodyOf: ({ policyInput }) => ({ input: policyInput }),
      grantedBy: ({ result }) => (isObject(result) ? levelOf(result) : undefined),
    },
    {
      name: 'cerbos, file log',
      command: join(HERE, 'node_modules/@cerbos/cerbos-linux-x64/cerbos-linux-x64'),
      args: ['server', '--config', join(cerbos, 'conf.yaml')],
      url: 'http://127.0.0.1:18604/api/check/resources',
      bodyOf: ({ cerbos: body }) => body,
      grantedBy: ({ results }) => {
        const [first] = Array.isArray(results) ? results : [];
        const [asked] = isObject(first) && isObject(first.actions) ? Object.entries(first.actions) : [];
        if (asked === undefined) return undefined;
        const [level, effect] = asked;
        return effect === 'EFFECT_ALLOW' ? level : 'none';
      },
    },
  ];
}

/** Starts it and compares its answers with what they must be. Throws Error where they differ. */
export async function startContender(recipe: Recipe, folder: string): Promise<Contender> {
  // A file and no pipe: while wrk runs nobody here would read, and a full pipe stops who writes its log to it.
  const log = openSync(join(folder, `${recipe.name.replaceAll(/\W+/g, '-')}.log`), 'w');
  const child = spawn(recipe.command, recipe.args, { stdio: ['ignore', log, log], cwd: folder });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  try {
    await reachable(recipe, child);
    await answersAsItMust(recipe);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    name: recipe.name,
    pid: child.pid ?? 0,
    url: recipe.url,
    bodies: QUESTIONS.map((question) => JSON.stringify(recipe.bodyOf(question))),
    stop,
  };
}

async function answersAsItMust(recipe: Recipe): Promise<void> {
  for (const question of QUESTIONS) {
    const got = recipe.grantedBy(await post(recipe.url, JSON.stringify(recipe.bodyOf(question))));
    if (recipe.name !== 'floor' && got !== question.granted) {
      throw new Error(`${recipe.name} grants ${JSON.stringify(got)} to the ${question.name}, not ${question.granted}`);
    }
  }
}

export function inBatches(contender: Contender, size: number): Contender {
  return { ...contender, url: `${contender.url}s`, bodies: [JSON.stringify(batchOf(size))] };
}

export async function post(url: string, body: string): Promise<JsonObject> {
  const response = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  const answer: unknown = await response.json();
  if (!response.ok || !isObject(answer)) throw new Error(`${url} answered ${response.status}`);
  return answer;
}

async function reachable(recipe: Recipe, child: ChildProcess): Promise<void> {
  const [question] = QUESTIONS;
  if (question === undefined) return;
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (child.exitCode !== null) break;
    const up = await post(recipe.url, JSON.stringify(recipe.bodyOf(question))).catch(() => undefined);
    if (up !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${recipe.name} does not answer; see its log`);
}
