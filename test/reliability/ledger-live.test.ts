import { describe, expect, it } from 'vitest';
import { verifyLedger } from '../../src/ledger/read/verify.ts';
import { createVerifier } from '../../src/ledger/signatures.ts';
import { createLedger } from '../../src/ledger/write/ledger.ts';
import { ledgerParts, singleRecord, TEST_KEY, temporaryFolder } from '../support/ledger-records.ts';

describe('verifying while records are written, heads signed and segments closed', () => {
  it('raises no alarm', async () => {
    const folder = temporaryFolder();
    const ledger = await createLedger(await ledgerParts(folder, { limits: { segmentBytes: 20_000, headMs: 2 } }));
    const verifier = await createVerifier([TEST_KEY]);
    let verified = 0;
    const write = async () => {
      while (verified < 15) await ledger.append(singleRecord());
    };
    const writing = [write(), write(), write(), write()];
    for (; verified < 15; verified++) {
      expect(await verifyLedger(folder, { now: 0, verifier })).toMatchObject({ ok: true, problems: [] });
      await ledger.append(singleRecord());
    }
    await Promise.all(writing);
    await ledger.close();
    expect((await verifyLedger(folder, { now: 0, verifier })).segments).toBeGreaterThan(1);
  });
});
