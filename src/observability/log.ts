/**
 * The application log, for operators: one JSON line an event on standard error. The only importer of pino.
 * INVARIANT: holds no personal data. Callers give names of routes, codes and counts; what an error of a library says may quote
 * anything, so whatever looks like a personal number is taken out of every text.
 */
import { type DestinationStream, destination, pino } from 'pino';
import type { Log } from '../decision/ports.ts';

/** Nine digits in a row, with or without separators, or the eight of a number that lost its zero; not a part of a longer word. */
const LIKE_A_PERSONAL_NUMBER = /(?<![0-9A-Za-z])(?:\d{8,9}|\d(?:[ .-]?\d){8})(?![0-9A-Za-z])/g;
/** An answer never waits for a log that nobody reads: beyond this many bytes lines are dropped. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;
const DEEPEST_CAUSE = 3;

export function createLog(stream: DestinationStream = standardError()): Log {
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'msg' }, stream);
  return {
    info: (event, fields = {}) => logger.info(safe(fields), event),
    warn: (event, fields = {}) => logger.warn(safe(fields), event),
    error: (event, error, fields = {}) => logger.error({ ...safe(fields), error: describe(error, 0) }, event),
  };
}

function standardError(): DestinationStream {
  return destination({ fd: 2, sync: false, maxLength: MOST_WAITING_BYTES });
}

type Fields = Readonly<Record<string, unknown>>;

function safe(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, withoutNumbers(value)]));
}

function withoutNumbers(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(LIKE_A_PERSONAL_NUMBER, '[number]') : value;
}

function describe(error: unknown, depth: number): Fields {
  if (!(error instanceof Error)) return { message: withoutNumbers(String(error)) };
  const code = 'code' in error ? { code: withoutNumbers(error.code) } : {};
  const cause = error.cause === undefined || depth >= DEEPEST_CAUSE ? {} : { cause: describe(error.cause, depth + 1) };
  return {
    name: error.name,
    message: withoutNumbers(error.message),
    stack: withoutNumbers(error.stack),
    ...code,
    ...cause,
  };
}
