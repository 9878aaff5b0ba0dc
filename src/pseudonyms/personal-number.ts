/** Recognises Dutch personal numbers (BSN): nine digits that pass the 11-proof (design.md §3). Knows no keys. */
import { placesInText, usualSpelling } from './spelling.ts';
import { hasTellingRuns, suspect } from './suspicion.ts';
import { FORMS, NAMED_FORMS, RUNS, SEPARATORS, WHOLE, WORD_ANYWHERE } from './written-forms.ts';

const ZERO = 48;

/** The 11-proof: the first digit nine times, the second eight times … the last minus once; a multiple of eleven passes. */
export function passesElevenProof(digits: string): boolean {
  let sum = ZERO - digits.charCodeAt(8);
  for (let place = 0; place < 8; place += 1) sum += (9 - place) * (digits.charCodeAt(place) - ZERO);
  return sum % 11 === 0;
}

/** The nine digits that a text consists of once separators are left out, or undefined. Says nothing about the proof. */
export function nineDigits(text: string): string | undefined {
  const usual = usualSpelling(text);
  return WHOLE.test(usual) ? usual.replace(SEPARATORS, '') : undefined;
}

/** The nine digits of an integer of eight or nine digits (a number loses its leading zero), or undefined. */
export function nineDigitsOf(value: number): string | undefined {
  const size = Math.abs(value);
  if (size < 10_000_000 || size > 999_999_999 || !Number.isInteger(size)) return undefined;
  return String(size).padStart(9, '0');
}

/** Whether what stands under this key is said to be a personal number. */
export function namesANumber(key: string): boolean {
  return /bsn|burger.?service|sofi.?n/i.test(key);
}

/**
 * The text with each personal number in it replaced, or the same text. A text that is one number as a whole, separators
 * left out, becomes its replacement and nothing else. In a longer one is replaced what passes the proof and has one of the
 * forms of `written-forms.ts`, in any spelling; the rest of the text stays as it was written. `named`: a key says that a
 * number stands here. INVARIANT: doing it twice changes nothing.
 */
export function replaceNumbers(text: string, replace: (digits: string) => string, named = false): string {
  const kind = suspect(text);
  if (kind === 'none') return text;
  const forms = named ? NAMED_FORMS : FORMS;
  if (kind !== 'odd') {
    const mayHold = named || kind === 'numbers' || (kind === 'words' && WORD_ANYWHERE.test(text));
    return mayHold ? replaceFound(text, text, replace, forms) : text;
  }
  // A row that stands there as it is may not hide behind an escape that takes its first digits: `%123456782`.
  const withoutRuns = hasTellingRuns(text) ? replaceFound(text, text, replace, [RUNS]) : text;
  const usual = usualSpelling(withoutRuns);
  const mayHold = named || hasTellingRuns(usual) || WHOLE.test(usual) || WORD_ANYWHERE.test(usual);
  const replaced = mayHold ? replaceFound(withoutRuns, usual, replace, forms) : withoutRuns;
  // What goes in one spelling can make digits beside it stand alone in the other.
  return replaced === text ? text : replaceNumbers(replaced, replace, named);
}

interface Found {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
}

/** Looks in the usual spelling of a text, and replaces in the text. */
function replaceFound(
  text: string,
  usual: string,
  replace: (digits: string) => string,
  forms: readonly RegExp[],
): string {
  if (WHOLE.test(usual)) {
    const whole = usual.replace(SEPARATORS, '');
    return passesElevenProof(whole) ? replace(whole) : text;
  }
  const found = findNumbers(usual, forms);
  if (found.length === 0) return text;
  const places = usual === text ? undefined : placesInText(text);
  let result = '';
  let at = 0;
  for (const { start, end, digits } of found) {
    result += text.slice(at, places ? places.starts[start] : start) + replace(digits);
    at = (places ? places.ends[end - 1] : end) ?? text.length;
  }
  return result + text.slice(at);
}

/** In order of place. */
function findNumbers(usual: string, forms: readonly RegExp[]): Found[] {
  const found: Found[] = [];
  let rest = usual;
  for (const form of forms) {
    // Letters in its place, as a pseudonym has: what is found is not found again, and what is beside it stands beside letters.
    rest = rest.replace(form, (written: string, ...more: readonly unknown[]) => {
      const digits = digitsOf(written);
      const start = more.at(-2);
      if (typeof start !== 'number' || digits === undefined || !passesElevenProof(digits)) return written;
      found.push({ start, end: start + written.length, digits });
      return 'p'.repeat(written.length);
    });
  }
  return found.sort((one, other) => one.start - other.start);
}

/** Undefined where a form was stepped over that is no number: a UUID, a traceparent, a date-time. */
function digitsOf(written: string): string | undefined {
  if (/^[0-9][.,][0-9]+e/i.test(written)) return nineDigitsOf(Number(written.replace(',', '.')));
  if (/[a-z]/i.test(written)) return undefined;
  const digits = written.replace(/[^0-9]/g, '').padStart(9, '0');
  return digits.length === 9 ? digits : undefined;
}
