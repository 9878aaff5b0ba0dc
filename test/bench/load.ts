/** Load from `wrk`, and what it cost the server. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Contender } from './contenders.ts';
import { median } from './median.ts';

export interface Round {
  readonly perSecond: number;
  /** Processor time of the server, microseconds a request. */
  readonly cpuMicros: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

const TICKS_PER_SECOND = 100;
const PACED_CONNECTIONS = 64;
const run = promisify(execFile);

/** As much as it can bear over so many connections. Throws Error where any request failed. */
export async function hammer(
  contender: Contender,
  connections: number,
  seconds: number,
  folder: string,
): Promise<Round> {
  return load(contender, connections, seconds, folder, '');
}

/**
 * About so many requests a second, spread: each of 64 connections waits a random while before it asks again. A request counts
 * from when it is sent; one that waits keeps its connection from sending another, so the pace gives way a little.
 */
export async function atPace(contender: Contender, perSecond: number, seconds: number, folder: string): Promise<Round> {
  const most = Math.round((2 * PACED_CONNECTIONS * 1000) / perSecond);
  const wait = `delay = function() return math.random(0, ${most}) end\n`;
  return load(contender, PACED_CONNECTIONS, seconds, folder, wait);
}

async function load(
  contender: Contender,
  connections: number,
  seconds: number,
  folder: string,
  wait: string,
): Promise<Round> {
  const script = join(folder, 'questions.lua');
  const bodies = contender.bodies.map((body) => `[==[${body}]==]`).join(',');
  writeFileSync(
    script,
    `local bodies = {${bodies}}\nlocal i = 0\nlocal headers = {["Content-Type"] = "application/json"}\nrequest = function() i = i % #bodies + 1; return wrk.format("POST", nil, headers, bodies[i]) end\n${wait}`,
  );
  const before = processorTicks(contender.pid);
  // OPA's server makes some wait longer than the two seconds that wrk takes for a failure.
  const args = [
    '-t1',
    '--timeout',
    '10s',
    `-c${connections}`,
    `-d${seconds}s`,
    '--latency',
    '-s',
    script,
    contender.url,
  ];
  const { stdout } = await run('wrk', args, { encoding: 'utf8' });
  const ticks = processorTicks(contender.pid) - before;
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1] ?? 0);
  const failed = /Non-2xx or 3xx responses: (\d+)|Socket errors: .*[1-9]/.exec(stdout);
  if (requests === 0 || failed !== null) throw new Error(`${contender.name} failed under load:\n${stdout}`);
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1] ?? 0),
    cpuMicros: ((ticks / TICKS_PER_SECOND) * 1e6) / requests,
    p50: millis(/50%\s+([\d.]+)(us|ms|s)/.exec(stdout)),
    p99: millis(/99%\s+([\d.]+)(us|ms|s)/.exec(stdout)),
  };
}

/** Each figure the median of the rounds, by itself. */
export function typical(rounds: readonly Round[]): Round {
  const of = (key: keyof Round) => median(rounds.map((round) => round[key]));
  return { perSecond: of('perSecond'), cpuMicros: of('cpuMicros'), p50: of('p50'), p99: of('p99') };
}

/** User and system time of a process and its threads. */
function processorTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

/** Resident memory in megabytes. */
export function residentMegabytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

function millis(match: RegExpExecArray | null): number {
  const [, value = '0', unit = 'ms'] = match ?? [];
  return Number(value) * ({ us: 0.001, ms: 1, s: 1000 }[unit] ?? 1);
}
