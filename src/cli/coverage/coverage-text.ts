import type { JsonObject } from '../../decision/model.ts';
import { type Coverage, measuresOf, percentOf } from './coverage.ts';
import type { CoveredFile, CoveredLine } from './line-coverage.ts';
import type { Reached } from './reached.ts';

const MEANS = {
  lines: 'lines of the rules are run',
  outcomes: 'outcomes of lines are seen: each can hold, and most can stop their rule (undefined)',
  cells: 'cells open something in a case',
  reasons: 'reasons are given to a case',
};

/** How a line can be short of what a case should have shown of it. */
const SHORT_OF: readonly (readonly [string, (line: CoveredLine) => boolean])[] = [
  ['never run', ({ run }) => run === 0],
  ['run, never true', ({ run, held }) => run > 0 && !held],
  ['run, never undefined', ({ run, mayStop, stopped }) => run > 0 && mayStop && !stopped],
];

/** Lines for a terminal: the measures, then by name what no case reaches. */
export function coverageLines(coverage: Coverage): readonly string[] {
  return [
    '',
    ...measuresOf(coverage).map((measure) => {
      const { name, seen, of } = measure;
      return `${name.padEnd(9)} ${`${percentOf(measure)}%`.padStart(6)}  ${seen} of ${of} ${MEANS[name]}`;
    }),
    ...SHORT_OF.flatMap(([what, isShort]) => [
      '',
      `Lines ${what}:`,
      ...orNone(coverage.files.flatMap((file) => shortIn(file, isShort))),
    ]),
    '',
    'Cells that open nothing in any case:',
    ...orNone(neverReached(coverage.cells)),
    '',
    'Reasons that no case gets:',
    ...orNone(neverReached(coverage.reasons)),
  ];
}

/** The same for programs. */
export function coverageJson(coverage: Coverage): JsonObject {
  return {
    ...Object.fromEntries(measuresOf(coverage).map(({ name, seen, of }) => [name, { seen, of }])),
    never_run: Object.fromEntries(
      coverage.files.map(({ file, lines }) => [file, lines.filter(({ run }) => run === 0).map(({ row }) => row)]),
    ),
    cells_never_reached: neverReached(coverage.cells),
    reasons_never_reached: neverReached(coverage.reasons),
  };
}

export function neverReached(all: readonly Reached[]): readonly string[] {
  return all.filter(({ cases }) => cases.length === 0).map(({ name }) => name);
}

function shortIn({ file, lines }: CoveredFile, isShort: (line: CoveredLine) => boolean): readonly string[] {
  const spans: string[] = [];
  let start: number | undefined;
  lines.forEach((line, i) => {
    if (!isShort(line)) return;
    start ??= line.row;
    const next = lines[i + 1];
    if (next !== undefined && isShort(next)) return;
    spans.push(start === line.row ? `${start}` : `${start}-${line.row}`);
    start = undefined;
  });
  return spans.length === 0 ? [] : [`${file}: ${spans.join(', ')}`];
}

function orNone(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? ['  none'] : lines.map((line) => `  ${line}`);
}
