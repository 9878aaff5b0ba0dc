import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { verifyLedger } from '../../src/ledger/read/verify.ts';
import { createVerifier } from '../../src/ledger/signatures.ts';
import { createLedger } from '../../src/ledger/write/ledger.ts';
import { ledgerParts, segmentLines, singleRecord, TEST_KEY, temporaryFolder } from '../support/ledger-records.ts';

const CHILD = fileURLToPath(new URL('../support/ledger-child.ts', import.meta.url));

/** Runs a writer until it has answered this many, kills it, and gives the span ids that it had answered. */
async function killedAfter(answers: number, folder: string, mode: string): Promise<string[]> {
  const child = spawn(process.execPath, [CHILD, folder, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (bytes) => {
    said += bytes;
    if (said.length > answers * 17) child.kill('SIGKILL');
  });
  const [, signal] = await once(child, 'close');
  expect(signal).toBe('SIGKILL');
  return said.split('\n').slice(0, -1);
}

describe.each(['sync', 'write'])('a writer that is killed (kill -9) in mode %s', (mode) => {
  it('has every answered record in the ledger, time after time, and the chain holds', async () => {
    const folder = temporaryFolder();
    const answered: string[] = [];
    for (const answers of [1, 40, 300, 150]) answered.push(...(await killedAfter(answers, folder, mode)));
    const ledger = await createLedger(await ledgerParts(folder));
    await ledger.append(singleRecord());
    await ledger.close();
    const recorded = new Set(segmentLines(folder).map((line) => JSON.parse(line).span_id));
    expect(answered.length).toBeGreaterThan(480);
    expect(answered.filter((id) => !recorded.has(id))).toEqual([]);
    const found = await verifyLedger(folder, { now: 0, verifier: await createVerifier([TEST_KEY]) });
    expect(found).toMatchObject({ ok: true, problems: [] });
  });
});
