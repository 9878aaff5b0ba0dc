/** A facts file of a test's own, filled by the real import and read by the real source. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { factsImport } from '../../src/cli/facts-import.ts';
import type { JsonObject } from '../../src/decision/model.ts';
import type { FactQuery, Log } from '../../src/decision/ports.ts';
import type { FactsFile } from '../../src/facts/facts-file.ts';
import { DEFAULT_MAX_AGES } from '../../src/facts/kinds.ts';
import { createSqliteFacts, type SqliteFacts } from '../../src/facts/sqlite-facts.ts';
import { createPseudonymiser } from '../../src/pseudonyms/pseudonymiser.ts';

export const OLD_KEY = { id: 'k1', secret: Buffer.alloc(32, 1) };
export const NEW_KEY = { id: 'k2', secret: Buffer.alloc(32, 2) };
export const OLD_RING = { active: 'k1', keys: [OLD_KEY] };
export const ROTATED_RING = { active: 'k2', keys: [OLD_KEY, NEW_KEY] };

export const NOW = { time: '2026-09-15T09:00:00.000Z', date: '2026-09-15' };

export function factsFolder(): string {
  return mkdtempSync(join(tmpdir(), 'datwat-facts-'));
}

export interface ImportResult {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

type ImportOptions = Partial<Parameters<typeof factsImport>[0]>;

const factsOf = (folder: string): FactsFile => ({ file: join(folder, 'facts.sqlite'), people: 'real' });

/** Writes the files and imports them, in this order. `contents` are texts, or facts for NDJSON. */
export async function importFiles(
  folder: string,
  contents: Readonly<Record<string, string | readonly JsonObject[]>>,
  options: ImportOptions = {},
): Promise<ImportResult> {
  const files = Object.entries(contents).map(([name, content]) => {
    const file = join(folder, name);
    writeFileSync(file, typeof content === 'string' ? content : content.map((fact) => JSON.stringify(fact)).join('\n'));
    return file;
  });
  const out: string[] = [];
  const err: string[] = [];
  const code = await factsImport(
    { files, facts: factsOf(folder), pseudonymiser: createPseudonymiser(OLD_RING), ...options },
    { out: (line) => out.push(line), err: (line) => err.push(line) },
  );
  return { code, out, err };
}

export interface LogLine {
  readonly level: string;
  readonly event: string;
}

export function openFacts(
  folder: string,
  settings: { mode?: 'development' | 'production'; clock?: { now(): number }; lines?: LogLine[] } = {},
): SqliteFacts {
  const { mode = 'production', clock = { now: () => Date.parse(NOW.time) }, lines = [] } = settings;
  const write = (level: string) => (event: string) => void lines.push({ level, event });
  const log: Log = { info: write('info'), warn: write('warn'), error: write('error') };
  return createSqliteFacts({ ...factsOf(folder), maxAges: DEFAULT_MAX_AGES, mode, clock, log });
}

export function question(about: Partial<FactQuery> = {}): FactQuery {
  return {
    dataSubject: ['inwoner-1'],
    professional: ['mw-1'],
    domain: 'wmo',
    now: NOW,
    mayAssert: [],
    assertedBy: 'backoffice',
    ...about,
  };
}

export const RELATION = {
  fact: 'case_relation',
  data_subject: 'inwoner-1',
  subject: 'mw-1',
  kind: 'eigen_caseload',
  casus_id: 'casus-1',
  domain: 'wmo',
  person_relation: 'client',
  since: '2026-01-05',
};

export const CONSENT = {
  fact: 'consents',
  data_subject: 'inwoner-1',
  id: 'toestemming-1',
  kind: 'explicit',
  purpose: 'WMO.ONDERZOEK.BEHOEFTE',
  from_domain: 'participatie',
  to_domain: 'wmo',
  items: ['uitkering'],
  given_by: 'inwoner-1',
  given_at: '2026-09-01',
  valid_until: '2027-08-31',
};

/** The row of a fact as the policy sees it. */
export function rowOf(fact: JsonObject): JsonObject {
  const { fact: _, data_subject: __, subject: ___, ...row } = fact;
  return row;
}
