import { appendFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DecisionRecord } from '../../src/decision/model.ts';
import { readRecords } from '../../src/ledger/read/read-records.ts';
import { recordedDecision } from '../../src/ledger/read/recorded-decision.ts';
import { createLedger } from '../../src/ledger/write/ledger.ts';
import { batchRecord, ledgerParts, segmentFiles, singleRecord, temporaryFolder } from '../support/ledger-records.ts';

let folder: string;
const records: DecisionRecord[] = [
  singleRecord(),
  batchRecord(['p-1', undefined]),
  singleRecord({ status: 'Error', response: null }),
  batchRecord(['p-1', 'p-1']),
];

beforeEach(async () => {
  folder = temporaryFolder();
  const ledger = await createLedger(await ledgerParts(folder, { limits: { segmentBytes: 1 } }));
  for (const record of records) await ledger.append(record);
  await ledger.appendEvent('datwat.policy_activated', {});
  await ledger.close();
});

describe('reading a ledger', () => {
  it('gives the records in their order over all segments, from any one on', () => {
    expect([...readRecords(folder)].map((read) => read.seq)).toEqual([1, 2, 3, 4, 5]);
    expect([...readRecords(folder, 3)].map((read) => read.seq)).toEqual([3, 4, 5]);
    expect([...readRecords(folder, 9)]).toEqual([]);
  });

  it('leaves out a record that is still being written, and stops at one that is none', () => {
    const last = segmentFiles(folder).at(-1) as string;
    appendFileSync(last, '{"half":');
    expect([...readRecords(folder)]).toHaveLength(5);
    appendFileSync(last, 'x\n');
    expect(() => [...readRecords(folder)]).toThrow(/segments\/000000000005\.ndjson line 2 is no ledger record/);
  });

  it('gives back of a decision what was recorded of it', () => {
    const read = [...readRecords(folder)].slice(0, records.length);
    for (const [i, record] of records.entries()) {
      const decision = recordedDecision(read[i]?.record ?? {});
      expect(decision).toMatchObject({
        decisionId: `${record.traceId}-${record.spanId}`,
        eventName: record.eventName,
        timestamp: record.timestamp,
        status: record.status,
        policy: record.policy,
        entrypoint: record.entrypoint,
        request: record.request,
        response: record.response,
        attributes: record.attributes,
      });
      expect(decision?.items).toEqual(record.items.map(({ response: _, ...item }) => ({ ...item, erased: false })));
    }
  });

  it('finds no decision in an event', () => {
    const [event] = readRecords(folder, 5);
    expect(event?.record.event_name).toBe('datwat.policy_activated');
    expect(recordedDecision(event?.record ?? {})).toBeUndefined();
  });
});
