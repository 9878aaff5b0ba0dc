import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatwatError } from '../../src/decision/errors.ts';
import type { Json, JsonObject } from '../../src/decision/model.ts';
import { createPseudonymsOf } from '../../src/pseudonyms/key-ring.ts';
import { passesElevenProof } from '../../src/pseudonyms/personal-number.ts';
import { createPseudonymiser } from '../../src/pseudonyms/pseudonymiser.ts';

const NEW_KEY = { id: 'k2', secret: Buffer.alloc(32, 2) };
const OLD_KEY = { id: 'k1', secret: Buffer.alloc(32, 1) };
const RING = { active: 'k2', keys: [OLD_KEY, NEW_KEY] };
const NUMBER = '999990019';
const OTHER = '999993653';
const { pseudonymise, holdsPersonalNumber } = createPseudonymiser(RING);
const [pseudonym, oldPseudonym] = createPseudonymsOf(RING)(NUMBER);

const about = (dataSubject: JsonObject): JsonObject => ({ resource: { properties: { data_subject: dataSubject } } });

/** The nine digits of a script, one a piece. */
const digitsFrom = (zero: number) => [...NUMBER].map((digit) => String.fromCodePoint(zero + Number(digit)));

function problemsOf(body: JsonObject) {
  try {
    pseudonymise(body);
  } catch (error) {
    if (error instanceof DatwatError) return error.problems;
    throw error;
  }
  throw new Error('the body was accepted');
}

/** Written apart from the code under test: finds what must not survive in a body, by design.md §3 and as people write it. */
function survivors(value: Json): string[] {
  if (typeof value === 'string') return numbersIn(value);
  if (typeof value === 'number') {
    const digits = String(Math.abs(value)).padStart(9, '0');
    return /^\d{9}$/.test(digits) && Math.abs(value) >= 10_000_000 && passes(digits) ? [digits] : [];
  }
  if (Array.isArray(value)) return value.flatMap(survivors);
  return Object.entries(value ?? {}).flatMap(([key, inner]) => [...numbersIn(key), ...survivors(inner)]);
}

function numbersIn(written: string): string[] {
  const text = [...written].map((sign) => (/[！-～]/.test(sign) ? sign.normalize('NFKC') : sign)).join('');
  // What follows a `%` by chance may be an escape, which takes digits of a row or adds one.
  const decoded = text.replace(/%[0-7][0-9]/g, (escaped) => decodeURIComponent(escaped).replace(/[^\s -~]/, ''));
  return [text, decoded].flatMap(numbersAsSpelled);
}

function numbersAsSpelled(text: string): string[] {
  const bare = text.replace(/[. -]/g, '');
  const whole = /^\d{9}$/.test(bare) && passes(bare) ? [bare] : [];
  const runs = text.split(/\D+/).filter((run) => run.length === 9 && passes(run));
  return [...whole, ...runs, ...groupsIn(text), ...ledIn(text)];
}

/** Nine digits after the word for them, with at most one separator between two. */
function ledIn(text: string): string[] {
  return text.split(/bsn|nummer/i).flatMap((rest, part) => {
    const start = rest.search(/\d/);
    if (part === 0 || start < 0 || start > 24) return [];
    let digits = '';
    let at = start;
    for (; digits.length < 9 && at < rest.length; at += 1) {
      const sign = rest[at] ?? '';
      if (/\d/.test(sign)) digits += sign;
      else if (!/[. -]/.test(sign) || !/\d/.test(rest[at - 1] ?? '')) break;
    }
    return digits.length === 9 && !/[0-9A-Za-z]/.test(rest[at] ?? '') && passes(digits) ? [digits] : [];
  });
}

/** Rows of digits in threes, or four, two and three, that stand alone; found by going through the text piece by piece. */
function groupsIn(text: string): string[] {
  const pieces = text.match(/\d+|\D+/g) ?? [];
  return pieces.flatMap((piece, at) => {
    const [one = '', between, two = '', same, three = ''] = pieces.slice(at, at + 5);
    const form = [one, two, three].map((group) => (/^\d+$/.test(group) ? group.length : 0)).join('-');
    const before = pieces[at - 1] ?? '';
    const after = pieces[at + 5] ?? '';
    const apart = !joins(before, at > 1) && !joins(after, at + 6 < pieces.length);
    const beside = /[0-9A-Za-z]$/.test(before) || /^[0-9A-Za-z]/.test(after);
    if (!['3-3-3', '4-2-3'].includes(form) || between !== same || !['.', ' ', '-'].includes(between ?? '')) return [];
    if (between === '-' && /^(19|20)\d\d$/.test(one) && /^(0[1-9]|1[0-2])$/.test(two)) return [];
    return apart && !beside && passes(piece + two + three) ? [piece + two + three] : [];
  });
}

