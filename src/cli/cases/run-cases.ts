/**
 * Cases through the built bundle by the same way as a request: over HTTP through the door, with facts from a facts file,
 * decided by the engine and recorded in a ledger. Only who calls is told and not proved.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuthenticateCaller } from '../../api/authenticate-caller.ts';
import { createListener } from '../../api/listener.ts';
import { unlimited } from '../../api/rate-limit.ts';
import { createResponses } from '../../api/responses.ts';
import { createApp } from '../../app.ts';
import { createDecide } from '../../decision/decide.ts';
import { createDecideAll } from '../../decision/decide-all.ts';
import type { DecisionRecord, JsonObject } from '../../decision/model.ts';
import type { Parts } from '../../decision/parts.ts';
import type { ActivePolicy, Ledger } from '../../decision/ports.ts';
import { createSearch } from '../../decision/search.ts';
import type { Bundle } from '../../engine/bundle.ts';
import { withOverlay } from '../../engine/data-overlay.ts';
import { loadPolicy } from '../../engine/load-policy.ts';
import { type FactsFile, makeFactsFile, openForWriting } from '../../facts/facts-file.ts';
import { DEFAULT_MAX_AGES } from '../../facts/kinds.ts';
import { createSqliteFacts } from '../../facts/sqlite-facts.ts';
import { developmentSigningKey } from '../../ledger/signing-key.ts';
import { createLedger } from '../../ledger/write/ledger.ts';
import { createIds } from '../../observability/trace-ids.ts';
import { noLog, noMetrics } from '../../observability/unwatched.ts';
import { developmentKeyRing } from '../../pseudonyms/key-ring.ts';
import { createPseudonymiser } from '../../pseudonyms/pseudonymiser.ts';
import { saying } from '../terminal.ts';
import { writeCaseFacts } from './case-facts.ts';
import type { CaseAnswer } from './compare.ts';
import type { Case } from './read-cases.ts';

export interface CaseRun {
  readonly given: Case;
  /** What was answered, or why the case could not be asked. */
  readonly answer: CaseAnswer | { readonly failure: string };
}

const LIMITS = { body: 1_048_576, depth: 64 };
const MAX_ITEMS = 500;

export interface RunOptions {
  /** Told after each case how many are done. */
  progress?(done: number): void;
  /** Makes the policy that answers; by default both engines do. Throws where the bundle does not load. */
  load?(bundle: Bundle): ActivePolicy | Promise<ActivePolicy>;
  /** A facts file to look in as it is, for what brings no facts of its own. */
  readonly facts?: string;
}

/** In the order of the cases. Cases are grouped by what they lay over the data, one load each. */
export async function runCases(
  bundle: Bundle,
  cases: readonly Case[],
  { progress = () => {}, load = loadPolicy, facts }: RunOptions = {},
): Promise<readonly CaseRun[]> {
  const folder = mkdtempSync(join(tmpdir(), 'datwat-cases-'));
  const bench = await openBench(folder, facts);
  const answers = new Map<Case, CaseRun['answer']>();
  try {
    for (const group of Map.groupBy(cases, overlayOf).values()) {
      const policy = await policyFor(bundle, group, load);
      for (const given of group) {
        answers.set(given, typeof policy === 'string' ? { failure: policy } : await bench.ask(policy, given));
        progress(answers.size);
      }
    }
  } finally {
    await bench.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return cases.map((given) => ({ given, answer: answers.get(given) ?? { failure: 'it was not asked' } }));
}

function overlayOf({ data, shorthands }: Case): string {
  return JSON.stringify([data, shorthands]);
}

/** The policy over the group's data, or why it does not load. */
async function policyFor(
  bundle: Bundle,
  [first]: readonly Case[],
  load: NonNullable<RunOptions['load']>,
): Promise<ActivePolicy | string> {
  const overlay = { data: first?.data ?? {}, shorthands: first?.shorthands ?? {} };
  const bare = Object.keys(overlay.data).length === 0 && Object.keys(overlay.shorthands).length === 0;
  try {
    return await load(bare ? bundle : withOverlay(bundle, overlay));
  } catch (error) {
    return `the bundle does not load with what the case lays over its data: ${saying(error)}`;
  }
}

async function openBench(folder: string, asItIs: string | undefined) {
  const clock = { now: Date.now };
  const pseudonymiser = createPseudonymiser(developmentKeyRing());
  const factsFile: FactsFile = { file: asItIs ?? join(folder, 'facts.sqlite'), people: 'invented' };
  if (asItIs === undefined) makeFactsFile(factsFile);
  const db = asItIs === undefined ? openForWriting(factsFile) : undefined;
  const facts = createSqliteFacts({
    ...factsFile,
    maxAges: DEFAULT_MAX_AGES,
    // What a case does not say is known and empty; a facts file of development says nothing of some kinds.
    mode: asItIs === undefined ? 'production' : 'development',
    clock,
    log: noLog,
  });
  const ledger = await createLedger({
    folder: join(folder, 'ledger'),
    mode: 'write',
    key: await developmentSigningKey(join(folder, 'ledger')),
    configuration: { mode: 'cases' },
    resource: { 'service.name': 'datwat' },
    log: noLog,
    metrics: noMetrics,
    clock,
  });

  // What changes from case to case; cases are asked one after another.
  let policy: ActivePolicy | undefined;
  let caller: Case['caller'] = { mayAssert: [] };
  const written: DecisionRecord[] = [];
  const noted: Ledger = {
    async append(record) {
      await ledger.append(record);
      written.push(record);
    },
  };
  const parts: Parts = {
    clock,
    ids: createIds(),
    facts,
    engine: { active: () => policy ?? unasked() },
    ledger: noted,
    metrics: noMetrics,
    log: noLog,
  };
  const authenticate: AuthenticateCaller = () => ({
    caller: {
      name: 'case',
      ...caller,
      maySetTime: true,
      maySimulate: true,
      mayLearnPseudonym: false,
      authenticated: true,
    },
    mayEnter: () => true,
  });
  const app = createApp({
    decide: createDecide(parts),
    decideAll: createDecideAll(parts),
    search: createSearch(parts),
    offers: () => false,
    authenticate,
    limitRate: unlimited,
    pseudonymiser,
    limits: LIMITS,
    maxItems: MAX_ITEMS,
    responses: createResponses(noLog, noMetrics),
    publicUrl: () => '',
    publicPath: '',
    readiness: () => [],
    details: () => ({ policy: {}, facts: {} }),
    exposition: async () => ({ contentType: 'text/plain', text: '' }),
  });
  const listener = createListener(app, { host: '127.0.0.1', port: 0 });
  const url = await listener.listen();

  async function ask(asked: ActivePolicy, given: Case): Promise<CaseRun['answer']> {
    policy = asked;
    caller = given.caller;
    written.length = 0;
    try {
      if (db !== undefined) writeCaseFacts(db, given, pseudonymiser);
      const batch = given.request.evaluations !== undefined;
      const response = await fetch(`${url}/access/v1/${batch ? 'evaluations' : 'evaluation'}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(given.request),
      });
      const body = (await response.json()) as JsonObject;
      return {
        status: response.status,
        body,
        records: written.flatMap(({ items }) => items.map(({ record }) => record)),
      };
    } catch (error) {
      return { failure: saying(error) };
    }
  }

  async function close(): Promise<void> {
    await listener.close();
    await ledger.close();
    facts.close();
    db?.close();
  }

  return { ask, close };
}

function unasked(): never {
  throw new Error('no case is being asked');
}
