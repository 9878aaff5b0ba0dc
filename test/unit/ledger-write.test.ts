import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DecisionRecord, JsonObject } from '../../src/decision/model.ts';
import { createLedger } from '../../src/ledger/write/ledger.ts';
import {
  batchRecord,
  ledgerParts,
  POLICY,
  segmentFiles,
  segmentLines,
  singleRecord,
  temporaryFolder,
} from '../support/ledger-records.ts';
import { canonical, recomputedCommitments, recomputedHash, recomputedPieces } from '../support/recompute-ledger.ts';

async function written(...records: DecisionRecord[]): Promise<string[]> {
  const folder = temporaryFolder();
  const ledger = await createLedger(await ledgerParts(folder));
  await Promise.all(records.map((record) => ledger.append(record)));
  await ledger.close();
  return segmentLines(folder);
}

const search: DecisionRecord = {
  ...singleRecord(),
  eventName: 'adl.search_action',
  entrypoint: 'authz/search/action',
  request: { subject: { type: 'medewerker', id: 'm-1' }, resource: { type: 'dossier', id: 'd' }, page: { limit: 2 } },
  response: { page: { next_token: '' }, results: [{ name: 'read' }] },
};

const oddRecords: [string, DecisionRecord][] = [
  ['a single question', singleRecord()],
  ['a call that failed and has no response', singleRecord({ status: 'Error', response: null })],
  ['a record without attributes or parent', { ...singleRecord(), attributes: {} }],
  ['a search', search],
  ['a batch about one person', batchRecord(['p-1', 'p-1'])],
  ['a batch about several persons', batchRecord(['p-1', undefined, 'p-2'])],
  ['a batch about nobody', batchRecord([undefined, undefined])],
  [
    'a batch that stopped early',
    {
      ...batchRecord(['p-1', 'p-2', 'p-3']),
      items: batchRecord(['p-1']).items,
      response: { evaluations: [{ decision: false }] },
    },
  ],
  ['a batch that failed', { ...batchRecord(['p-1', 'p-2']), status: 'Error', response: null }],
  ['a batch endpoint asked a single question', { ...singleRecord(), eventName: 'adl.access_evaluations' }],
  [
    'a single question with an unknown member "evaluations"',
    { ...singleRecord(), request: { ...singleRecord().request, evaluations: [1, 2] } },
  ],
  [
    'text outside ASCII, escapes and odd names',
    {
      ...singleRecord(),
      request: {
        ...singleRecord().request,
        'é"\\\u2028': ['\u0000', '😀', 1e21, -0, 0.1],
        __proto__x: {},
        ...JSON.parse('{"__proto__":{"a":1}}'),
        '10': 1,
        '9': 2,
      },
    },
  ],
];

describe('a ledger line', () => {
  it.each(oddRecords)('of %s is canonical, and an outsider recomputes its hash and commitments', async (_, record) => {
    const [line = ''] = await written(record);
    const { attributes } = JSON.parse(line) as { attributes: JsonObject };
    expect(line).toBe(canonical(JSON.parse(line)));
    expect(attributes['datwat.ledger.commitments']).toEqual(recomputedCommitments(line));
    expect(attributes['datwat.ledger.hash']).toBe(recomputedHash(line));
  });

  it.each(oddRecords)('of %s holds the request, the response, facts and record as they were', async (_, record) => {
    const [line = ''] = await written(record);
    const { body } = JSON.parse(line) as { body: JsonObject };
    const count = recomputedPieces(line).length - 1;
    expect(body['adl.core.request']).toEqual(JSON.parse(JSON.stringify(record.request)));
    expect(body['adl.core.response'] ?? null).toEqual(record.response);
    expect('adl.core.response' in body).toBe(record.response !== null);
    expect(body['adl.core.information']).toEqual({
      'datwat.facts': Array.from({ length: count }, (_, i) => record.items[i]?.facts ?? null),
    });
    expect(body['datwat.record']).toEqual(Array.from({ length: count }, (_, i) => record.items[i]?.record ?? null));
  });

  it('has the fields of ADL 1.0.0, with references in attributes and content in body', async () => {
    const record = singleRecord();
    const [line = ''] = await written(record);
    const parsed = JSON.parse(line);
    expect(parsed).toMatchObject({
      trace_id: record.traceId,
      span_id: record.spanId,
      parent_span_id: record.parentSpanId,
      event_name: 'adl.access_evaluation',
      timestamp: record.timestamp,
      status: 'Unset',
      attributes: {
        'adl.core.policies': {
          datwat: {
            revision: 'r1',
            wasm_sha256: POLICY.wasmSha256,
            data_sha256: POLICY.dataSha256,
            entrypoint: 'authz/decision',
            engine: 'wasm',
          },
        },
        'adl.core.configuration': { datwat: { version: '0.1.0', mode: 'development' } },
        'dpl.core.data_subject_id': 'psn:k1:AAAA',
        'datwat.level': 'dat',
      },
      resource: { 'service.name': 'datwat', 'service.version': '0.1.0' },
    });
    expect(parsed.resource['service.instance.id']).toBe(parsed.attributes['datwat.ledger.writer']);
    const inBoth = Object.keys(parsed.body).filter((name) => name in parsed.attributes);
    expect(inBoth).toEqual([]);
  });

  it('names one person for all items, or one per item with holes, or none', async () => {
    const [one = '', several = '', none = ''] = await written(
      batchRecord(['p-1', 'p-1']),
      batchRecord(['p-1', undefined]),
      batchRecord([undefined]),
    );
    expect(JSON.parse(one).attributes['dpl.core.data_subject_id']).toBe('p-1');
    expect(JSON.parse(several).attributes['datwat.data_subject_ids']).toEqual(['p-1', null]);
    expect(JSON.parse(several).attributes).not.toHaveProperty(['dpl.core.data_subject_id']);
    expect(Object.keys(JSON.parse(none).attributes).filter((name) => name.includes('data_subject'))).toEqual([]);
  });

  it('has its own salts, so that equal records have unequal commitments', async () => {
    const record = singleRecord();
    const lines = await written(record, record);
    const commitments = lines.flatMap((line) => JSON.parse(line).attributes['datwat.ledger.commitments']);
    expect(new Set(commitments).size).toBe(4);
  });
});