function joins(between: string, digitsBeyond: boolean): boolean {
  return digitsBeyond && /^[.,/:+_\s-]$/.test(between);
}

function passes(digits: string): boolean {
  const weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
  return weights.reduce((sum, weight, place) => sum + weight * Number(digits[place]), 0) % 11 === 0;
}

describe('the pseudonym', () => {
  it('is the first 128 bits of HMAC-SHA-256 over the nine digits, in letters', () => {
    const hex = createHmac('sha256', NEW_KEY.secret).update(NUMBER).digest('hex').slice(0, 32);
    const letters = [...hex].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 16))).join('');
    expect(pseudonym).toBe(`psn:k2:${letters}`);
  });

  it('is right for secrets longer than a hash block too', () => {
    const secret = Buffer.alloc(100, 9);
    const [long] = createPseudonymsOf({ active: 'a', keys: [{ id: 'a', secret }] })(NUMBER);
    const first = createHmac('sha256', secret).update(NUMBER).digest()[0] ?? 0;
    expect(long.slice(6, 8)).toBe(String.fromCharCode(97 + (first >> 4), 97 + (first & 15)));
  });

  it.each([
    ['no active key', { active: 'k9', keys: [NEW_KEY] }, /active pseudonym key k9/],
    ['the same id twice', { active: 'k2', keys: [NEW_KEY, NEW_KEY] }, /listed twice/],
    ['a short secret', { active: 'a', keys: [{ id: 'a', secret: Buffer.alloc(15) }] }, /shorter than 16 bytes/],
    ['an id with a colon', { active: 'a:b', keys: [{ id: 'a:b', secret: Buffer.alloc(32) }] }, /key id/],
    ['an id in groups', { active: '999.990.019', keys: [{ id: '999.990.019', secret: Buffer.alloc(32) }] }, /key id/],
    ['an id that looks like a number', { active: NUMBER, keys: [{ id: NUMBER, secret: Buffer.alloc(32) }] }, /key id/],
  ])('refuses a ring with %s', (_, ring, message) => {
    expect(() => createPseudonymsOf(ring)).toThrow(message);
  });
});

describe('data_subject.bsn', () => {
  it.each([NUMBER, '9999.90.019', '999 990 019', 999990019])('becomes the id: %s', (bsn) => {
    const { body, aliases } = pseudonymise(about({ bsn, relation: 'client' }));
    expect(body).toEqual(about({ relation: 'client', id: pseudonym }));
    expect([...aliases]).toEqual([[pseudonym, [pseudonym, oldPseudonym]]]);
  });

  it('is replaced in batch defaults and in each item', () => {
    const { body } = pseudonymise({ ...about({ bsn: NUMBER }), evaluations: [{}, about({ bsn: OTHER }), 7] });
    const [otherPseudonym] = createPseudonymsOf(RING)(OTHER);
    expect(body).toEqual({ ...about({ id: pseudonym }), evaluations: [{}, about({ id: otherPseudonym }), 7] });
  });

  it.each([pseudonym, oldPseudonym ?? '', NUMBER, '999990.019', 999990019])(
    'beside an id that names the same person goes: %s',
    (id) => {
      expect(pseudonymise(about({ id, bsn: NUMBER })).body).toEqual(about({ id: pseudonym }));
    },
  );

  it('beside an id that names another stays, as a pseudonym, so that the policy can refuse it', () => {
    expect(pseudonymise(about({ id: 'inwoner-1', bsn: NUMBER })).body).toEqual(
      about({ id: 'inwoner-1', bsn: pseudonym }),
    );
  });

  it.each(['999990018', '99999001', '', 'x', '000000000', null, true, 99999001.5, [NUMBER], 1234567])(
    'that is no personal number is refused with its place and without its value: %s',
    (bsn) => {
      const problems = problemsOf({ ...about({ bsn: NUMBER }), evaluations: [about({ bsn })] });
      expect(problems.map(({ pointer }) => pointer)).toEqual(['/evaluations/0/resource/properties/data_subject/bsn']);
      expect(JSON.stringify(problems)).not.toMatch(/[0-9]{6}/);
    },
  );

  it('names every problem of a body at once', () => {
    expect(problemsOf({ ...about({ bsn: 'x' }), evaluations: [about({ bsn: 'y' })] })).toHaveLength(2);
  });
});

