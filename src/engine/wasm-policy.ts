import { Buffer } from 'node:buffer';
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import type * as OpaWasm from '@open-policy-agent/opa-wasm';
import { BundleRefused } from './bundle-refused.ts';
import type { Evaluator } from './evaluator.ts';
import { inputText } from './strict-input.ts';
import { boundResult } from './wasm-answer.ts';

// Its ES module leaves out `loadPolicySync`, which its types do have.
const opa: typeof OpaWasm = createRequire(import.meta.url)('@open-policy-agent/opa-wasm');

const PAGE = 65_536;
/** Most that a 32-bit memory can have. */
const MOST_PAGES = 65_536;
const FEWEST_PAGES = 64;
/**
 * A document takes some 11 bytes of Wasm memory per byte of its text. Memory that has to grow while it is loaded grows a
 * page at a time, which makes loading quadratic (100,000 cells: 15 s instead of 1 s), so it gets ample room beforehand.
 * Pages that nobody touches cost nothing.
 */
const MEMORY_PER_BYTE_OF_DATA = 25;
/** Room for one evaluation beside the data. */
const EVALUATION_PAGES = 512;
const MOST_EVALUATION_PAGES = 4096;
/** Bytes; a part of this size takes about a millisecond. */
const COPIED_AT_ONCE = 2 * 2 ** 20;
/** Pages of memory that come at once where they come in parts. */
const GROWN_AT_ONCE = 256;
/** Builtins that the runtime supplies itself; a module that needs another one is refused when it is loaded. */
const SUPPLIED_BUILTINS = new Set([
  'sprintf',
  'regex.split',
  'json.is_valid',
  'yaml.is_valid',
  'yaml.marshal',
  'yaml.unmarshal',
]);

/** A compiled module and its memory as it was when the data had been loaded. Threads may share it; nobody writes to it. */
export interface LoadedWasm {
  readonly module: WebAssembly.Module;
  /** Linear memory from address 0 up to the heap pointer. */
  readonly image: Uint8Array<SharedArrayBuffer>;
  readonly pages: number;
  /** Pages that hold all but the data. */
  readonly emptyPages: number;
  readonly dataAddress: number;
  readonly heapPointer: number;
  readonly entrypoints: ReadonlyMap<string, number>;
}

/**
 * Compiles a module and loads the document under `data` into it.
 * Throws `BundleRefused` at step `compile`, `builtins` or `load`.
 */
export async function loadWasm(wasm: Uint8Array, dataText: string): Promise<LoadedWasm> {
  const module = await compile(wasm);
  const data = Buffer.from(dataText);
  const wanted = Math.ceil((data.length * MEMORY_PER_BYTE_OF_DATA) / PAGE) + FEWEST_PAGES;
  const pages = Math.min(wanted + EVALUATION_PAGES, MOST_PAGES);
  const machine = start(module, pages);
  refuseMissingBuiltins(machine);
  const entrypoints = new Map(Object.entries(readObject(machine, machine.call('entrypoints'))).map(entrypointId));
  const emptyPages = Math.ceil(machine.call('opa_heap_ptr_get') / PAGE) + FEWEST_PAGES;
  const dataAddress = loadData(machine, data);
  const heapPointer = machine.call('opa_heap_ptr_get');
  const image = new Uint8Array(new SharedArrayBuffer(heapPointer));
  image.set(machine.bytes().subarray(0, heapPointer));
  return { module, image, pages, emptyPages, dataAddress, heapPointer, entrypoints };
}

/**
 * Answers from a loaded module by ABI 1.2: one call in, one text out.
 *
 * INVARIANT: an instance through which an exception was thrown is never used again. Its shadow stack pointer stays where
 * it was, so that after about a thousand failures every evaluation would fail (opa.md §0.2). A fresh instance gets the
 * memory as it was after loading; that takes about a millisecond.
 */
export function createWasmEvaluator(loaded: LoadedWasm): Evaluator {
  return evaluatorOn(loaded, restore(loaded));
}

/**
 * The same without holding up what else runs on this thread: large data are copied in parts, between which others come to
 * their turn.
 */
export async function createWasmEvaluatorInParts(loaded: LoadedWasm): Promise<Evaluator> {
  const machine = createMachine(loaded.module, loaded.pages, loaded.emptyPages);
  const { memory } = machine;
  // Memory that comes all at once makes V8 collect its garbage at once too, which takes longer than all else here.
  for (let pages = loaded.emptyPages; pages < loaded.pages; pages += GROWN_AT_ONCE) {
    memory.grow(Math.min(GROWN_AT_ONCE, loaded.pages - pages));
    await setImmediate();
  }
  for (let at = 0; at < loaded.image.byteLength; at += COPIED_AT_ONCE) {
    await setImmediate();
    copyPart(loaded.image, memory, at);
  }
  return evaluatorOn(loaded, machine);
}

function evaluatorOn(loaded: LoadedWasm, first: Machine): Evaluator {
  let machine: Machine | undefined = first;

  return {
    engine: 'wasm',
    entrypoints: new Set(loaded.entrypoints.keys()),
    evaluate(entrypoint, input) {
      const id = loaded.entrypoints.get(entrypoint);
      if (id === undefined) throw new Error(`the policy has no entrypoint ${entrypoint}`);
      const text = inputText(input);
      machine ??= restore(loaded);
      const current = machine;
      machine = undefined;
      const answer = evaluateOn(current, loaded, id, text);
      machine = current;
      return boundResult(answer);
    },
  };
}

