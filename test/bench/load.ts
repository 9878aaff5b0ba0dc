/** Load from `wrk`, and what it cost the server. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import type { Contender } from './contenders.ts';

export interface Round {
  readonly perSecond: number;
  /** Processor time of the server, microseconds a request. */
  readonly cpuMicros: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

const TICKS_PER_SECOND = 100;

/** Throws Error where any request failed. */
export function hammer(contender: Contender, connections: number, seconds: number, folder: string): Round {
  const script = join(folder, 'questions.lua');
  const bodies = contender.bodies.map((body) => `[==[${body}]==]`).join(',');
  writeFileSync(
    script,
    `local bodies = {${bodies}}\nlocal i = 0\nlocal headers = {["Content-Type"] = "application/json"}\nrequest = function() i = i % #bodies + 1; return wrk.format("POST", nil, headers, bodies[i]) end\n`,
  );
  const before = processorTicks(contender.pid);
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', script, contender.url];
  const { stdout } = spawnSync('wrk', args, { encoding: 'utf8' });
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

/** A bounded number of requests at an even pace, whether or not earlier ones have been answered. Milliseconds. */
export async function atPace(
  contender: Contender,
  perSecond: number,
  seconds: number,
): Promise<{ p50: number; p99: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 128 });
  const total = Math.floor(perSecond * seconds);
  const latencies: number[] = [];
  const started = performance.now();
  const pending: Promise<void>[] = [];
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - started) / 1000) * perSecond));
    for (; sent < due; sent += 1)
      pending.push(ask(contender, sent, started + (sent * 1000) / perSecond, agent, latencies));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(pending);
  agent.destroy();
  latencies.sort((one, other) => one - other);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

/** Counts from `due`: what waited because the sender was late, waited too. */
function ask(contender: Contender, index: number, due: number, agent: Agent, latencies: number[]): Promise<void> {
  const body = contender.bodies[index % contender.bodies.length] ?? '';
  return new Promise((resolve, reject) => {
    const asked = request(contender.url, {
      method: 'POST',
      agent,
      headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
    });
    asked.on('error', reject);
    asked.on('response', (response) => {
      if (response.statusCode !== 200) reject(new Error(`${contender.name} answered ${response.statusCode}`));
      response.resume();
      response.on('end', () => {
        latencies.push(performance.now() - due);
        resolve();
      });
    });
    asked.end(body);
  });
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
