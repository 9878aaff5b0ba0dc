/** Which lines of the rules the cases run, and with which outcome. */
import type { Site } from '../../engine/plan/trace-plan.ts';
import type { Tracer } from '../../engine/traced-policy.ts';

export interface CoveredLine {
  readonly row: number;
  /** Times that an evaluation came here. */
  readonly run: number;
  /** Whether it was ever got past, and whether it ever stopped what it stands in. */
  readonly held: boolean;
  readonly stopped: boolean;
  /** False for a line that always holds once it is reached. */
  readonly mayStop: boolean;
}

export interface CoveredFile {
  /** As the plan names it. */
  readonly file: string;
  /** Only lines with something to run, in order. */
  readonly lines: readonly CoveredLine[];
}

export interface LineCoverage {
  readonly tracer: Tracer;
  /** What was seen up to now; files in order of name. */
  files(): readonly CoveredFile[];
}

export function createLineCoverage(sites: readonly Site[]): LineCoverage {
  const tried = sites.map(() => 0);
  const held = sites.map(() => 0);
  return {
    tracer: {
      began() {},
      entered() {},
      left() {},
      tried(site) {
        tried[site] = (tried[site] ?? 0) + 1;
      },
      held(site) {
        held[site] = (held[site] ?? 0) + 1;
      },
    },
    files() {
      const counted = sites.map((site, i) => {
        const got = held[i] ?? 0;
        return { ...site, held: got, tried: site.mayStop ? (tried[i] ?? 0) : got };
      });
      const byFile = Object.entries(Object.groupBy(counted, ({ file }) => file));
      return byFile
        .map(([file, here = []]) => ({ file, lines: linesOf(here) }))
        .sort((a, b) => (a.file < b.file ? -1 : 1));
    },
  };
}

interface Counted extends Site {
  readonly tried: number;
  readonly held: number;
}

/** A line stands in one rule or in several; each says for itself whether it was got past. */
function linesOf(sites: readonly Counted[]): readonly CoveredLine[] {
  const byRow = Map.groupBy(sites, ({ row }) => row);
  return [...byRow]
    .map(([row, here]) => {
      const parts = [...Map.groupBy(here, ({ rule }) => rule).values()];
      return {
        row,
        run: Math.max(...here.map((site) => site.tried)),
        // The last thing that a line does is what it was for: to compare, or to give the rule its value.
        held: parts.some((part) => (part.at(-1)?.held ?? 0) > 0),
        stopped: here.some((site) => stops(site) && site.tried > site.held),
        mayStop: here.some(stops),
      };
    })
    .sort((a, b) => a.row - b.row);
}

/** What stands under a `not` stops nothing by itself. */
function stops({ mayStop, negated }: Site): boolean {
  return mayStop && !negated;
}
