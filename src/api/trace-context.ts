/** W3C Trace Context, level 1. Invalid trace data never stops a request (standards.md §7): it is as if nothing was sent. */
import type { IncomingTrace, Json } from '../decision/model.ts';

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);

export function readTraceparent(value: Json | undefined): IncomingTrace | undefined {
  const match = typeof value === 'string' ? TRACEPARENT.exec(value) : null;
  if (match === null) return undefined;
  const [, version, traceId = NO_TRACE, parentSpanId = NO_SPAN, more] = match;
  // `ff` is forbidden; only a version that we do not know may say more than version 00 does.
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (traceId === NO_TRACE || parentSpanId === NO_SPAN) return undefined;
  return { traceId, parentSpanId };
}

/** The header decides; `context.traceparent` (NL-09) stands in, and another trace there is noted. */
export function incomingTrace(
  header: string | undefined,
  inContext: Json | undefined,
): { readonly trace?: IncomingTrace; readonly otherTraceId?: string } {
  const fromHeader = readTraceparent(header);
  const fromContext = readTraceparent(inContext);
  const trace = fromHeader ?? fromContext;
  if (trace === undefined) return {};
  if (fromContext === undefined || fromContext.traceId === trace.traceId) return { trace };
  return { trace, otherTraceId: fromContext.traceId };
}
