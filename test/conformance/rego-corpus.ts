import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as OpaWasm from '@open-policy-agent/opa-wasm';
import { compilePlan } from '../../src/engine/plan/compile-plan.ts';
import { parseExactly } from '../../src/engine/plan/exact-json.ts';
import { Decimal, numberText, simplest } from '../../src/engine/plan/exact-numbers.ts';
import { toJsonText } from '../../src/engine/plan/json-text.ts';
import {
  compare,
  entriesOf,
  fromEntries,
  get,
  isArray,
  isPlain,
  isRegoObject,
  type PlainObject,
  RegoSet,
  type Value,
} from '../../src/engine/plan/values.ts';

/** OPA's own evaluation cases on both engines. They are read from the pinned OPA module in Go's module cache. */

// Its ES module leaves out `loadPolicySync`, which its types do have.
const opa: typeof OpaWasm = createRequire(import.meta.url)('@open-policy-agent/opa-wasm');

const ROOT = join(import.meta.dirname, '..', '..');
const TOOLCHAIN = join(ROOT, 'policies', 'toolchain');
const CAPABILITIES = join(ROOT, 'policies', 'capabilities.json');
const COMPILER = join(import.meta.dirname, 'rego-corpus-compile.go');
const MOST_STEPS = 5_000_000;

export interface CaseReport {
  /** `v0` or `v1`, folder and file of the case, and its note. */
  readonly name: string;
  /** Why neither engine is asked; then the outcomes are missing. */
  readonly omitted?: string;
  readonly plan?: Outcome;
  readonly wasm?: Outcome;
}

export type Outcome = 'as expected' | { readonly expected: string; readonly found: string };

/** Where the pinned OPA module lies, or undefined where there is no Go or no module. */
export function findCorpus(): string | undefined {
  const found = spawnSync('go', ['list', '-m', '-f', '{{.Dir}}', 'github.com/open-policy-agent/opa'], {
    cwd: TOOLCHAIN,
    encoding: 'utf8',
  });
  const folder = found.stdout?.trim();
  return found.status === 0 && folder && existsSync(folder) ? folder : undefined;
}

/** Compiles every case with the pinned OPA and asks both engines. Throws when the compiler fails. */
export async function* runCorpus(module: string): AsyncGenerator<CaseReport> {
  for await (const { line, wasm } of compileCorpus(module, ['wasm'])) yield reportOf(line, wasm);
}

/** Every case as `rego-corpus-compile.go` writes it, a line of JSON each, with its plan and without its Wasm. */
export async function* compilePlans(module: string): AsyncGenerator<string> {
  for await (const { line } of compileCorpus(module, [])) yield line;
}

/** What the plan engine makes of such a line; undefined where the case is left out. */
export function planOutcome(line: string): Outcome | undefined {
  const compiled = readCase(line);
  if ('omitted' in compiled) return undefined;
  const { want, input, document } = compiled;
  return outcome(want, 'exact', () => askPlan(JSON.parse(line).plan, input, document));
}

