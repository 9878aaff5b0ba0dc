/**
 * One look at a text without a regular expression: nearly every text of nearly every request ends here. `none`: too few
 * digits, whatever is said of them; `numbers`: it may hold a number as it stands; `words`: only a word before its digits, or
 * the key, can make them one; `bare`: only the key can; `odd`: it must be read in another spelling too.
 */
export type Suspicion = 'none' | 'numbers' | 'words' | 'bare' | 'odd';

/** A personal number that has lost its leading zero. */
export const FEWEST_DIGITS = 8;

const ZERO = 48;
const NINE = 57;
const BACKSLASH = 0x5c;
const DELETE = 0x7f;

const OTHER = 0;
const SEPARATOR = 1;
const ODD = 2;
/** What each ASCII character is that is no digit; what begins an escape and what nobody sees is odd. */
const KIND = Uint8Array.from({ length: 0x80 }, (_, code) => {
  const sign = String.fromCharCode(code);
  if (/[.\s-]/.test(sign)) return SEPARATOR;
  return /[%\\&\p{Cc}]/u.test(sign) ? ODD : OTHER;
});

export function suspect(text: string): Suspicion {
  const { length } = text;
  if (length < FEWEST_DIGITS) return 'none';
  let digits = 0;
  let beyond = 0;
  let odd = 0;
  let others = 0;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) digits += 1;
    else if (code > NINE && code < DELETE && code !== BACKSLASH) others += 1;
    else if (code < 0x80) {
      const kind = KIND[code];
      if (kind === OTHER) others += 1;
      else if (kind === ODD) odd += 1;
    } else {
      odd += 1;
      if (mayBeDigit(code)) beyond += 1;
    }
  }
  if (digits + beyond < FEWEST_DIGITS) return 'none';
  if (odd > 0) return 'odd';
  if ((digits === 9 && others === 0) || hasTellingRuns(text)) return 'numbers';
  return others > 0 ? 'words' : 'bare';
}

/** Anything beyond ASCII but the letters and marks that European texts are full of. */
function mayBeDigit(code: number): boolean {
  return (code < 0xc0 || code >= 0x660) && (code < 0x2000 || code > 0x206f);
}

const WIDEST_GAP = 3;

/** A row of digits of such a length, or rows in such an order, that `written-forms.ts` has a form for it. */
export function hasTellingRuns(text: string): boolean {
  // Lengths of this run of digits and of the two before it, and how many characters stand between it and the last.
  let run = 0;
  let second = 0;
  let first = 0;
  let gap = 0;
  const { length } = text;
  for (let at = 0; at <= length; at += 1) {
    const code = at < length ? text.charCodeAt(at) : 0;
    if (code >= ZERO && code <= NINE) {
      run += 1;
      continue;
    }
    if (run > 0) {
      if (gap > WIDEST_GAP) second = 0;
      // Alone; at the end of a padded UUID, span or trace; in groups; with an exponent.
      if (run === 9 || run === 12 || run === 16 || run === 32) return true;
      if (run === 3 && ((first === 3 && second === 3) || (first === 4 && second === 2))) return true;
      if (second === 1 && run >= 6 && run <= 8 && (code | 0x20) === 0x65) return true;
      first = second;
      second = run;
      run = 0;
      gap = 0;
    }
    gap += 1;
  }
  return false;
}
