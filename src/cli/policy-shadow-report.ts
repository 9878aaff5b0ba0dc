import { existsSync } from 'node:fs';
import { readShadowReport, type ShadowReport } from '../engine/shadow/tally.ts';
import { readText } from './read-file.ts';
import { NO, saying, type Terminal, WRONG_USE, YES } from './terminal.ts';

export interface PolicyShadowReportOptions {
  /** Where the service keeps the report. */
  readonly file: string;
  readonly json: boolean;
}

/**
 * `datwat policy shadow report`: where a draft answers another way, the newly permitted first.
 * Exit code: 0 nowhere, 1 somewhere, 2 there is no report.
 */
export async function policyShadowReport(
  { file, json }: PolicyShadowReportOptions,
  { out, err }: Terminal,
): Promise<number> {
  try {
    const report = reportIn(file);
    out(json ? JSON.stringify(report) : text(report));
    return report.differences.length === 0 ? YES : NO;
  } catch (failure) {
    err(saying(failure));
    return WRONG_USE;
  }
}

function reportIn(file: string): ShadowReport {
  if (!existsSync(file)) {
    const where = 'name the ledger of that service with --config or --ledger';
    throw new Error(`${file}: there is no report; a service with shadow in its configuration keeps one. ${where}`);
  }
  const text = readText(file);
  try {
    return readShadowReport(text);
  } catch {
    throw new Error(`${file}: this is no report of a shadow`);
  }
}

function text({ draft, against, since, until, compared, skipped, differences }: ShadowReport): string {
  const rows = differences.map(({ kind, role, domain, purpose, count }) => [
    kind,
    role,
    domain,
    purpose,
    String(count),
  ]);
  return [
    `draft      ${draft}`,
    ...against.map((revision) => `in force   ${revision}`),
    `compared   ${compared} answers from ${since} to ${until}; ${skipped} passed over`,
    ...(rows.length === 0 ? ['No answer differs.'] : table([['what', 'role', 'domain', 'purpose', 'times'], ...rows])),
  ].join('\n');
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
