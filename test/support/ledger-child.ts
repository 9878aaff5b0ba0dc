/**
 * A writer to be killed: appends without end from several sides, and says on standard output the span id of each record
 * when it has been answered, in one write each, so that what was said had been answered.
 */
import { writeSync } from 'node:fs';
import { createLedger } from '../../src/ledger/write/ledger.ts';
import { batchRecord, ledgerParts, singleRecord } from './ledger-records.ts';

const [folder = '', mode] = process.argv.slice(2);
const parts = await ledgerParts(folder, {
  mode: mode === 'write' ? 'write' : 'sync',
  limits: { headMs: 20, segmentBytes: 100_000 },
});
const ledger = await createLedger(parts);

async function appendWithoutEnd(): Promise<void> {
  for (;;) {
    const record = Math.random() < 0.2 ? batchRecord(['p-1', 'p-2']) : singleRecord();
    await ledger.append(record);
    writeSync(1, `${record.spanId}\n`);
  }
}

for (let i = 0; i < 8; i++) void appendWithoutEnd();
