/** What a decision costs as matrix and facts grow, in process: processor microseconds each. */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { factsImport } from '../../src/cli/facts-import.ts';
import { isObject, type Json, type JsonObject, type PolicyInput } from '../../src/decision/model.ts';
import { type Bundle, withDataText } from '../../src/engine/bundle.ts';
import { loadEngines } from '../../src/engine/load-engines.ts';
import { loadPolicy } from '../../src/engine/load-policy.ts';
import { assemble } from '../../src/engine/plan/document-parts.ts';
import { createPlanEvaluator } from '../../src/engine/plan/plan-evaluator.ts';
import { createWasmEvaluator } from '../../src/engine/wasm-policy.ts';
import { DEFAULT_MAX_AGES } from '../../src/facts/kinds.ts';
import { createSqliteFacts, type SqliteFacts } from '../../src/facts/sqlite-facts.ts';
import { noLog } from '../../src/observability/unwatched.ts';
import { developmentKeyRing } from '../../src/pseudonyms/key-ring.ts';
import { createPseudonymiser } from '../../src/pseudonyms/pseudonymiser.ts';
import { median } from './median.ts';
import { QUESTIONS } from './questions.ts';

/** As a service is served by default. */
const SERVED = { engine: 'plan', wasmAlone: () => {}, differed: () => {} } as const;

/** Evaluations after which a plan no longer becomes faster. */
const WARM = 30_000;

/** The permit at each size of the matrix, all sizes in turn, median of the rounds. */
export async function costByCells(
  bundle: Bundle,
  sizes: readonly number[],
  rounds: number,
): Promise<readonly number[]> {
  const policies = await Promise.all(sizes.map((cells) => loadPolicy(withCells(bundle, cells), SERVED)));
  const [{ policyInput } = { policyInput: {} }] = QUESTIONS;
  const input = policyInput as JsonObject & PolicyInput;
  const all: number[][] = sizes.map(() => []);
  for (const policy of policies) {
    const outcome = await policy.decide(input);
    if (!outcome.decision) throw new Error('the permit that is measured is refused');
    await cpuMicros(WARM, () => policy.decide(input));
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, policy] of policies.entries()) {
      all[index]?.push(await cpuMicros(2_000, () => policy.decide(input)));
    }
  }
  return all.map(median);
}

/** The cells that the questions need, and others beside them up to the number. */
export function withCells(bundle: Bundle, cells: number): Bundle {
  const data: Json = JSON.parse(bundle.dataText);
  if (!isObject(data) || !isObject(data.authorisation_matrix)) throw new Error('the bundle has no matrix');
  const { wmo } = data.authorisation_matrix;
  const purposes = isObject(wmo) ? wmo : {};
  const needed = isObject(purposes['WMO.ONDERZOEK.BEHOEFTE']) ? purposes['WMO.ONDERZOEK.BEHOEFTE'] : {};
  const cell: Json = needed.wmo_consulent ?? {};
  const others = Array.from({ length: Math.max(0, cells - 1) }, (_, index): [string, Json] => [
    `P.${index}`,
    { wmo_consulent: cell },
  ]);
  const matrix = { wmo: Object.fromEntries([['WMO.ONDERZOEK.BEHOEFTE', { wmo_consulent: cell }], ...others]) };
  return withDataText(bundle, JSON.stringify({ ...data, authorisation_matrix: matrix }));
}

/** What a decision costs at each number of facts, and of that the look-up alone. */
export interface FactCosts {
  readonly decision: readonly number[];
  readonly lookUp: readonly number[];
}