/** One instance with its memory. */
interface Machine {
  readonly memory: WebAssembly.Memory;
  /** Calls an exported function. */
  call(name: string, ...args: number[]): number;
  /** The memory as it is now; memory that grew is another buffer. */
  bytes(): Buffer;
}

async function compile(wasm: Uint8Array): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(Uint8Array.from(wasm));
  } catch (cause) {
    throw new BundleRefused('compile', 'its Wasm module does not compile', { cause });
  }
}

function start(module: WebAssembly.Module, pages: number): Machine {
  const abi = WebAssembly.Module.exports(module).map(({ name }) => name);
  if (!abi.includes('opa_wasm_abi_version') || !abi.includes('opa_eval')) {
    throw new BundleRefused('compile', 'its Wasm module was not made by opa build (or by one before ABI 1.2)');
  }
  try {
    return createMachine(module, pages);
  } catch (cause) {
    throw new BundleRefused('compile', `its Wasm module does not start: ${reasonOf(cause)}`, { cause });
  }
}

function createMachine(module: WebAssembly.Module, pages: number, initial = pages): Machine {
  const maximum = Math.min(pages + MOST_EVALUATION_PAGES, MOST_PAGES);
  const policy = opa.loadPolicySync(module, { initial, maximum });
  const memory = policy.mem;
  const exports = 'exports' in policy.wasmInstance ? policy.wasmInstance.exports : policy.wasmInstance.instance.exports;
  let bytes = Buffer.from(memory.buffer);
  return {
    memory,
    call(name, ...args) {
      const exported = exports[name];
      if (typeof exported !== 'function') throw new Error(`the module does not export ${name}`);
      return Number(exported(...args));
    },
    bytes() {
      if (bytes.buffer !== memory.buffer) bytes = Buffer.from(memory.buffer);
      return bytes;
    },
  };
}

function restore(loaded: LoadedWasm): Machine {
  const machine = createMachine(loaded.module, loaded.pages);
  for (let at = 0; at < loaded.image.byteLength; at += COPIED_AT_ONCE) copyPart(loaded.image, machine.memory, at);
  return machine;
}

function copyPart(image: Uint8Array, memory: WebAssembly.Memory, at: number): void {
  new Uint8Array(memory.buffer).set(image.subarray(at, at + COPIED_AT_ONCE), at);
}

/** Parses the document from the far end of the memory, where its text takes no room among the values. */
function loadData(machine: Machine, data: Buffer): number {
  const bytes = machine.bytes();
  const at = bytes.length - data.length;
  const taken = machine.call('opa_heap_ptr_get');
  if (at <= taken) throw new BundleRefused('load', `its data do not fit in Wasm memory (${data.length} bytes)`);
  data.copy(bytes, at);
  let address: number;
  try {
    address = machine.call('opa_json_parse', at, data.length);
  } catch (cause) {
    throw new BundleRefused('load', `its data cannot be loaded: ${reasonOf(cause)}`, { cause });
  }
  if (address === 0) throw new BundleRefused('load', 'its data are not JSON');
  // Values that had reached the text would have been written over what was still to be read.
  if (machine.call('opa_heap_ptr_get') > at) {
    throw new BundleRefused('load', `its data do not fit in Wasm memory (${data.length} bytes)`);
  }
  machine.bytes().fill(0, at, at + data.length);
  return address;
}

function refuseMissingBuiltins(machine: Machine): void {
  const needed = Object.keys(readObject(machine, machine.call('builtins')));
  const missing = needed.filter((name) => !SUPPLIED_BUILTINS.has(name)).sort();
  if (missing.length === 0) return;
  const advice = 'leave them out of the policy, or build with --capabilities policies/capabilities.json to see where';
  throw new BundleRefused(
    'builtins',
    `it needs builtins that are not native in Wasm: ${missing.join(', ')}; ${advice}`,
  );
}

function evaluateOn(machine: Machine, loaded: LoadedWasm, entrypoint: number, text: string): string {
  const at = loaded.heapPointer;
  const atMost = at + text.length * 3;
  if (atMost > machine.memory.buffer.byteLength) {
    machine.memory.grow(Math.ceil((atMost - machine.memory.buffer.byteLength) / PAGE));
  }
  const length = machine.bytes().write(text, at);
  try {
    const result = machine.call('opa_eval', 0, entrypoint, loaded.dataAddress, at, length, at + length, 0);
    const answer = readText(machine, result);
    // INVARIANT: each evaluation begins in clean memory. OPA's code reads some that it has not written: over what an earlier
    // question left there it may answer otherwise, or go on for ever.
    machine.bytes().fill(0, at, machine.call('opa_heap_ptr_get'));
    return answer;
  } catch (cause) {
    throw new Error(`the evaluation failed: ${reasonOf(cause)}`, { cause });
  }
}

function readText(machine: Machine, address: number): string {
  const bytes = machine.bytes();
  return bytes.toString('utf8', address, bytes.indexOf(0, address));
}

function readObject(machine: Machine, address: number): object {
  const value: unknown = JSON.parse(readText(machine, machine.call('opa_json_dump', address)));
  return typeof value === 'object' && value !== null ? value : {};
}

function entrypointId([name, id]: [string, unknown]): [string, number] {
  return [name, Number(id)];
}

/** The runtime throws strings and bare objects beside errors. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) return String(thrown.message);
  return String(thrown);
}
