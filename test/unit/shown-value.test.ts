import { describe, expect, it } from 'vitest';
import { createShown, wordsOf } from '../../src/cli/explain/shown-value.ts';
import { RegoSet, type Value } from '../../src/engine/plan/values.ts';

const PSEUDONYM = `psn:2026:${'abcdefghijklmnop'.repeat(2)}`;
const show = (...values: (Value | undefined)[]) => {
  const shown = createShown(wordsOf({ role: ['consulent'], place: { wmo: 'open' } }), '2026-09-15');
  return values.map(shown);
};

describe('a value as it is shown', () => {
  it('is itself where it is a word of the policy, a truth, nothing, or a pseudonym', () => {
    expect(show('consulent', 'wmo', 'role', '', true, false, null, undefined, PSEUDONYM)).toEqual([
      '"consulent"',
      '"wmo"',
      '"role"',
      '""',
      'true',
      'false',
      'null',
      'ongedefinieerd',
      PSEUDONYM,
    ]);
  });

  it('is a number of its own where it is any other text, the same for the same text', () => {
    expect(show('Jan', 'Piet', 'Jan', 'Consulent', 'psn:2026:Jan', `${PSEUDONYM} Jan`)).toEqual([
      '‹tekst 1›',
      '‹tekst 2›',
      '‹tekst 1›',
      '‹tekst 3›',
      '‹tekst 4›',
      '‹tekst 5›',
    ]);
  });

  it.each([
    ['2026-09-15', 'vandaag'],
    ['2026-09-15T23:00:00.000Z', 'vandaag'],
    ['2026-09-14', 'minder dan een jaar geleden'],
    ['2025-09-16', 'minder dan een jaar geleden'],
    ['2025-09-15', '1 jaar geleden'],
    ['2014-09-16', '11 jaar geleden'],
    ['2014-09-15', '12 jaar geleden'],
    ['2026-09-16', 'na vandaag'],
  ])('is for the date %s no more than how long ago it is: %s', (date, ago) => {
    expect(show(date)).toEqual([`‹datum: ${ago}›`]);
  });

  it('is a date also where the policy has the same one, as a birthday may fall on it', () => {
    expect(createShown(new Set(['2014-09-15']), '2026-09-15')('2014-09-15')).toBe('‹datum: 12 jaar geleden›');
    expect(createShown(new Set(), '')('2014-09-15')).toBe('‹datum›');
  });

  it('is a small number, or that there is one', () => {
    expect(show(0, -7, 9999, 0.5, 10_000, 123456782, 10_000)).toEqual([
      '0',
      '-7',
      '9999',
      '0.5',
      '‹getal 1›',
      '‹getal 2›',
      '‹getal 1›',
    ]);
  });

  it('is a short list with its members shown, how many there are, or that it is an object', () => {
    expect(show(['wmo', 'Jan'], RegoSet.of(['wmo']), [1, 2, 3, 4, 5, 6, 7], { Jan: 'wmo' })).toEqual([
      '["wmo", ‹tekst 1›]',
      '["wmo"]',
      '‹7 stuks›',
      '{…}',
    ]);
  });
});