/** About residents at random, all numbers of facts in turn, median of the rounds. */
export async function costByFacts(
  bundle: Bundle,
  folder: string,
  sizes: readonly number[],
  rounds: number,
): Promise<FactCosts> {
  const policy = await loadPolicy(bundle, SERVED);
  const [{ policyInput } = { policyInput: {} }] = QUESTIONS;
  const input = policyInput as JsonObject & PolicyInput;
  const sources: SqliteFacts[] = [];
  for (const size of sizes) {
    const file = join(folder, `facts-${size}.sqlite`);
    await importFacts(folder, file, size);
    sources.push(
      createSqliteFacts({
        file,
        people: 'invented',
        maxAges: DEFAULT_MAX_AGES,
        mode: 'development',
        clock: { now: Date.now },
        log: noLog,
      }),
    );
  }
  const lookUp: number[][] = sizes.map(() => []);
  const decision: number[][] = sizes.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, facts] of sources.entries()) {
      const size = sizes[index] ?? 0;
      const factsAt = (turn: number) =>
        facts.lookup([
          {
            dataSubject: [`inwoner-${(turn * 7919) % size}`],
            professional: [`mw-${((turn * 7919) % size) % 997}`],
            people: [],
            domain: 'wmo',
            now: { time: '2026-11-24T09:00:00.000Z', date: '2026-11-24' },
            mayAssert: [],
            assertedBy: 'bench',
          },
        ]);
      const decideAt = async (turn: number) => {
        const [found] = await factsAt(turn);
        return policy.decide({ ...input, facts: found?.facts ?? {} });
      };
      if (!(await decideAt(0)).decision) throw new Error('the permit that is measured is refused');
      lookUp[index]?.push(await cpuMicros(5_000, factsAt));
      decision[index]?.push(await cpuMicros(5_000, decideAt));
    }
  }
  for (const facts of sources) facts.close();
  return { decision: decision.map(median), lookUp: lookUp.map(median) };
}

/** The three questions on each engine, in turn, median of the rounds. */
export async function costByEngine(bundle: Bundle, rounds: number): Promise<{ plan: number; wasm: number }> {
  const loaded = await loadEngines(bundle);
  if ('refused' in loaded.plan) throw new Error(loaded.plan.refused);
  const engines = {
    plan: createPlanEvaluator(loaded.plan, assemble(loaded.document)),
    wasm: createWasmEvaluator(loaded.wasm),
  };
  const inputs = QUESTIONS.map(({ policyInput }) => policyInput);
  const costs: { plan: number[]; wasm: number[] } = { plan: [], wasm: [] };
  // The machine makes the functions of a plan fast little by little; a service is past that after its first half minute.
  await cpuMicros(WARM, (turn) => engines.plan.evaluate('authz/decision', inputs[turn % inputs.length] ?? {}));
  for (let round = 0; round < rounds; round += 1) {
    for (const engine of ['plan', 'wasm'] as const) {
      const evaluator = engines[engine];
      costs[engine].push(
        await cpuMicros(3_000, (turn) => evaluator.evaluate('authz/decision', inputs[turn % inputs.length] ?? {})),
      );
    }
  }
  return { plan: median(costs.plan), wasm: median(costs.wasm) };
}

async function importFacts(folder: string, facts: string, size: number): Promise<void> {
  const file = join(folder, `facts-${size}.ndjson`);
  const stream = createWriteStream(file);
  for (let index = 0; index < size; index += 1) {
    const row = {
      fact: 'case_relation',
      data_subject: `inwoner-${index}`,
      subject: `mw-${index % 997}`,
      kind: 'eigen_caseload',
      domain: 'wmo',
      person_relation: 'client',
    };
    if (!stream.write(`${JSON.stringify(row)}\n`))
      await new Promise((resolve) => stream.once('drain', () => resolve(undefined)));
  }
  await new Promise((resolve) => stream.end(() => resolve(undefined)));
  const pseudonymiser = createPseudonymiser(developmentKeyRing());
  const code = await factsImport(
    { files: [file], facts: { file: facts, people: 'invented' }, pseudonymiser },
    { out() {}, err() {} },
  );
  if (code !== 0) throw new Error(`the bench's facts could not be imported (${code})`);
}

async function cpuMicros(times: number, act: (index: number) => unknown): Promise<number> {
  for (let index = 0; index < times / 4; index += 1) await act(index);
  const before = process.cpuUsage();
  for (let index = 0; index < times; index += 1) await act(index);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}
