import { describe, expect, it } from 'vitest';
import { dutchDate, normaliseDate, normaliseInstant } from '../../src/decision/time.ts';

describe('times in one normal form', () => {
  it.each([
    ['2025-06-27T18:03-07:00', '2025-06-28T01:03:00.000Z'],
    ['2026-01-01T10:00:00Z', '2026-01-01T10:00:00.000Z'],
    ['2026-01-01t10:00:00.1239z', '2026-01-01T10:00:00.123Z'],
    ['2026-07-01', '2026-06-30T22:00:00.000Z'],
    ['2026-01-01', '2025-12-31T23:00:00.000Z'],
    ['2026-03-29', '2026-03-28T23:00:00.000Z'],
    ['2026-10-26', '2026-10-25T23:00:00.000Z'],
    ['2026-01-01T10:00:00+0100', '2026-01-01T09:00:00.000Z'],
  ])('%s is the instant %s', (text, instant) => {
    expect(normaliseInstant(text)).toBe(instant);
  });

  it.each(['2026-02-30', '2026-01-01T10:00', '2026-01-01T24:00Z', '9999-12-31T23:59:59-01:00', 'gisteren', ''])(
    '%s cannot be read, and nothing is guessed',
    (text) => {
      expect(normaliseInstant(text)).toBeUndefined();
      expect(normaliseDate(text)).toBeUndefined();
    },
  );

  it('a date is the Dutch calendar date, also around midnight', () => {
    expect(normaliseDate('2026-06-30T22:00:00Z')).toBe('2026-07-01');
    expect(normaliseDate('2026-06-30T21:59:59.999Z')).toBe('2026-06-30');
    expect(dutchDate(Date.UTC(2026, 11, 31, 23))).toBe('2027-01-01');
    expect(normaliseDate('2028-02-29')).toBe('2028-02-29');
  });
});
