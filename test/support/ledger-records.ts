import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DecisionRecord, JsonObject } from '../../src/decision/model.ts';
import { createSigner } from '../../src/ledger/signatures.ts';
import type { LedgerParts } from '../../src/ledger/write/ledger.ts';
import { noLog, noMetrics } from '../../src/observability/unwatched.ts';

/** A key for tests only: Ed25519, PKCS #8. */
export const TEST_KEY = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
`;

export const POLICY = { revision: 'r1', wasmSha256: 'a'.repeat(64), dataSha256: 'b'.repeat(64), engine: 'wasm' };

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'datwat-ledger-'));
}

export async function ledgerParts(folder: string, more: Partial<LedgerParts> = {}): Promise<LedgerParts> {
  return {
    folder,
    mode: 'sync',
    key: await createSigner(TEST_KEY),
    configuration: { version: '0.1.0', mode: 'development' },
    resource: { 'service.name': 'datwat', 'service.version': '0.1.0' },
    log: noLog,
    metrics: noMetrics,
    clock: { now: () => Date.now() },
    ...more,
  };
}

/** One question about one person, as a caller of the port makes it. */
export function singleRecord(more: Partial<DecisionRecord> = {}): DecisionRecord {
  const response: JsonObject = {
    decision: true,
    context: { granted_level: 'dat', reason_code: 'OK', reason_user: 'U mag zien dát er een dossier is.' },
  };
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    parentSpanId: 'b7ad6b7169203331',
    eventName: 'adl.access_evaluation',
    timestamp: 1_790_000_000_000,
    status: 'Unset',
    policy: POLICY,
    entrypoint: 'authz/decision',
    request: {
      subject: { type: 'medewerker', id: 'm-17', properties: { role: 'wmo_consulent', active_pet: 'wmo_consulent' } },
      action: { name: 'read', properties: { requested_level: 'dat', purpose: 'WMO.ONDERZOEK.BEHOEFTE' } },
      resource: {
        type: 'dossier',
        id: 'd-9',
        properties: { domain: 'wmo', data_subject: { id: 'psn:k1:AAAA', relation: 'client' } },
      },
      context: { time: '2026-11-24T09:00:00.000Z' },
      extra: { kept: true },
    },
    response,
    items: [
      {
        dataSubject: 'psn:k1:AAAA',
        facts: { case_relation: { kind: 'eigen_client', casus_id: 'c-1' }, consents: [], feeds: {} },
        response,
        record: { reason_code: 'OK', rule_id: 'wmo-1' },
      },
    ],
    attributes: {
      'datwat.caller': { name: 'backoffice', authenticated: true },
      'datwat.level': 'dat',
      'datwat.now': { time: '2026-11-24T09:00:00.000Z', date: '2026-11-24' },
      'datwat.reason': 'OK',
    },
    ...more,
  };
}

/** A batch about as many persons as it has items. */
export function batchRecord(persons: readonly (string | undefined)[]): DecisionRecord {
  const single = singleRecord();
  const { subject, action } = single.request;
  const answer = { decision: false, context: { reason_code: 'GEEN_TOEGANG' } };
  return {
    ...single,
    eventName: 'adl.access_evaluations',
    request: {
      subject: subject ?? null,
      action: action ?? null,
      evaluations: persons.map((person, i) => ({
        resource: { type: 'dossier', id: `d-${i}`, properties: { data_subject: { id: person ?? 'onbekend' } } },
      })),
      options: { evaluations_semantic: 'execute_all' },
    },
    response: { evaluations: persons.map(() => answer) },
    items: persons.map((person, i) => ({
      ...(person !== undefined && { dataSubject: person }),
      facts: { case_relation: null, consents: [] },
      response: answer,
      record: { reason_code: 'GEEN_RELATIE', step: i },
    })),
  };
}

/** Every line of every segment, in order. */
export function segmentLines(folder: string): string[] {
  return segmentFiles(folder).flatMap((path) => readFileSync(path, 'utf8').split('\n').slice(0, -1));
}

export function segmentFiles(folder: string): string[] {
  const segments = join(folder, 'segments');
  return readdirSync(segments)
    .sort()
    .map((name) => join(segments, name));
}