describe('the chain', () => {
  it('runs from 1 without a gap over restarts and segments, events among decisions', async () => {
    const folder = temporaryFolder();
    for (let start = 0; start < 3; start++) {
      const ledger = await createLedger(await ledgerParts(folder, { limits: { segmentBytes: 5000 } }));
      await ledger.appendEvent('datwat.policy_activated', { 'datwat.policy.revision': `r${start}` });
      for (let i = 0; i < 4; i++) await ledger.append(singleRecord());
      await ledger.close();
    }
    expect(segmentFiles(folder).length).toBeGreaterThan(3);
    let before = '0'.repeat(64);
    for (const [i, line] of segmentLines(folder).entries()) {
      const { attributes } = JSON.parse(line);
      expect(attributes['datwat.ledger.seq']).toBe(i + 1);
      expect(attributes['datwat.ledger.prev_hash']).toBe(before);
      before = recomputedHash(line);
    }
    expect(segmentLines(folder)).toHaveLength(15);
  });

  it('names each segment and its checkpoint by the first record', async () => {
    const folder = temporaryFolder();
    const ledger = await createLedger(await ledgerParts(folder, { limits: { segmentBytes: 1 } }));
    for (let i = 0; i < 3; i++) await ledger.append(singleRecord());
    await ledger.close();
    for (const seq of ['000000000001', '000000000002', '000000000003']) {
      expect(existsSync(join(folder, 'segments', `${seq}.ndjson`))).toBe(true);
      const jws = readFileSync(join(folder, 'checkpoints', `${seq}.jws`), 'utf8');
      const payload = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString());
      expect(payload).toMatchObject({ first_seq: Number(seq), last_seq: Number(seq), count: 1 });
    }
  });

  it('serves many at once with few writes', async () => {
    const flushed: number[] = [];
    const parts = await ledgerParts(temporaryFolder());
    const metrics = { ...parts.metrics, ledgerFlushed: (records: number) => void flushed.push(records) };
    const ledger = await createLedger({ ...parts, metrics });
    await Promise.all(Array.from({ length: 200 }, () => ledger.append(singleRecord())));
    await ledger.close();
    expect(flushed.reduce((a, b) => a + b)).toBe(200);
    expect(flushed.length).toBeLessThan(20);
  });
});

describe('what a caller may not do', () => {
  it.each(['datwat.ledger.seq', 'datwat.data_subject_ids', 'dpl.core.data_subject_id', 'adl.core.policies', 'other'])(
    'is to give the attribute %s',
    async (name) => {
      const ledger = await createLedger(await ledgerParts(temporaryFolder()));
      const record = { ...singleRecord(), attributes: { [name]: 'x' } };
      await expect(ledger.append(record)).rejects.toMatchObject({ code: 'decision_not_recorded' });
      await ledger.close();
    },
  );

  it('is to record what has no canonical form; the records beside it are kept', async () => {
    const folder = temporaryFolder();
    const ledger = await createLedger(await ledgerParts(folder));
    const bad = singleRecord({ request: { ...singleRecord().request, x: '\ud800' } });
    const results = await Promise.allSettled([
      ledger.append(singleRecord()),
      ledger.append(bad),
      ledger.append(singleRecord()),
    ]);
    await ledger.close();
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(segmentLines(folder)).toHaveLength(2);
  });

  it('is to append after the end', async () => {
    const folder = temporaryFolder();
    const ledger = await createLedger(await ledgerParts(folder));
    const pending = ledger.append(singleRecord());
    await ledger.close();
    await pending;
    await expect(ledger.append(singleRecord())).rejects.toMatchObject({ code: 'decision_not_recorded' });
    expect(ledger.status()).toMatchObject({ state: 'closed', ready: false, seq: 1 });
    expect(segmentLines(folder)).toHaveLength(1);
  });
});
