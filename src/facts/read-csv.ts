/**
 * Reads a feed in CSV: a header with the names of the columns, then a fact a line. The separator is a comma, or a
 * semicolon where the header has no comma. An empty cell is a column that is left out. A list is written as JSON
 * (`["a","b"]`) or with semicolons (`a;b`, in quotes where the semicolon is the separator too).
 */
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { Json, JsonObject } from '../decision/model.ts';
import { readKind } from './fact.ts';
import type { FeedEntry } from './feed-entry.ts';
import { type ColumnType, columnNames, FACT_KINDS, type FactKind, FORMS } from './kinds.ts';
import { nearest } from './nearest.ts';
import type { ColumnProblem } from './read-row.ts';

/** Columns that every feed may have beside those of its kind. */
const COMMON = ['fact', 'data_subject', 'bsn', 'subject', 'remove'];

export async function* readCsv(texts: AsyncIterable<string>, kind: FactKind | undefined): AsyncGenerator<FeedEntry> {
  let header: readonly string[] | undefined;
  try {
    for await (const { record, info } of await csvRows(texts)) {
      const line = info.lines;
      if (header === undefined) {
        header = record;
        const problems = headerProblems(header, kind);
        for (const problem of problems) yield { line, problem };
        if (problems.length > 0) return;
      } else if (record.length !== header.length) {
        const detail = `has ${record.length} cells where the header has ${header.length}`;
        yield { line, problem: { column: String(Math.min(record.length, header.length) + 1), detail } };
      } else yield { line, raw: fromCells(header, record, kind) };
    }
    // A file of nothing is an export that failed; read as a feed it would take away every fact of its kind.
    if (header === undefined) yield { line: 1, problem: { column: '1', detail: NO_HEADER } };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // The parser's message quotes the line, so only the place is told.
    const line = typeof error.lines === 'number' ? error.lines : 1;
    const detail =
      error.code === 'CSV_MAX_RECORD_SIZE' ? TOO_LONG : 'is not valid CSV: look for a quote too many or too few';
    yield { line, problem: { column: 'quotes', detail } };
  }
}

interface CsvRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

const LONGEST_ROW = 1024 * 1024;
const TOO_LONG = 'is longer than a row of a feed may be (1 MiB); look for a quote that is never closed';
const NO_HEADER = 'the file is empty; a feed without facts still has the line that names the columns';

async function csvRows(texts: AsyncIterable<string>): Promise<AsyncIterable<CsvRow>> {
  const iterator = texts[Symbol.asyncIterator]();
  let start = '';
  let last: IteratorResult<string> | undefined;
  while (!start.includes('\n') && !last?.done) {
    last = await iterator.next();
    if (!last.done) start += last.value;
  }
  const [firstLine = ''] = start.split('\n', 1);
  const rows = parse({
    delimiter: firstLine.includes(';') && !firstLine.includes(',') ? ';' : ',',
    info: true,
    trim: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
  });
  const source = Readable.from(startedWith(start, iterator));
  // Without this a source that fails would leave the readers of `rows` waiting.
  source.on('error', (error) => rows.destroy(error));
  return source.pipe(rows);
}

async function* startedWith(start: string, rest: AsyncIterator<string>): AsyncGenerator<string> {
  if (start !== '') yield start;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

function headerProblems(header: readonly string[], kind: FactKind | undefined): ColumnProblem[] {
  const kinds = kind === undefined ? FACT_KINDS : [kind];
  const known = [...new Set([...COMMON, ...kinds.flatMap(columnNames)])];
  return header.flatMap((name, index): ColumnProblem[] => {
    // By its number: in a file without a header this cell is no name but a value.
    const column = String(index + 1);
    if (header.indexOf(name) !== index) return [{ column, detail: 'has the same name as an earlier column' }];
    if (known.includes(name)) return [];
    const near = nearest(name, known);
    const hint = near === undefined ? 'the first line must name the columns' : `did you mean ${near}?`;
    return [{ column, detail: `has no name of a column of ${kind ?? 'a fact'}; ${hint}` }];
  });
}

function fromCells(header: readonly string[], cells: readonly string[], kind: FactKind | undefined): JsonObject {
  const fact = cells[header.indexOf('fact')] ?? '';
  const form = FORMS[readKind(fact) ?? kind ?? 'staff'];
  return Object.fromEntries(
    header.flatMap((column, index): [string, Json][] => {
      const cell = cells[index] ?? '';
      if (cell === '') return [];
      return [[column, fromCell(cell, column === 'remove' ? 'boolean' : (form.columns[column]?.type ?? 'text'))]];
    }),
  );
}

/** What cannot be read stays text, and is then refused for its column. */
function fromCell(cell: string, type: ColumnType): Json {
  if (type === 'boolean' || type === 'anything') {
    if (cell === 'true') return true;
    if (cell === 'false') return false;
  }
  if (cell.startsWith('[') && (type === 'list' || type === 'anything')) {
    try {
      return JSON.parse(cell);
    } catch {
      return cell;
    }
  }
  return type === 'list' ? cell.split(';').map((entry) => entry.trim()) : cell;
}
