import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { verifyLedger } from '../../src/ledger/read/verify.ts';
import { createVerifier } from '../../src/ledger/signatures.ts';
import { createLedger } from '../../src/ledger/write/ledger.ts';
import { ledgerParts, segmentLines, singleRecord, TEST_KEY } from '../support/ledger-records.ts';

/** A small disk of its own. Only root on Linux can make one; the continuous integration does. */
const disk = mkdtempSync(join(tmpdir(), 'datwat-disk-'));
const mounted =
  process.platform === 'linux' &&
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', disk], { stdio: 'ignore' }).status === 0;

afterAll(() => {
  if (mounted) spawnSync('umount', [disk]);
  rmSync(disk, { recursive: true, force: true });
});

describe('a real disk that is full', () => {
  it.skipIf(!mounted)(
    'refuses every decision, keeps none of those, and serves again when there is room (skipped where no tmpfs can be mounted: needs root on Linux)',
    async () => {
      const folder = join(disk, 'ledger');
      const ledger = await createLedger(await ledgerParts(folder, { limits: { retryMs: 10, headMs: 50 } }));
      const answered: string[] = [];
      const refused: string[] = [];
      const append = async (count: number) => {
        const records = Array.from({ length: count }, () => singleRecord());
        const results = await Promise.allSettled(records.map((record) => ledger.append(record)));
        for (const [i, result] of results.entries()) {
          (result.status === 'fulfilled' ? answered : refused).push(records[i]?.spanId ?? '');
        }
      };

      await append(20);
      const { bavail, bsize } = statfsSync(disk);
      writeFileSync(join(disk, 'ballast'), Buffer.alloc(bavail * bsize - 64 * 1024));
      for (let round = 0; round < 20; round++) await append(7);
      expect(refused.length).toBeGreaterThan(0);
      expect(ledger.status().ready).toBe(false);

      rmSync(join(disk, 'ballast'));
      await vi.waitFor(() => expect(ledger.status().ready).toBe(true), { timeout: 5000 });
      await append(20);
      await ledger.close();

      const recorded = segmentLines(folder)
        .map((line) => JSON.parse(line))
        .filter((record) => record.event_name.startsWith('adl.'))
        .map((record) => record.span_id);
      expect(new Set(recorded)).toEqual(new Set(answered));
      const found = await verifyLedger(folder, { now: 0, verifier: await createVerifier([TEST_KEY]) });
      expect(found.problems).toEqual([]);
    },
  );
});