async function* compileCorpus(
  module: string,
  extras: readonly string[],
): AsyncGenerator<{ line: string; wasm: Buffer }> {
  const compiler = spawn('go', ['run', COMPILER, module, CAPABILITIES, ...extras], {
    cwd: TOOLCHAIN,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  compiler.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  const ended = new Promise<number | null>((resolve) => compiler.on('close', resolve));
  yield* frames(compiler.stdout);
  if ((await ended) !== 0) throw new Error(`the corpus cannot be compiled: ${complaint}`);
}

/** A line of JSON each, followed by as many bytes of Wasm as it announces. */
async function* frames(stream: AsyncIterable<Buffer>): AsyncGenerator<{ line: string; wasm: Buffer }> {
  let chunks: Buffer[] = [];
  let held = 0;
  let line: string | undefined;
  let wanted = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    held += chunk.length;
    if (line !== undefined && held < wanted) continue;
    let bytes = Buffer.concat(chunks);
    for (;;) {
      if (line === undefined) {
        const end = bytes.indexOf('\n');
        if (end < 0) break;
        line = bytes.toString('utf8', 0, end);
        bytes = bytes.subarray(end + 1);
        wanted = Number(JSON.parse(line).wasm_bytes);
      }
      if (bytes.length < wanted) break;
      yield { line, wasm: bytes.subarray(0, wanted) };
      bytes = bytes.subarray(wanted);
      line = undefined;
    }
    chunks = [bytes];
    held = bytes.length;
  }
}

interface Expectation {
  readonly defined?: boolean;
  readonly rows?: readonly Value[];
  /** The evaluation must end in an error. */
  readonly error: boolean;
  /** Lists in the answer count as sets. */
  readonly sorted: boolean;
}

interface CompiledCase {
  readonly name: string;
  readonly want: Expectation;
  readonly input: Value | undefined;
  readonly document: PlainObject;
}

function readCase(line: string): CompiledCase | { readonly name: string; readonly omitted: string } {
  const found = parseExactly(line);
  if (found === undefined || !isPlain(found)) throw new Error('the compiler wrote no JSON');
  const name = `${get(found, 'file')}: ${get(found, 'note')}`;
  const omitted = get(found, 'omitted');
  if (typeof omitted === 'string') return { name, omitted };
  const data = get(found, 'data');
  const input = get(found, 'has_input') === true ? get(found, 'input') : undefined;
  return { name, want: expectationOf(found), input, document: isPlain(data) ? data : {} };
}

function reportOf(line: string, wasm: Uint8Array): CaseReport {
  const compiled = readCase(line);
  if ('omitted' in compiled) return compiled;
  const { name, want, input, document } = compiled;
  return {
    name,
    plan: outcome(want, 'exact', () => askPlan(JSON.parse(line).plan, input, document)),
    wasm: outcome(want, 'double', () => askWasm(wasm, input, document)),
  };
}

function expectationOf(found: PlainObject): Expectation {
  const sorted = get(found, 'sort_bindings') === true;
  const defined = get(found, 'want_defined');
  if (typeof defined === 'boolean') return { defined, error: false, sorted };
  const rows = get(found, 'want_result');
  if (isArray(rows)) return { rows, error: false, sorted };
  // Errors of builtins stop nothing unless they are asked to, which neither engine offers: the answer is empty.
  if (get(found, 'strict_error') === true) return { rows: [], error: false, sorted };
  return get(found, 'want_error') === undefined ? { rows: [], error: false, sorted } : { error: true, sorted };
}

function outcome(want: Expectation, numbers: Numbers, ask: () => readonly Value[]): Outcome {
  let found: string;
  try {
    const rows = ask();
    found = want.defined === undefined ? shown(rows, want.sorted, numbers) : `defined: ${rows.length > 0}`;
  } catch (error) {
    if (want.error) return 'as expected';
    found = `error: ${error instanceof Error ? error.message : String(error)}`;
  }
  const expected = want.error
    ? 'an error'
    : want.rows
      ? shown(want.rows, want.sorted, numbers)
      : `defined: ${want.defined}`;
  return expected === found ? 'as expected' : { expected, found };
}

function askPlan(plan: unknown, input: Value | undefined, data: PlainObject): readonly Value[] {
  const compiled = compilePlan(plan, { maxSteps: MOST_STEPS });
  return compiled.query(compiled.entrypoints[0] ?? '', input, data);
}

function askWasm(wasm: Uint8Array, input: Value | undefined, data: PlainObject): readonly Value[] {
  const policy = opa.loadPolicySync(new WebAssembly.Module(Uint8Array.from(wasm)), { initial: 20 });
  policy.setData(bufferOf(data));
  return policy.evaluate(input === undefined ? undefined : bufferOf(input));
}

function bufferOf(value: Value): ArrayBuffer {
  return Uint8Array.from(Buffer.from(toJsonText(value))).buffer;
}

/** How an engine's numbers reach us: the Wasm's through `JSON.parse`, which rounds them to doubles. */
type Numbers = 'exact' | 'double';

/** Answers as one text, whatever their order. */
function shown(rows: readonly Value[], sorted: boolean, numbers: Numbers): string {
  const plain = rows.map((row) => {
    const binding = asJson(row, numbers);
    if (!sorted || !isPlain(binding)) return binding;
    return fromEntries(
      entriesOf(binding).map(([key, value]) => [key, isArray(value) ? value.toSorted(compare) : value] as const),
    );
  });
  return toJsonText(RegoSet.of(plain));
}

/** A value as it looks once it has been JSON: sets are lists, and `1.0` is 1. */
function asJson(value: Value, numbers: Numbers): Value {
  if (value instanceof Decimal) return numbers === 'exact' ? simplest(value) : Number(numberText(value));
  if (isArray(value)) return value.map((member) => asJson(member, numbers));
  if (value instanceof RegoSet) return value.sorted().map((member) => asJson(member, numbers));
  if (!isRegoObject(value)) return value;
  return fromEntries(
    entriesOf(value).map(
      ([key, member]) => [typeof key === 'string' ? key : toJsonText(key), asJson(member, numbers)] as const,
    ),
  );
}
