/** Recognises Dutch personal numbers (BSN): nine digits that pass the 11-proof (design.md §3). Knows no keys. */

const ZERO = 48;
const NINE = 57;
const WIDE_ZERO = 0xff10;
const WIDE_NINE = 0xff19;

/** The 11-proof: the first digit nine times, the second eight times … the last minus once; a multiple of eleven passes. */
export function passesElevenProof(digits: string): boolean {
  let sum = ZERO - digits.charCodeAt(8);
  for (let place = 0; place < 8; place += 1) sum += (9 - place) * (digits.charCodeAt(place) - ZERO);
  return sum % 11 === 0;
}

/** Characters that nobody sees: soft hyphens, those of no width, and marks of direction. */
const UNSEEN = '\\u00ad\\u200b-\\u200f\\u2060\\ufeff';
/** Dots, hyphens and spaces, also the typographic ones that office software makes of them, and those that nobody sees. */
const SEPARATOR = `[.\\s${UNSEEN}\\u2010-\\u2015\\u2212-]`;
const SEPARATORS = new RegExp(SEPARATOR, 'g');
const BETWEEN_DIGITS = new RegExp(`(?<=[0-9])[${UNSEEN}]+(?=[0-9])`, 'g');

/** The nine digits that a text consists of once separators are left out, or undefined. Says nothing about the proof. */
export function nineDigits(text: string): string | undefined {
  const digits = plain(text).replace(SEPARATORS, '');
  return /^[0-9]{9}$/.test(digits) ? digits : undefined;
}

/** The text as a reader sees its digits: full-width ones as plain ones, and nothing unseen between two of them. */
function plain(text: string): string {
  return text
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(BETWEEN_DIGITS, '');
}

/** The nine digits of an integer of eight or nine digits (a number loses its leading zero), or undefined. */
export function nineDigitsOf(value: number): string | undefined {
  const size = Math.abs(value);
  if (size < 10_000_000 || size > 999_999_999 || !Number.isInteger(size)) return undefined;
  return String(size).padStart(9, '0');
}

/**
 * The text with each personal number in it replaced, or the same text. A text that is one number as a whole, separators
 * left out, becomes its replacement and nothing else. In a longer one is replaced what passes the proof and is: a run of
 * exactly nine digits; nine digits after a word such as `bsn`, however they are separated; or nine digits in the groups
 * that people write, `1234.56.789` and `123 456 789`, that belong to no longer row of groups. Of any nine digits one in
 * eleven passes the proof, so a looser rule would take as many of all phone numbers, amounts and case numbers.
 * Anything without such digits costs one pass. INVARIANT: doing it twice changes nothing.
 */
export function replaceNumbers(text: string, replace: (digits: string) => string): string {
  const kind = suspect(text);
  if (kind === 'unusual') {
    const usual = plain(text);
    const replaced = usual === text ? replaceIn(text, replace) : replaceNumbers(usual, replace);
    return replaced === usual ? text : replaced;
  }
  return kind === 'digits' || (kind === 'digits and letters' && WORD_ANYWHERE.test(text))
    ? replaceIn(text, replace)
    : text;
}

/** Whether what stands under this key is said to be a personal number. */
export function namesANumber(key: string): boolean {
  return /bsn|burger.?service|sofi.?n/i.test(key);
}

/**
 * The same for a text under a key that names it: there each eight or nine digits that pass are one, however they are
 * separated and wherever they stand; eight have lost their leading zero.
 */
export function replaceNamedNumbers(text: string, replace: (digits: string) => string): string {
  const replaced = plain(replaceNumbers(text, replace));
  const named = replaced.replace(NAMED, (found) => {
    const digits = found.replace(SEPARATORS, '').padStart(9, '0');
    return passesElevenProof(digits) ? replace(digits) : found;
  });
  return named === plain(text) ? text : named;
}

