/** What `GET /health/ready` tells of the feeds, by the whole service: it stays ready, for a PDP that is down stops care. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleSha256 } from '../../src/engine/trust/trust.ts';
import { makeFactsFile } from '../../src/facts/facts-file.ts';
import { DEFAULT_MAX_AGES, FACT_KINDS } from '../../src/facts/kinds.ts';
import { bundleBytes } from '../support/bundle-bytes.ts';
import { importFiles } from '../support/facts.ts';
import { releaseKey } from '../support/release-keys.ts';
import { type Serving, serving } from '../support/serving.ts';

const BSN = '999990019';
const ALICE = join(import.meta.dirname, '../support/bundles/alice-reads.tar.gz');

describe('readiness and the feeds', () => {
  let folder: string;
  let service: Serving | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'datwat-readiness-'));
  });
  afterEach(async () => {
    await service?.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (name: string, content: string | NodeJS.ArrayBufferView) => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  async function ready(): Promise<{ status: number; text: string; body: { facts: unknown } }> {
    const response = await fetch(`${service?.url}/health/ready`);
    const text = await response.text();
    return { status: response.status, text, body: JSON.parse(text) };
  }
  const fed = (kind: string, asOf: string) => JSON.stringify({ feed: kind, as_of: asOf, source: `registratie ${BSN}` });
  const now = () => new Date(Date.now() - 1_000).toISOString();

  it('in production names each kind that was never fed, and each that is older than it may be', async () => {
    const key = releaseKey('ledger').signs.export({ type: 'pkcs8', format: 'pem' });
    const apiKey = createHash('sha256').update('key').digest('hex');
    const config = `mode: production
port: 0
public_url: https://datwat.example.nl
bundle: ${ALICE}
bundle_sha256: ${bundleSha256(bundleBytes('alice-reads'))}
quorum: none
pseudonym: { active: a, keys: [{ id: a, file: ${write('pseudonym.key', 'k'.repeat(64))} }] }
ledger: { folder: ${join(folder, 'ledger')}, signing_key: ${write('ledger.pem', key)} }
facts: ${join(folder, 'facts.sqlite')}
callers: [{ name: test, api_key_sha256: '${apiKey}', doors: [authzen] }]
`;
    makeFactsFile({ file: join(folder, 'facts.sqlite'), people: 'real' });
    service = await serving(['--config', write('config.yaml', config)]);
    const { status, body } = await ready();
    expect(status).toBe(200);
    const never = Object.fromEntries(FACT_KINDS.map((kind) => [kind, null]));
    expect(body.facts).toEqual({ stale: never, warning: expect.stringContaining('datwat facts import') });

    const old = new Date(Date.now() - DEFAULT_MAX_AGES.consents - 60_000).toISOString();
    const { code } = await importFiles(folder, {
      'feeds.ndjson': [fed('consents', old), fed('objections', now())].join('\n'),
    });
    expect(code).toBe(0);
    const after = await ready();
    const { objections: _, ...others } = never;
    expect(after.status).toBe(200);
    expect(after.body.facts).toMatchObject({ stale: { ...others, consents: old } });
    expect(after.body.facts).not.toHaveProperty('stale.objections');
    expect(after.text).not.toContain(BSN);
    expect(after.text).not.toContain('registratie');

    await importFiles(folder, { 'all.ndjson': FACT_KINDS.map((kind) => fed(kind, now())).join('\n') });
    expect((await ready()).body.facts).toEqual({ stale: {} });
  });

  it('in development a kind that was never fed is empty and fresh, and nothing is told of it', async () => {
    service = await serving([
      '--bundle',
      ALICE,
      '--ledger',
      join(folder, 'ledger'),
      '--facts',
      join(folder, 'facts.sqlite'),
    ]);
    const { status, body } = await ready();
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'ready', facts: { stale: {} } });
  });
});
