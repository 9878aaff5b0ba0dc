import { describe, expect, it } from 'vitest';
import { incomingTrace, readTraceparent } from '../../src/api/trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('traceparent', () => {
  it('is read as W3C level 1 says', () => {
    expect(readTraceparent(`00-${TRACE}-${SPAN}-00`)).toEqual({ traceId: TRACE, parentSpanId: SPAN });
    expect(readTraceparent(`cc-${TRACE}-${SPAN}-01-later`)).toEqual({ traceId: TRACE, parentSpanId: SPAN });
  });

  it.each([
    undefined,
    5,
    '',
    'nonsense',
    `00-${TRACE.toUpperCase()}-${SPAN}-00`,
    `00-${'0'.repeat(32)}-${SPAN}-00`,
    `00-${TRACE}-${'0'.repeat(16)}-00`,
    `ff-${TRACE}-${SPAN}-00`,
    `00-${TRACE}-${SPAN}-00-more`,
    `00-${TRACE}-${SPAN}`,
    ` 00-${TRACE}-${SPAN}-00`,
    `00-${TRACE}-${SPAN}-00, 00-${TRACE}-${SPAN}-00`,
  ])('%j is as if nothing was sent', (value) => {
    expect(incomingTrace(undefined, value)).toEqual({});
  });

  it('counts from the header first', () => {
    const other = 'a'.repeat(32);
    const header = `00-${TRACE}-${SPAN}-01`;
    const trace = { traceId: TRACE, parentSpanId: SPAN };
    expect(incomingTrace(header, `00-${other}-${SPAN}-00`)).toEqual({ trace, otherTraceId: other });
    expect(incomingTrace(header, `00-${TRACE}-bbbbbbbbbbbbbbbb-00`)).toEqual({ trace });
    expect(incomingTrace('invalid', header)).toEqual({ trace });
  });
});