describe('elsewhere in the body', () => {
  it('equal stays equal, in every form and place', () => {
    const { body } = pseudonymise({
      ...about({ bsn: NUMBER }),
      context: { a: NUMBER, b: '9999.90.019', c: 999990019, d: [`BSN ${NUMBER}.`], [NUMBER]: 1, e: -999990019 },
    });
    expect(body.context).toEqual({
      a: pseudonym,
      b: pseudonym,
      c: pseudonym,
      d: [`BSN ${pseudonym}.`],
      [pseudonym]: 1,
      e: pseudonym,
    });
  });

  it.each(['00ad', '200b', '200d', '2011', '2060', 'feff'])(
    'is found between characters that a copied text brings: U+%s',
    (code) => {
      const separator = String.fromCharCode(Number.parseInt(code, 16));
      const written = ['999', '990', '019'].join(separator);
      expect(pseudonymise({ [written]: written }).body).toEqual({ [pseudonym]: pseudonym });
    },
  );

  it.each([
    ['bsn 9999.90.019', 'bsn @'],
    ['zie 999 990 019, graag', 'zie @, graag'],
    ['(999.990.019)', '(@)'],
    ['BSN van de cliënt: 999-990-019 of 99 99 90 019', 'BSN van de cliënt: @ of 99 99 90 019'],
    ['burgerservicenummer 99-99-90-01-9.', 'burgerservicenummer @.'],
    ['Sofi-nummer:999990 019', 'Sofi-nummer:@'],
    [`${NUMBER} 999 990 019`, '@ @'],
    ['９９９９９００１９', '@'],
    ['nr. ９９９．９９０．０１９ 。', 'nr. @ 。'],
    ['bsn 999\u200b990\u200b019 is', 'bsn @ is'],
    ['moeder 999-990-019 belt', 'moeder @ belt'],
    ['moeder 9999-90-019, vader', 'moeder @, vader'],
    ['moeder 9999 - 90 - 019 belt', 'moeder @ belt'],
    ['999  990  019 ’s ochtends', '@ ’s ochtends'],
    ['cliënt 9999–90–019 “zelf”', 'cliënt @ “zelf”'],
    ['zie 999·990·019.', 'zie @.'],
    ['nr 9.99990019E+08 en 9,99990019e8', 'nr @ en @'],
    ['https://a.nl/?q=999+990+019&r=1', 'https://a.nl/?q=@&r=1'],
    ['urn:nl:bsn:999990019', 'urn:nl:bsn:@'],
    ['{"a":"\\n9999.90.019"}', '{"a":"\\n@"}'],
    [`x=%20${NUMBER}%20`, 'x=%20@%20'],
    ['x=999%20990%20019&y', 'x=@&y'],
    ['999&nbsp;990&nbsp;019<br>', '@<br>'],
    [`00000000-0000-0000-0000-000${NUMBER}`, '00000000-0000-0000-0000-000@'],
    [`00-${'0'.repeat(23)}${NUMBER}-00f067aa0ba902b7-01`, `00-${'0'.repeat(23)}@-00f067aa0ba902b7-01`],
  ])('is found in a longer text as people write it: %s', (text, expected) => {
    expect(pseudonymise({ text, [text]: 1 }).body).toEqual({
      text: expected.replaceAll('@', pseudonym),
      [expected.replaceAll('@', pseudonym)]: 1,
    });
  });

  it.each([
    ['full-width', digitsFrom(0xff10)],
    ['Arabic-Indic', digitsFrom(0x660)],
    ['Persian', digitsFrom(0x6f0)],
    ['Devanagari', digitsFrom(0x966)],
    ['mathematical', digitsFrom(0x1d7d8)],
    ['superscript', [...'⁹⁹⁹⁹⁹⁰⁰¹⁹']],
    ['with nothing unseen between', [...NUMBER].map((digit) => `${digit}\u200b`)],
    ['on keys', [...NUMBER].map((digit) => `${digit}\ufe0f\u20e3`)],
    ['percent-encoded', [...NUMBER].map((digit) => `%3${digit}`)],
    ['percent-encoded twice', [...NUMBER].map((digit) => `%253${digit}`)],
    ['percent-encoded full-width', digitsFrom(0xff10).map(encodeURIComponent)],
    ['escaped as JSON', [...NUMBER].map((digit) => `\\u003${digit}`)],
    ['escaped as JSON in JSON', [...NUMBER].map((digit) => `\\\\u003${digit}`)],
    ['escaped as HTML', [...NUMBER].map((digit) => `&#${digit.charCodeAt(0)};`)],
  ])('is found in digits that are written otherwise, and the rest stays: %s', (_, digits) => {
    const text = (written: string) => `Cliënt\u00a0½ “${written}” 5%41 x`;
    const whole = digits.join('');
    expect(pseudonymise({ whole, text: text(whole), [whole]: [[whole]] }).body).toEqual({
      whole: pseudonym,
      text: expect.stringMatching(`^Cliënt\u00a0½ “${pseudonym}[^0-9”]*” 5%41 x$`),
      [pseudonym]: [[pseudonym]],
    });
  });

  it.each(['bsn 12345672', '{"bsn":"12345672"}', 'urn:nl:bsn:12345672', 'Burgerservicenummer (moeder): 12345672.'])(
    'is found without its leading zero after the word for it: %s',
    (text) => {
      const [zeroPseudonym] = createPseudonymsOf(RING)('012345672');
      expect(pseudonymise({ text }).body).toEqual({ text: text.replace('12345672', zeroPseudonym) });
    },
  );

  it.each(['9.99990019e8', '9.99990019E+8', '999990019.0', '999990019e0', '99999001900e-2'])(
    'is found in a JSON number however it is written: %s',
    (number) => {
      expect(pseudonymise(JSON.parse(`{"a":[${number}]}`)).body).toEqual({ a: [pseudonym] });
    },
  );

  it.each([
    ['behind an escape that takes its first digits', `%${NUMBER}`, '%@'],
    ['before other digits that are glued to it unseen', `${NUMBER}\u200b12`, '@\u200b12'],
  ])('is found in a row as it stands, %s', (_, text, expected) => {
    expect(pseudonymise({ text }).body).toEqual({ text: expected.replace('@', pseudonym) });
  });

  it('takes a long row of escapes in its stride', () => {
    for (const sign of ['\\', '%', '%25', '&#', '9%', '\\u', '٩-', '1 ', '9-', 'bsn 1']) {
      const text = sign.repeat(20_000);
      expect(JSON.stringify(pseudonymise({ text: `${text} ${NUMBER}` }).body)).toContain(pseudonym);
    }
  });

  it.each([
    ['a telephone number', 'tel. 06 999 990 019'],
    ['one with a country', '+31 999 990 019'],
    ['a longer row of groups', '999 990 019 12'],
    ['an amount', '€ 999.990.019,50'],
    ['a version or an OID', '2.16.999.990.019'],
    ['a case number of a month', 'zaak 2026-09-129 en WMO-2026-12-345'],
    ['a case number that fails the proof', 'zaak 9999-90-018 en 999-990-018'],
    ['a case number in other groups', 'zaak 99-99-90-019 en 99999-0019'],
    ['a telephone number with hyphens', '+31-999-990-019, 06-999-990-019'],
    ['two kinds of separators', 'zie 999.990 019'],
    ['groups of another form', 'zie 99 9990 019'],
    ['groups beside a letter', 'zie A999 990 019'],
    ['groups that fail the proof', 'bsn 999 990 018'],
    ['dates', 'van 1-12-2026 tot 31-12-2026, 2026.11.240'],
    ['a longer number after the word', 'bsn 999990019123'],
    ['a full-width number that fails the proof', 'bsn ９９９９９００１８'],
  ])('leaves %s as it is', (_, text) => {
    expect(pseudonymise({ text, [text]: 1 }).body).toEqual({ text, [text]: 1 });
  });

  it('pads an integer of eight digits', () => {
    const { body } = pseudonymise({ a: 10000008, b: '010000008' });
    expect(body.a).toMatch(/^psn:k2:/);
    expect(body.a).toBe(body.b);
  });

  it.each([
    ['a number that fails the proof', '999990018'],
    ['a longer run of digits', `1${NUMBER}`],
    ['an OIN', '00000001003214345000'],
    ['a UUID', 'urn:uuid:12345678-1234-1234-1234-a999990019bc'.replace('a999990019bc', `ab${NUMBER}c`)],
    ['a traceparent', `00-abc${NUMBER}abc${NUMBER}abcdefab-00f067aa0ba902b7-01`],
    ['a date-time', `2026-01-02T03:04:05.${NUMBER}Z`],
    ['a pseudonym', pseudonym],
  ])('leaves %s as it is', (_, text) => {
    expect(pseudonymise({ text, [text]: 1 }).body).toEqual({ text, [text]: 1 });
  });

  it('finds the number beside what it leaves, in one pass', () => {
    const uuid = `12345678-1234-1234-1234-ab${NUMBER}c`;
    const { body } = pseudonymise({ text: `${uuid},${NUMBER};${uuid} ${OTHER}` });
    const [otherPseudonym] = createPseudonymsOf(RING)(OTHER);
    expect(body.text).toBe(`${uuid},${pseudonym};${uuid} ${otherPseudonym}`);
  });

  it.each([
    ['bsn', '999-990-019 (moeder)', (psn: string) => `${psn} (moeder)`],
    ['bsn', 'moeder 9999-90-019', (psn: string) => `moeder ${psn}`],
    ['burgerservicenummer', 'nr 99 99 90 019', (psn: string) => `nr ${psn}`],
    ['BSN_moeder', 'kind 2026: 999.990.019', (psn: string) => `kind 2026: ${psn}`],
    ['bsn', `${'９９９９９００１９'} en ${NUMBER}`, (psn: string) => `${psn} en ${psn}`],
    ['bsn', '9 9 9 9 9 0 0 1 9:999 990 019_', (psn: string) => `${psn}:${psn}_`],
    ['sofi-nummer', '', () => ''],
    ['bsn', 'onbekend, bel 010-1234567', () => 'onbekend, bel 010-1234567'],
  ])('under a key that names it (%s) finds %s, however it is separated', (key, text, expected) => {
    const { body } = pseudonymise({ context: { [key]: text } });
    expect(body).toEqual({ context: { [key]: expected(pseudonym ?? '') } });
    expect(pseudonymise(body).body).toBe(body);
  });

  it('under a key that names it is found at any depth, in keys too', () => {
    const { body } = pseudonymise({ bsn: { value: '12345672', list: [['kind 99 99 90 019']], '12345672': 1 } });
    const [zeroPseudonym] = createPseudonymsOf(RING)('012345672');
    expect(body).toEqual({
      bsn: { value: zeroPseudonym, list: [[`kind ${pseudonym}`]], [zeroPseudonym]: 1 },
    });
  });

  it('under a key that names it gives back the zero that eight digits have lost', () => {
    const { body } = pseudonymise({ bsn: '12345672', other: 12345672, text: '12345672' });
    expect(body.bsn).toBe(body.other);
    expect(body.text).toBe('12345672');
  });

  it('is looked for in whatever stands where a tracestate does and is none, and in a tracestate that stands elsewhere', () => {
    const tracestate = `a=${NUMBER},b=9x`;
    const { body } = pseudonymise({
      context: { tracestate: NUMBER, inner: { tracestate } },
      subject: { properties: { context: { tracestate } } },
    });
    const elsewhere = { tracestate: `a=${pseudonym},b=9x` };
    expect(body).toEqual({
      context: { tracestate: pseudonym, inner: elsewhere },
      subject: { properties: { context: elsewhere } },
    });
  });

  it('leaves a tracestate in its place as it is', () => {
    const context = { tracestate: `a=${NUMBER},b=9x` };
    expect(pseudonymise({ context }).body).toEqual({ context });
    expect(pseudonymise({ evaluations: [{ context }] }).body).toEqual({ evaluations: [{ context }] });
  });

  it('keeps a key called __proto__', () => {
    const body: JsonObject = JSON.parse(`{"a":{"__proto__":"${NUMBER}","b":1}}`);
    expect(JSON.stringify(pseudonymise(body).body)).toBe(`{"a":{"__proto__":"${pseudonym}","b":1}}`);
  });

  it('refuses two keys that become one, with a pointer that holds no number', () => {
    const problems = problemsOf({ [OTHER]: { 'a/b': { [NUMBER]: 1, '9999.90.019': 2 } } });
    expect(problems.map(({ pointer }) => pointer)).toEqual([expect.stringMatching(/^\/psn:k2:[a-p]{32}\/a~1b$/)]);
  });

  it('hands back the very same body where there is nothing to replace', () => {
    const body = { subject: { type: 'medewerker', id: 'medewerker-0042' }, context: { items: [1, null, true, 'x'] } };
    const answer = pseudonymise(body);
    expect(answer.body).toBe(body);
    expect(answer.aliases.size).toBe(0);
  });
});

