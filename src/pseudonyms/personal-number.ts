/** Recognises Dutch personal numbers (BSN): nine digits that pass the 11-proof (design.md §3). Knows no keys. */

const ZERO = 48;
const NINE = 57;

/** The 11-proof: the first digit nine times, the second eight times … the last minus once; a multiple of eleven passes. */
export function passesElevenProof(digits: string): boolean {
  let sum = ZERO - digits.charCodeAt(8);
  for (let place = 0; place < 8; place += 1) sum += (9 - place) * (digits.charCodeAt(place) - ZERO);
  return sum % 11 === 0;
}

/** Dots, hyphens and spaces, also the typographic ones that office software makes of them, and those that nobody sees. */
const SEPARATORS = /[.\s\u00ad\u200b-\u2015\u2060\u2212-]/g;

/** The nine digits that a text consists of once separators are left out, or undefined. Says nothing about the proof. */
export function nineDigits(text: string): string | undefined {
  const digits = text.replace(SEPARATORS, '');
  return /^[0-9]{9}$/.test(digits) ? digits : undefined;
}

/** The nine digits of an integer of eight or nine digits (a number loses its leading zero), or undefined. */
export function nineDigitsOf(value: number): string | undefined {
  const size = Math.abs(value);
  if (size < 10_000_000 || size > 999_999_999 || !Number.isInteger(size)) return undefined;
  return String(size).padStart(9, '0');
}

/**
 * The text with each personal number in it replaced, or the same text. A text that is one number as a whole, separators
 * left out, becomes its replacement and nothing else; in a longer one each run of exactly nine passing digits is replaced.
 * Anything without nine digits that stand alone costs one pass.
 */
export function replaceNumbers(text: string, replace: (digits: string) => string, exemptRuns = false): string {
  const kind = suspect(text);
  if (kind === 'none') return text;
  if (kind === 'whole') {
    const digits = nineDigits(text);
    if (digits !== undefined) return passesElevenProof(digits) ? replace(digits) : text;
  }
  return exemptRuns ? text : replaceRuns(text, replace);
}

/** One pass without a regular expression: nearly every text of nearly every request ends here. */
function suspect(text: string): 'none' | 'whole' | 'runs' {
  const { length } = text;
  if (length < 9) return 'none';
  let digits = 0;
  let run = 0;
  let runs = 0;
  let letters = 0;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) {
      digits += 1;
      run += 1;
      continue;
    }
    if (run === 9) runs += 1;
    run = 0;
    if (code > 0x20 && code < 0x80 && code !== 0x2d && code !== 0x2e) letters += 1;
  }
  if (run === 9) runs += 1;
  if (digits === 9 && letters === 0) return 'whole';
  return runs > 0 ? 'runs' : 'none';
}

const UUID = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?![0-9A-Za-z])';
const TRACEPARENT = '[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?![0-9A-Za-z])';
const DATE_TIME = '\\d{4}-\\d{2}-\\d{2}[Tt ]\\d{2}:\\d{2}:\\d{2}[.,]\\d+';
/** In one pass: first what is no personal number whatever its digits pass, so that it is stepped over as a whole. */
const RUNS = new RegExp(`(?<![0-9A-Za-z])(?:${UUID}|${TRACEPARENT}|${DATE_TIME})|(?<![0-9])[0-9]{9}(?![0-9])`, 'g');

function replaceRuns(text: string, replace: (digits: string) => string): string {
  return text.replace(RUNS, (found) => (found.length === 9 && passesElevenProof(found) ? replace(found) : found));
}
