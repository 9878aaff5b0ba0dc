import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyLedger } from '../../src/ledger/read/verify.ts';
import { type Serving, serving } from '../support/serving.ts';

const ALICE = join(import.meta.dirname, '../support/bundles/alice-reads.tar.gz');
const BSN = '999990019';

const alice = (id: string) => ({
  subject: { type: 'user', id: 'alice' },
  action: { name: 'read' },
  resource: { type: 'file', id },
});

async function ask(service: Serving, body: unknown, path = 'evaluation', headers: Record<string, string> = {}) {
  const response = await fetch(`${service.url}/access/v1/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The ids of all decisions in whole lines, in every segment. */
function recorded(ledger: string): Set<string> {
  const ids = new Set<string>();
  for (const name of readdirSync(join(ledger, 'segments'))) {
    for (const line of readFileSync(join(ledger, 'segments', name), 'utf8')
      .split('\n')
      .slice(0, -1)) {
      const { trace_id, span_id, event_name } = JSON.parse(line);
      if (event_name.startsWith('adl.')) ids.add(`${trace_id}-${span_id}`);
    }
  }
  return ids;
}

describe('datwat serve, as a process of its own', () => {
  let folder: string;
  let flags: string[];
  let ledger: string;
  let facts: string;
  const running: Serving[] = [];

  const start = async (more: readonly string[] = []) => {
    const service = await serving([...flags, ...more]);
    running.push(service);
    return service;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'datwat-serve-'));
    ledger = join(folder, 'ledger');
    facts = join(folder, 'facts.sqlite');
    flags = ['--bundle', ALICE, '--ledger', ledger, '--facts', facts];
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((service) => service.end('SIGKILL')));
    rmSync(folder, { recursive: true, force: true });
  });

  it('serves a bundle with other words by configuration alone', async () => {
    const service = await start();
    expect(JSON.parse((await ask(service, alice('1'))).text)).toEqual({ decision: true });
    const bob = { ...alice('1'), subject: { type: 'user', id: 'bob' } };
    expect(JSON.parse((await ask(service, bob)).text)).toEqual({ decision: false });
    expect((await ask(service, bob, 'search/action')).status).toBe(404);
  });

  it('answers what it has, closes the segment and ends with 0 on SIGTERM', async () => {
    const service = await start();
    const answers = Array.from({ length: 50 }, (_, index) => ask(service, alice(String(index))));
    await answers[0];
    const code = service.end('SIGTERM');
    const settled = await Promise.allSettled(answers);
    expect(await code).toBe(0);
    const ids = recorded(ledger);
    for (const answer of settled) {
      if (answer.status === 'fulfilled') expect(ids).toContain(answer.value.headers.get('Decision-Id'));
    }
    expect(readdirSync(join(ledger, 'checkpoints'))).toHaveLength(1);
  });

  it('has every answered decision in the ledger after it was killed under load, and goes on in the same chain', async () => {
    const answered: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const service = await start();
      let killed = false;
      const hammer = async () => {
        while (!killed) {
          const answer = await ask(service, alice('1')).catch(() => undefined);
          const id = answer?.status === 200 ? answer.headers.get('Decision-Id') : null;
          if (id) answered.push(id);
        }
      };
      const clients = Array.from({ length: 8 }, hammer);
      const before = answered.length;
      while (answered.length < before + 200) await new Promise((resolve) => setImmediate(resolve));
      await service.end('SIGKILL');
      killed = true;
      await Promise.all(clients);
    }
    await (await start()).end('SIGTERM');
    const ids = recorded(ledger);
    expect(answered.filter((id) => !ids.has(id))).toEqual([]);
    expect((await verifyLedger(ledger, { now: Date.now() })).problems).toEqual([]);
  });

  it('goes on answering after a thousand poisoned inputs', async () => {
    const service = await start();
    const poison = [
      '{"subject":{"type":"user","id":"\\ud800"},"action":{"name":"read"},"resource":{"type":"file","id":"1"}}',
      `{"subject":{"type":"user","id":"alice"},"action":{"name":"read"},"resource":{"type":"file","id":"1"},"context":${'['.repeat(200)}${']'.repeat(200)}}`,
      '{"subject":{"type":"user","id":"alice","id":"bob"},"action":{"name":"read"},"resource":{"type":"file","id":"1"}}',
      '{"subject":{"type":"user","id":"alice"},"action":{"name":"read"},"resource":{"type":"file","id":12345678901234567890}}',
      '{"subject":',
    ];
    for (let index = 0; index < 1_000; index += 1) {
      expect((await ask(service, poison[index % poison.length])).status).toBe(400);
    }
    expect(JSON.parse((await ask(service, alice('1'))).text)).toEqual({ decision: true });
  });

  it('refuses while the facts file is gone, records that, and resumes when it is back', async () => {
    const service = await start();
    renameSync(facts, `${facts}.away`);
    await expect.poll(async () => (await ask(service, alice('1'))).status, { timeout: 5_000 }).toBe(503);
    const refused = await ask(service, alice('1'));
    expect(refused.headers.get('Decision-Id')).toMatch(/^[0-9a-f]{32}-[0-9a-f]{16}$/);
    expect(refused.text).not.toContain('facts.sqlite');
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(503);
    renameSync(`${facts}.away`, facts);
    await expect.poll(async () => (await ask(service, alice('1'))).status, { timeout: 5_000 }).toBe(200);
    expect(recorded(ledger)).toContain(refused.headers.get('Decision-Id'));
  });

  it('keeps a personal number out of ledger, log and metrics, wherever it was sent', async () => {
    const service = await start();
    const spaced = '999 990 019';
    const body = {
      subject: { type: 'user', id: BSN, properties: { [BSN]: spaced, text: `over ${BSN}.` } },
      action: { name: 'read', properties: { number: Number(BSN) } },
      resource: { type: 'file', id: `file-${BSN}`, properties: { data_subject: { bsn: BSN } } },
      context: { list: [BSN, { deep: BSN }], time: BSN },
      [`key ${BSN}`]: BSN,
    };
    expect((await ask(service, body, 'evaluation', { 'X-Request-ID': BSN })).headers.get('X-Request-ID')).toBe(BSN);
    await ask(service, { evaluations: [body, {}], ...body }, 'evaluations');
    await ask(service, { ...body, action: 7 });
    await fetch(`${service.url}/${BSN}?bsn=${BSN}`, { headers: { cookie: BSN, traceparent: BSN } });
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    await service.end('SIGTERM');
    const kept = readdirSync(ledger, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    for (const text of [...kept, service.said(), metrics]) {
      expect(text).not.toContain(BSN);
      expect(text).not.toContain(spaced);
    }
    expect(kept.join('')).toContain('psn:development:');
  });

  it.skipIf(process.getuid?.() !== 0 || spawnSync('mount', ['--version']).status !== 0)(
    'refuses every decision while the disk is full, and resumes by itself (needs root, for a small disk of its own)',
    async () => {
      mkdirSync(ledger);
      expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', ledger]).status).toBe(0);
      try {
        const service = await start();
        const filler = join(ledger, 'filler');
        spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k'], { stdio: 'ignore' });
        const answers: { status: number; id: string | null }[] = [];
        const askMany = async () => {
          for (const answer of await Promise.all(Array.from({ length: 20 }, () => ask(service, alice('1'))))) {
            answers.push({ status: answer.status, id: answer.headers.get('Decision-Id') });
          }
          return answers.at(-1)?.status;
        };
        await expect.poll(askMany, { timeout: 10_000 }).toBe(503);
        expect((await fetch(`${service.url}/health/ready`)).status).toBe(503);
        rmSync(filler);
        await expect.poll(askMany, { timeout: 10_000 }).toBe(200);
        await service.end('SIGTERM');
        const ids = recorded(ledger);
        expect(answers.every(({ status, id }) => (status === 200) === (id !== null))).toBe(true);
        expect(answers.filter(({ id }) => id !== null && !ids.has(id))).toEqual([]);
        // No record of a refused call stays, and none of an answer is missing.
        expect(ids.size).toBe(answers.filter(({ status }) => status === 200).length);
        expect((await verifyLedger(ledger, { now: Date.now() })).problems).toEqual([]);
      } finally {
        await Promise.all(running.splice(0).map((service) => service.end('SIGKILL')));
        spawnSync('umount', ['-l', ledger]);
      }
    },
  );

  it('does not start in production without what production needs, and says all of it at once', async () => {
    const config = join(folder, 'config.yaml');
    writeFileSync(config, 'mode: production\nbundel: x\n');
    const failure = await start(['--config', config]).catch((error: Error) => error.message);
    for (const word of ['bundle_sha256', 'pseudonym', 'signing_key', 'callers', 'public_url', 'bundel']) {
      expect(failure).toContain(word);
    }
    expect(failure).toContain('ended with 2');
  });
});