function replaceIn(text: string, replace: (digits: string) => string): string {
  const whole = nineDigits(text);
  if (whole !== undefined) return passesElevenProof(whole) ? replace(whole) : text;
  const ifPasses = (found: string) => {
    const digits = nineDigits(found);
    return digits !== undefined && passesElevenProof(digits) ? replace(digits) : found;
  };
  // In this order: a run or a led number that goes makes the groups beside it stand alone.
  return text.replace(RUNS, ifPasses).replace(LED, ifPasses).replace(GROUPS, ifPasses);
}

/**
 * One pass without a regular expression: nearly every text of nearly every request ends here. `digits`: nine that may be a
 * number as they stand; `digits and letters`: at least nine, which only a word before them can make one.
 */
function suspect(text: string): 'none' | 'digits' | 'digits and letters' | 'unusual' {
  const { length } = text;
  if (length < 9) return 'none';
  let digits = 0;
  let others = 0;
  let unusual = false;
  let suspicious = false;
  // Lengths of this run of digits and of the two before it, and how many characters stand between it and the last.
  let run = 0;
  let second = 0;
  let first = 0;
  let gap = 0;
  for (let at = 0; at <= length; at += 1) {
    const code = at < length ? text.charCodeAt(at) : 0;
    if (code >= ZERO && code <= NINE) {
      if (run === 0 && gap !== 1) second = 0;
      digits += 1;
      run += 1;
      gap = 0;
      continue;
    }
    if (run > 0) {
      suspicious ||= run === 9 || (run === 3 && ((first === 3 && second === 3) || (first === 4 && second === 2)));
      first = second;
      second = run;
      run = 0;
    }
    gap += 1;
    if (code >= 0x80) {
      unusual = true;
      if (code >= WIDE_ZERO && code <= WIDE_NINE) digits += 1;
    } else if (code > 0x20 && code !== 0x2d && code !== 0x2e) others += 1;
  }
  if (digits < 9) return 'none';
  if (unusual) return 'unusual';
  if (suspicious || (digits === 9 && others === 0)) return 'digits';
  return others > 0 ? 'digits and letters' : 'none';
}

const UUID = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?![0-9A-Za-z])';
const TRACEPARENT = '[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?![0-9A-Za-z])';
const DATE_TIME = '\\d{4}-\\d{2}-\\d{2}[Tt ]\\d{2}:\\d{2}:\\d{2}[.,]\\d+';
/** In one pass: first what is no personal number whatever its digits pass, so that it is stepped over as a whole. */
const RUNS = new RegExp(`(?<![0-9A-Za-z])(?:${UUID}|${TRACEPARENT}|${DATE_TIME})|(?<![0-9])[0-9]{9}(?![0-9])`, 'g');

/** After the word for it (`bsn van de cliënt: `); fewer letters between than a pseudonym has, so never from before one. */
const WORD = '(?:bsn|burgerservice-?nummer|sofi-?nummer)[^0-9]{0,24}';
const WORD_ANYWHERE = /bsn|nummer/i;
const LED = new RegExp(`(?<=${WORD})[0-9](?:${SEPARATOR}?[0-9]){8}(?![0-9A-Za-z])`, 'gi');

/** Never within a pseudonym, which goes on with a letter, a digit, `_` or `-` on one side of any of its digits. */
const NAMED = new RegExp(`(?<![0-9A-Za-z_-])[0-9](?:${SEPARATOR}?[0-9]){7,8}(?![0-9A-Za-z_-])`, 'g');

/** Hyphens are left out here: they join the parts of case numbers (`2026-09-123`). */
const GROUPED = '[0-9]{3}([.\\s])[0-9]{3}\\1[0-9]{3}|[0-9]{4}([.\\s])[0-9]{2}\\2[0-9]{3}';
/** What between two rows of digits makes them one: a phone number, an amount, a list of versions. */
const JOINT = '[.,/:+_\\s-]';
const GROUPS = new RegExp(`(?<![0-9A-Za-z]|[0-9]${JOINT})(?:${GROUPED})(?![0-9A-Za-z]|${JOINT}[0-9])`, 'g');
