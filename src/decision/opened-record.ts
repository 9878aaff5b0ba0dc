/** Step 3 of the walk (design.md §3): the record is opened before anything is looked up. */
import type { Call, Json, JsonObject, Now } from './model.ts';
import { isObject } from './model.ts';
import type { Parts } from './parts.ts';
import { nowAt } from './time.ts';

/** `context.time` further from the clock than this counts only for a caller that may set the time (design.md §4). */
const TRUSTED_DRIFT_MS = 5 * 60_000;

export interface OpenedRecord {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  /** Milliseconds since the epoch, by the server's clock. */
  readonly timestamp: number;
  readonly decisionId: string;
}

/** The caller's trace id is kept, the span is new (ADL-06, ADL-07); without a trace this is a root. */
export function openRecord(parts: Pick<Parts, 'clock' | 'ids'>, call: Call): OpenedRecord {
  const traceId = call.trace?.traceId ?? parts.ids.traceId();
  const spanId = parts.ids.spanId();
  return {
    traceId,
    spanId,
    ...(call.trace && { parentSpanId: call.trace.parentSpanId }),
    timestamp: parts.clock.now(),
    decisionId: `${traceId}-${spanId}`,
  };
}

export interface ItemContext {
  /** What the policy sees as `context`. */
  readonly context: JsonObject;
  readonly now: Now;
  readonly timeSource: 'server' | 'context';
  /** JSON pointers of what was sent and does not count for this caller. */
  readonly ignored: readonly string[];
}

/** The logical time (NL-08) and the members of `context` that count for this caller. */
export function itemContext(call: Call, timestamp: number, sent: JsonObject | undefined): ItemContext {
  const context = sent ?? {};
  const ignored: string[] = [];
  const asked = typeof context.time === 'string' ? Date.parse(context.time) : Number.NaN;
  const timeCounts =
    !Number.isNaN(asked) && (call.caller.maySetTime || Math.abs(asked - timestamp) <= TRUSTED_DRIFT_MS);
  if (context.time !== undefined && !timeCounts) ignored.push('/context/time');
  const simulationCounts = context.simulation === undefined || call.caller.maySimulate;
  if (!simulationCounts) ignored.push('/context/simulation');
  return {
    context: simulationCounts ? context : without(context, 'simulation'),
    now: nowAt(timeCounts ? asked : timestamp),
    timeSource: timeCounts ? 'context' : 'server',
    ignored,
  };
}

function without(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}

/** Reads a path of object keys; undefined where any step is not an object. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let here: Json | undefined = value;
  for (const key of path) {
    if (!isObject(here) || !Object.hasOwn(here, key)) return undefined;
    here = here[key];
  }
  return here;
}

/** The same, only where a text stands there. */
export function textAt(value: Json | undefined, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}
