/** The coverage as one HTML page that needs nothing else: no script, and every text of the policy escaped. */
import type { Case } from '../cases/read-cases.ts';
import { counted } from '../counted.ts';
import type { RuleSource } from '../rule-source.ts';
import { type Coverage, measuresOf, percentOf } from './coverage.ts';
import { neverReached } from './coverage-text.ts';
import type { CoveredFile, CoveredLine } from './line-coverage.ts';
import type { Reached } from './reached.ts';

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1b1b1b, #e8e8e8); --soft: light-dark(#555, #b8b8b8); --line: light-dark(#d0d0d0, #444); --link: light-dark(#0b4f9e, #9cc7ff);
  --full: light-dark(#e3f4e1, #17381b); --part: light-dark(#fff3cd, #443708); --never: light-dark(#fadbd8, #541d1a); }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: var(--ink); background: light-dark(#fff, #161616); overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; line-height: 1.25; } h2 { font-size: 1.3rem; margin-top: 2rem; }
a { color: var(--link); } summary { cursor: pointer; padding: .3rem 0; }
table { border-collapse: collapse; } td, th { padding: .1rem .6rem; text-align: left; vertical-align: top; }
thead th { border-bottom: 1px solid var(--line); font-weight: 600; overflow-wrap: normal; } tbody th { font-weight: normal; }
.number { text-align: right; font-variant-numeric: tabular-nums; } td.number { color: var(--soft); } .name { width: 55%; }
.scroll { overflow-x: auto; } .source { font: 13px/1.45 ui-monospace, monospace; white-space: pre; tab-size: 4; min-width: 100%; } .source td, .source th { padding-block: 0; }
.full { background: var(--full); } .part { background: var(--part); } .never { background: var(--never); }
.legend { display: flex; flex-wrap: wrap; gap: .5rem; padding: 0; list-style: none; } .legend li { padding: 0 .5rem; }
.lacking li { width: fit-content; padding: 0 .4rem; margin-bottom: .2rem; } :target { outline: 2px solid var(--link); }
`;

/** What is said of a line, as `policy test --coverage` says it; only one of them is all that could be seen. */
const OUTCOMES = {
  both: { says: 'true and undefined', shade: 'full' },
  always: { says: 'true', shade: 'full' },
  true: { says: 'never undefined', shade: 'part' },
  undefined: { says: 'never true', shade: 'part' },
  never: { says: 'never run', shade: 'never' },
};

/** `cases` are those that were run: a case is named by its id, with a link to its sentence. */
export function coveragePage(
  coverage: Coverage,
  cases: readonly Pick<Case, 'id' | 'title'>[],
  source: RuleSource,
  revision: string,
): string {
  const anchors = new Map(cases.map(({ id }, i) => [id, `case-${i + 1}`]));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What the cases exercise</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>What the cases exercise</h1>
<p>${counted(cases.length, 'case')}, on bundle ${escaped(revision)}.</p>
<table>
<thead><tr><th scope="col">measure</th><th scope="col" class="number">covered</th><th scope="col" class="number">seen</th><th scope="col" class="number">of</th></tr></thead>
<tbody>
${measuresOf(coverage)
  .map(
    (measure) =>
      `<tr><th scope="row">${measure.name}</th><td class="number">${percentOf(measure)}%</td><td class="number">${measure.seen}</td><td class="number">${measure.of}</td></tr>`,
  )
  .join('\n')}
</tbody>
</table>
${reachedSection('Cells', 'open nothing in any case', coverage.cells, anchors)}
${reachedSection('Reasons', 'are given to no case', coverage.reasons, anchors)}
<h2>Rules</h2>
<p>A line is true where it was got past, undefined where it stopped the rule that it stands in. Some lines can only be true.</p>
<ul class="legend">
${Object.values(OUTCOMES)
  .map(({ says, shade }) => `<li class="${shade}">${says}</li>`)
  .join('\n')}
</ul>
${source === null ? '<p>The rules beside this bundle are not those that it was built from, so that only line numbers are shown.</p>' : ''}
${coverage.files.map((file) => fileSection(file, source?.get(file.file))).join('\n')}
<h2>Cases</h2>
<details><summary>The sentence that each case proves</summary>
<table>
<thead><tr><th scope="col">case</th><th scope="col">sentence</th></tr></thead>
<tbody>
${cases.map(({ id, title }, i) => `<tr id="case-${i + 1}"><th scope="row">${escaped(id)}</th><td lang="nl">${escaped(title)}</td></tr>`).join('\n')}
</tbody>
</table></details>
</main>
</body>
</html>
`;
}

function reachedSection(
  title: string,
  lack: string,
  all: readonly Reached[],
  anchors: ReadonlyMap<string, string>,
): string {
  const never = neverReached(all);
  const reached = all.filter(({ cases }) => cases.length > 0);
  return `<h2>${title}</h2>
${
  never.length === 0
    ? `<p>All ${all.length} are reached.</p>`
    : `<details open><summary>${never.length} of ${all.length} ${lack}</summary>
<ul class="lacking">
${never.map((name) => `<li class="never">${escaped(name)}</li>`).join('\n')}
</ul></details>`
}
<details><summary>${reached.length} reached, and by which cases</summary>
<table>
<thead><tr><th scope="col" class="name">${title.toLowerCase()}</th><th scope="col">cases</th></tr></thead>
<tbody>
${reached.map(({ name, cases }) => `<tr><td>${escaped(name)}</td><td>${cases.map((id) => `<a href="#${anchors.get(id)}">${escaped(id)}</a>`).join(', ')}</td></tr>`).join('\n')}
</tbody>
</table></details>`;
}

function fileSection({ file, lines }: CoveredFile, source: readonly string[] | undefined): string {
  const covered = new Map(lines.map((line) => [line.row, line]));
  const rows = source === undefined ? [...covered.keys()] : source.map((_, i) => i + 1);
  const run = lines.filter((line) => line.run > 0).length;
  return `<details><summary>${escaped(file)}: ${run} of ${lines.length} lines run</summary>
<div class="scroll" role="region" tabindex="0" aria-label="${escaped(file)}">
<table class="source">
<thead><tr><th scope="col" class="number">line</th><th scope="col" class="number">times</th><th scope="col">outcome</th><th scope="col">rule</th></tr></thead>
<tbody>
${rows.map((row) => lineRow(row, covered.get(row), source?.[row - 1] ?? '')).join('\n')}
</tbody>
</table></div></details>`;
}

function lineRow(row: number, line: CoveredLine | undefined, text: string): string {
  if (line === undefined) return `<tr><td class="number">${row}</td><td></td><td></td><td>${escaped(text)}</td></tr>`;
  const { says, shade } = OUTCOMES[outcomeOf(line)];
  return `<tr class="${shade}"><td class="number">${row}</td><td class="number">${line.run}</td><td>${says}</td><td>${escaped(text)}</td></tr>`;
}

function outcomeOf({ held, stopped, mayStop, run }: CoveredLine): keyof typeof OUTCOMES {
  if (run === 0) return 'never';
  if (!held) return 'undefined';
  if (!mayStop) return 'always';
  return stopped ? 'both' : 'true';
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
