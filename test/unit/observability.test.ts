import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/observability/log.ts';
import { createMetrics } from '../../src/observability/metrics.ts';

function written(use: (log: ReturnType<typeof createLog>) => void): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  use(createLog({ write: (line: string) => void lines.push(JSON.parse(line)) }));
  return lines;
}

describe('the application log', () => {
  it('is one JSON object an event, with its fields', () => {
    const [line] = written((log) => log.info('request_refused', { route: '/x', status: 400 }));
    expect(line).toMatchObject({ level: 30, msg: 'request_refused', route: '/x', status: 400 });
    expect(line).not.toHaveProperty('hostname');
  });

  it.each(['999990019', '99999.00.19', '9999 90 019', 'bsn=999990019;', '12345678'])(
    'takes %s out of every text',
    (said) => {
      const cause = new Error(`row ${said}`);
      const error = Object.assign(new TypeError(`no column ${said}`, { cause }), { code: said });
      const lines = written((log) => {
        log.warn('event', { said });
        log.error('event', error, { said });
        log.error('event', said);
      });
      expect(JSON.stringify(lines)).not.toContain(said.replace(/^bsn=|;$/g, ''));
      expect(lines[1]).toMatchObject({ error: { name: 'TypeError', cause: { name: 'Error' } } });
    },
  );

  it('leaves hashes, decision ids, dates and counts alone', () => {
    const fields = {
      hash: '4bf92f3577b34da6a3ce929d12345678',
      decision_id: '4bf92f3577b34da6a3ce929d0e0e4736-0012345678901234',
      date: '2026-11-02',
      segment: '000000000001.ndjson',
      seq: 123456789,
    };
    expect(written((log) => log.info('event', fields))[0]).toMatchObject(fields);
  });
});

describe('metrics', () => {
  const permit = { outcome: 'permit', level: 'wat', reason: 'OK', domain: 'wmo' } as const;

  it('count decisions by what the policy answered', async () => {
    const metrics = createMetrics({ now: () => 5000 });
    metrics.decided(permit);
    metrics.decided({ ...permit, outcome: 'deny', level: 'none', reason: 'GEEN_TOEGANG' });
    metrics.answered('/access/v1/evaluation', 200, 0.0007);
    metrics.policyActivated('abc', 2000);
    metrics.ledgerHead(7, 'aa');
    metrics.ledgerHead(8, 'bb');
    const { text, contentType } = await metrics.exposition();
    expect(contentType).toContain('text/plain');
    expect(text).toContain('datwat_decisions_total{outcome="permit",level="wat",reason="OK",domain="wmo"} 1');
    expect(text).toContain('datwat_decisions_total{outcome="deny",level="none",reason="GEEN_TOEGANG",domain="wmo"} 1');
    expect(text).toContain('datwat_http_seconds_bucket{le="0.001",route="/access/v1/evaluation",status="200"} 1');
    expect(text).toContain('datwat_policy_age_seconds 3');
    expect(text).toContain('datwat_ledger_seq 8');
    expect(text).not.toContain('hash="aa"');
    expect(text).toContain('process_resident_memory_bytes');
  });

  it('have no label value that a request made up', async () => {
    const metrics = createMetrics({ now: () => 0 });
    for (const domain of ['jansen', '999990019', 'de heer Jansen', 'a"b\n', 'x'.repeat(100)]) {
      metrics.decided({ ...permit, outcome: 'deny', domain });
    }
    metrics.decided({ ...permit, domain: 'bsn-999990019' });
    const { text } = await metrics.exposition();
    expect(text).not.toMatch(/jansen|99999|Jansen|xxx/);
    expect(text).toContain('datwat_decisions_total{outcome="deny",level="wat",reason="OK",domain="other"} 5');
  });

  it('stay few, whatever the policy answers', async () => {
    const metrics = createMetrics({ now: () => 0 });
    const word = (index: number) => [...String(index)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
    for (let index = 0; index < 1000; index += 1)
      metrics.decided({ ...permit, reason: word(index), domain: word(index) });
    const { text } = await metrics.exposition();
    expect(text.match(/^datwat_decisions_total\{/gm)?.length).toBe(65);
  });
});
