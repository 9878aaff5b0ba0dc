/** What the cases exercise of a bundle: its lines, their outcomes, its cells and its reasons. */
import type { JsonObject } from '../../decision/model.ts';
import type { Bundle } from '../../engine/bundle.ts';
import { traceProgram } from '../../engine/traced-policy.ts';
import type { Case } from '../cases/read-cases.ts';
import { type CaseRun, type RunOptions, runCases } from '../cases/run-cases.ts';
import { type CoveredFile, createLineCoverage } from './line-coverage.ts';
import { type Reached, reachedCells, reachedReasons } from './reached.ts';

export interface Coverage {
  readonly files: readonly CoveredFile[];
  readonly cells: readonly Reached[];
  readonly reasons: readonly Reached[];
}

export const MEASURES = ['lines', 'outcomes', 'cells', 'reasons'] as const;
export type MeasureName = (typeof MEASURES)[number];

export interface Measure {
  readonly name: MeasureName;
  readonly seen: number;
  readonly of: number;
}

/** Runs the cases on the traced program, the plan engine's. Throws `BundleRefused` where the bundle has no plan. */
export async function coverCases(
  bundle: Bundle,
  cases: readonly Case[],
  progress: NonNullable<RunOptions['progress']>,
): Promise<{ runs: readonly CaseRun[]; coverage: Coverage }> {
  const program = traceProgram(bundle);
  const lines = createLineCoverage(program.sites);
  const runs = await runCases(bundle, cases, { progress, load: (laid) => program.policy(laid, lines.tracer) });
  const data: JsonObject = JSON.parse(bundle.dataText);
  return {
    runs,
    coverage: { files: lines.files(), cells: reachedCells(data, runs), reasons: reachedReasons(data, runs) },
  };
}

export function measuresOf({ files, cells, reasons }: Coverage): readonly Measure[] {
  const lines = files.flatMap((file) => file.lines);
  const among = (name: MeasureName, list: readonly boolean[]) => ({
    name,
    seen: list.filter(Boolean).length,
    of: list.length,
  });
  return [
    among(
      'lines',
      lines.map(({ run }) => run > 0),
    ),
    among(
      'outcomes',
      lines.flatMap(({ held, stopped, mayStop }) => (mayStop ? [held, stopped] : [held])),
    ),
    among('cells', cells.map(isReached)),
    among('reasons', reasons.map(isReached)),
  ];
}

function isReached({ cases }: Reached): boolean {
  return cases.length > 0;
}

/** Rounded down, so that 100 is said of everything only. */
export function percentOf({ seen, of }: Measure): number {
  return of === 0 ? 100 : Math.floor((seen / of) * 1000) / 10;
}

export type Thresholds = ReadonlyMap<MeasureName, number>;

export class ThresholdError extends Error {}

/** `lines=95`, each measure at most once. Throws `ThresholdError` for anything else. */
export function readThresholds(given: readonly string[]): Thresholds {
  const thresholds = new Map<MeasureName, number>();
  for (const text of given) {
    const [what, percent] = text.split('=');
    const name = MEASURES.find((measure) => measure === what);
    const least = Number(percent || Number.NaN);
    if (name === undefined || thresholds.has(name) || !(least >= 0 && least <= 100)) {
      throw new ThresholdError(
        `--threshold ${text}: say one of ${MEASURES.join(', ')} with a percentage, such as lines=95`,
      );
    }
    thresholds.set(name, least);
  }
  return thresholds;
}

/** One sentence for each measure that stays below its threshold. */
export function belowThreshold(measures: readonly Measure[], thresholds: Thresholds): readonly string[] {
  return measures.flatMap((measure) => {
    const least = thresholds.get(measure.name);
    const percent = percentOf(measure);
    if (least === undefined || percent >= least) return [];
    return [`${measure.name}: ${percent}% of them is less than the threshold of ${least}%`];
  });
}
