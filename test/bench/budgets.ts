/** What is asked of the figures, and by whom. Every request succeeded: a figure of a load in which one fails is none. */
import type { Measured } from './measure.ts';
import { median } from './median.ts';
import { BATCH, IN_BATCHES, loadOf } from './side-by-side.ts';

/** The limits of the design's table, before the service counts as landed and in the end, and of an issue. */
interface Asked {
  readonly firstLanding?: number;
  readonly issue?: { readonly number: number; readonly asks: number };
  readonly goal?: number;
}

export interface Budget extends Asked {
  readonly what: string;
  readonly measured: number;
  /** Whether the limits are the least or the most that will do. */
  readonly limits: 'least' | 'most';
  readonly unit: string;
}

function atLeast(what: string, measured: number, asked: Asked): Budget {
  return { what, measured, limits: 'least', unit: ' ×', ...asked };
}

function atMost(what: string, measured: number, asked: Asked, unit = ' ×'): Budget {
  return { what, measured, limits: 'most', unit, ...asked };
}

export function budgetsOf(measured: Measured): readonly Budget[] {
  return [...besideOthers(measured), ...byItself(measured)];
}

function besideOthers({ contenders, engines }: Measured): readonly Budget[] {
  const load = (name: string, connections: number) => loadOf(contenders.most, name, connections);
  const ofTheFloor = (name: string, connections: number) =>
    load(name, connections).perSecond / load('floor', connections).perSecond;
  const processorLess = (name: string) => load(name, 16).cpuMicros / load('datwat', 16).cpuMicros;
  return [
    atLeast('one decision over HTTP, record durable, 16 connections, of the floor', ofTheFloor('datwat', 16), {
      firstLanding: 0.2,
      issue: { number: 5, asks: 0.4 },
      goal: 0.5,
    }),
    atLeast('the same at 64 connections', ofTheFloor('datwat', 64), {
      firstLanding: 0.4,
      issue: { number: 5, asks: 0.6 },
      goal: 0.8,
    }),
    atLeast('the same with the Wasm in place of the plan engine, 16 connections', ofTheFloor('datwat, wasm', 16), {
      firstLanding: 0.2,
      goal: 0.5,
    }),
    atLeast('the same with the Wasm, 64 connections', ofTheFloor('datwat, wasm', 64), { firstLanding: 0.4, goal: 0.8 }),
    atMost('plan engine against Wasm, a decision', engines.plan / engines.wasm, { issue: { number: 5, asks: 0.35 } }),
    atLeast('processor time a decision, less than OPA’s server with its log', processorLess('opa, decision log on'), {
      firstLanding: 4,
      goal: 15,
    }),
    atLeast('processor time a decision, less than Cerbos with its file log', processorLess('cerbos, file log'), {
      firstLanding: 3,
      goal: 10,
    }),
  ];
}

function byItself({ extent, contenders, swaps, cells, facts, start, activation }: Measured): readonly Budget[] {
  const batch = loadOf(contenders.most, IN_BATCHES, 16).perSecond * BATCH;
  const half = loadOf(contenders.half, 'datwat', 64);
  const growth = (costs: readonly number[]) => Math.max(...costs) / (costs[0] ?? Number.NaN);
  const [fewCells, manyCells] = [extent.cells[0], extent.cells.at(-1)].map(grouped);
  const [fewFacts, manyFacts] = [extent.facts[0], extent.facts.at(-1)].map(grouped);
  const turn = median(activation.meanwhile.map(({ clock }) => clock));
  return [
    atLeast(
      `batch of ${BATCH}, decisions a second against single`,
      batch / loadOf(contenders.most, 'datwat', 16).perSecond,
      { firstLanding: 5, goal: 10 },
    ),
    atMost(`cost of a decision at ${manyCells} cells against ${fewCells}`, growth(cells), {
      firstLanding: 1.3,
      goal: 1.1,
    }),
    atMost(`cost of a decision at ${manyFacts} facts against ${fewFacts}`, growth(facts.decision), {
      firstLanding: 1.3,
      goal: 1.1,
    }),
    atMost('p99 against p50 at half the maximum load', half.p99 / half.p50, { firstLanding: 5, goal: 3 }),
    atMost('p99 while swapping bundles, against quiet', swaps.swapping.p99 / swaps.quiet.p99, {
      issue: { number: 4, asks: 2 },
      goal: 2,
    }),
    atMost(
      `longest turn while ${grouped(activation.cells)} cells come into force`,
      turn,
      { issue: { number: 4, asks: 20 } },
      ' ms',
    ),
    atMost('start to first decision', start.millis, { firstLanding: 700, goal: 300 }, ' ms'),
    atMost('resident memory, idle', start.megabytes, { firstLanding: 150, goal: 100 }, ' MB'),
  ];
}

export function grouped(count = 0): string {
  return count.toLocaleString('en');
}