describe('whatever is sent', () => {
  const numbers = fc
    .integer({ min: 1, max: 99_999_999 })
    .map((start) => {
      const eight = String(start).padStart(8, '0');
      return [...'0123456789'].map((last) => eight + last).find(passesElevenProof);
    })
    .filter((digits) => digits !== undefined);
  const texts = fc.oneof(
    numbers,
    numbers.map((digits) => `${digits.slice(0, 4)}.${digits.slice(4, 6)}-${digits.slice(6)}`),
    fc.tuple(fc.string(), numbers, fc.string()).map((parts) => parts.join('')),
    fc
      .tuple(
        fc.constantFrom('', 'bsn ', 'zie ', '06 ', '2.', 'A', '999990019 ', '111 222 333 '),
        numbers,
        fc.constantFrom('.', ' ', '-'),
        fc.constantFrom('', ',', ' 12', ',50', 'B', ' 999990019', ' 111 222 333'),
        fc.constantFrom([3, 6], [4, 6], [2, 4]),
        fc.boolean(),
      )
      .map(([before, digits, between, after, [first, second], wide]) => {
        const text = [digits.slice(0, first), digits.slice(first, second), digits.slice(second)].join(between);
        return before + (wide ? wider(text) : text) + after;
      }),
    fc.string({ unit: fc.constantFrom('0', '1', '9', '.', '-', ' ', 'a', 'é') }),
    fc.string(),
  );
  const { value } = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
    object: fc.dictionary(texts, tie('value'), { maxKeys: 4 }),
    value: fc.oneof(
      { maxDepth: 4 },
      texts,
      numbers.map(Number),
      fc.integer(),
      fc.double({ noNaN: true }),
      fc.constantFrom(null, true),
      fc.array(tie('value'), { maxLength: 4 }),
      tie('object'),
    ),
  }));
  function wider(text: string): string {
    return text.replace(/[0-9]/g, (digit) => String.fromCharCode(0xff10 + Number(digit)));
  }
  const bodies = fc.dictionary(texts, value, { maxKeys: 4 });

  /** A generated dictionary may hold one number twice as a key; that is refused, and another test's matter. */
  function clean(body: JsonObject): JsonObject {
    try {
      return pseudonymise(body).body;
    } catch (error) {
      if (error instanceof DatwatError && error.code === 'invalid_request') return {};
      throw error;
    }
  }

  /** Under such a key far more is taken for a number than `survivors` knows. */
  function saysItHoldsOne(body: JsonObject): boolean {
    return /bsn[^"]*":/i.test(JSON.stringify(body));
  }

  it('no passing number survives in any place', () => {
    fc.assert(
      fc.property(bodies, (body) => survivors(clean(body)).length === 0),
      { numRuns: 2000 },
    );
  });

  it('doing it twice changes nothing', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const once = clean(body);
        expect(pseudonymise(once).body).toBe(once);
      }),
      { numRuns: 500 },
    );
  });

  it('a body without such a number comes back unchanged', () => {
    fc.assert(
      fc.property(bodies, (body) => survivors(body).length > 0 || saysItHoldsOne(body) || clean(body) === body),
      { numRuns: 1000 },
    );
  });
});

describe('holdsPersonalNumber', () => {
  it.each([NUMBER, '9999.90.019', `req-${NUMBER}`, `${NUMBER}/1`, 'id-999-990-019'])(
    'sees the number in %s',
    (text) => {
      expect(holdsPersonalNumber(text)).toBe(true);
    },
  );

  it.each(['', '0af7651916cd43dd8448eb211c80319c', '999990018', `req-1${NUMBER}`])('sees none in %s', (text) => {
    expect(holdsPersonalNumber(text)).toBe(false);
  });
});
