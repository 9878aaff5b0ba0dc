/** The coverage as one HTML page that needs nothing else: no script, and every text of the policy escaped. */
import type { RuleSource } from '../rule-source.ts';
import { type Coverage, measuresOf, percentOf } from './coverage.ts';
import { neverReached } from './coverage-text.ts';
import type { CoveredFile, CoveredLine } from './line-coverage.ts';
import type { Reached } from './reached.ts';

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1b1b1b; background: #fff; }
table { border-collapse: collapse; } td, th { padding: 0 .6rem; text-align: left; vertical-align: top; }
.source td, .source th { font: 13px/1.45 ui-monospace, monospace; white-space: pre-wrap; } .number { text-align: right; color: #555; }
summary { cursor: pointer; padding: .25rem 0; }
.both { background: #e3f4e1; } .true, .undefined { background: #fff3cd; } .never { background: #fadbd8; }
`;

const OUTCOMES = {
  both: 'true and undefined',
  true: 'true only',
  undefined: 'undefined only',
  never: 'never run',
};

export function coveragePage(coverage: Coverage, source: RuleSource, revision: string): string {
  const measures = measuresOf(coverage);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>What the cases exercise</title>
<style>${STYLE}</style>
</head>
<body>
<h1>What the cases exercise</h1>
<p>Bundle ${escaped(revision)}. A line is true where it was got past, undefined where it stopped the rule that it stands in.</p>
<table>
<tr><th>measure</th><th>covered</th><th>seen</th><th>of</th></tr>
${measures
  .map(
    (measure) =>
      `<tr><td>${measure.name}</td><td class="number">${percentOf(measure)}%</td><td class="number">${measure.seen}</td><td class="number">${measure.of}</td></tr>`,
  )
  .join('\n')}
</table>
${reachedSection('Cells', 'that open nothing in any case', coverage.cells)}
${reachedSection('Reasons', 'that no case gets', coverage.reasons)}
<h2>Rules</h2>
${source === null ? '<p>The rules beside this bundle are not those that it was built from, so that only line numbers are shown.</p>' : ''}
${coverage.files.map((file) => fileSection(file, source?.get(file.file))).join('\n')}
</body>
</html>
`;
}

function reachedSection(title: string, lack: string, all: readonly Reached[]): string {
  const never = neverReached(all);
  const rows = all
    .filter(({ cases }) => cases.length > 0)
    .map(({ name, cases }) => `<tr><td>${escaped(name)}</td><td>${escaped(cases.join(', '))}</td></tr>`);
  return `<h2>${title}</h2>
<details${never.length > 0 ? ' open' : ''}><summary>${never.length} of ${all.length} ${lack}</summary>
<ul>
${never.map((name) => `<li class="never">${escaped(name)}</li>`).join('\n')}
</ul></details>
<details><summary>${rows.length} reached, and by which cases</summary>
<table>
${rows.join('\n')}
</table></details>`;
}

function fileSection({ file, lines }: CoveredFile, source: readonly string[] | undefined): string {
  const covered = new Map(lines.map((line) => [line.row, line]));
  const rows = source === undefined ? [...covered.keys()] : source.map((_, i) => i + 1);
  const run = lines.filter((line) => line.run > 0).length;
  return `<details><summary>${escaped(file)}: ${run} of ${lines.length} lines run</summary>
<table class="source">
<tr><th>line</th><th>times</th><th>outcome</th><th>rule</th></tr>
${rows.map((row) => lineRow(row, covered.get(row), source?.[row - 1] ?? '')).join('\n')}
</table></details>`;
}

function lineRow(row: number, line: CoveredLine | undefined, text: string): string {
  if (line === undefined) return `<tr><td class="number">${row}</td><td></td><td></td><td>${escaped(text)}</td></tr>`;
  const outcome = outcomeOf(line);
  return `<tr class="${line.mayStop || outcome !== 'true' ? outcome : 'both'}"><td class="number">${row}</td><td class="number">${line.run}</td><td>${OUTCOMES[outcome]}</td><td>${escaped(text)}</td></tr>`;
}

function outcomeOf({ held, stopped, run }: CoveredLine): keyof typeof OUTCOMES {
  if (run === 0) return 'never';
  if (held && stopped) return 'both';
  return held ? 'true' : 'undefined';
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
