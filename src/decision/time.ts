/**
 * Times in one normal form, so that policies compare them as strings: instants as `YYYY-MM-DDTHH:MM:SS.sssZ` (UTC),
 * dates as `YYYY-MM-DD` by the Dutch calendar (domain.md §7.18).
 */
import type { Now } from './model.ts';

const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:([Zz])|([+-])(\d{2}):?(\d{2}))$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const HOUR = 3_600_000;
const AMSTERDAM = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Amsterdam',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

let lastHour = Number.NaN;
let lastDate = '';

/** The Dutch calendar date of an instant in milliseconds. Dutch offsets have been whole hours since 1940, so an hour has one date. */
export function dutchDate(ms: number): string {
  const hour = Math.floor(ms / HOUR);
  if (hour !== lastHour) {
    lastDate = AMSTERDAM.format(ms);
    lastHour = hour;
  }
  return lastDate;
}

export function nowAt(ms: number): Now {
  return { time: new Date(ms).toISOString(), date: dutchDate(ms) };
}

/**
 * Reads a time leniently: seconds may be missing (CS 2.2.3), any offset; a bare date is the start of that Dutch day.
 * A time without an offset cannot be read: guessing one could move it to another day.
 */
export function normaliseInstant(text: string): string | undefined {
  const ms = readInstant(text);
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

/** Reads a calendar date; a full time becomes the Dutch calendar date it falls on. */
export function normaliseDate(text: string): string | undefined {
  if (DATE.test(text)) return utc(text) === undefined ? undefined : text;
  const ms = readInstant(text);
  return ms === undefined ? undefined : dutchDate(ms);
}

function readInstant(text: string): number | undefined {
  if (DATE.test(text)) return startOfDutchDay(text);
  const match = INSTANT.exec(text);
  if (match === null) return undefined;
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second = '00',
    fraction = '',
    ,
    sign,
    offsetHour = '00',
    offsetMinute = '00',
  ] = match;
  const midnight = utc(`${year}-${month}-${day}`);
  if (midnight === undefined) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return undefined;
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000 * (sign === '-' ? -1 : 1);
  const millis = Number(fraction.padEnd(3, '0').slice(0, 3));
  const ms = midnight + Number(hour) * HOUR + Number(minute) * 60_000 + Number(second) * 1000 + millis - offset;
  return fourDigitYear(ms) ? ms : undefined;
}

/** Midnight UTC of a date that exists. */
function utc(date: string): number | undefined {
  const ms = Date.parse(`${date}T00:00:00.000Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date) && fourDigitYear(ms) ? ms : undefined;
}

/** Outside these years an ISO text has another length, and texts would no longer compare as times. */
function fourDigitYear(ms: number): boolean {
  return ms >= -62_135_596_800_000 && ms <= 253_402_300_799_999;
}

function startOfDutchDay(date: string): number | undefined {
  const midnight = utc(date);
  if (midnight === undefined) return undefined;
  const summer = midnight - 2 * HOUR;
  return dutchDate(summer) === date ? summer : midnight - HOUR;
}
