/**
 * Brings a text to the spelling in which numbers are looked for: digits of any script as 0–9, dashes, spaces and middle dots
 * as the plain ones, what is escaped as what it stands for (`%39`, `\u0039`, `&#57;`), and nothing that nobody sees.
 */

/** Bounded repeats, for each place of a long row of `\` or `%` is tried. `%2539` is escaped twice. */
const PERCENT = '%(?:25){0,3}';
const HEX = '[0-9A-Fa-f]';
const BYTES = `${PERCENT}(?:[0-7]${HEX}|[C-Fc-f]${HEX}(?:${PERCENT}[89ABab]${HEX}){1,3})`;
const BACKSLASHED = `\\\\{1,4}(?:u${HEX}{4}|u\\{${HEX}{1,6}\\}|x${HEX}{2}|[nrtfv])`;
const ENTITY = `&(?:#[0-9]{1,7}|#[xX]${HEX}{1,6}|nbsp|shy);`;
const DASH = '\\p{Pd}\\u2212';
const DOT = '\\u00b7\\u2022\\u2027\\u2219\\u3002';
const UNSEEN = '\\p{Cc}\\p{Cf}\\p{M}\\p{Default_Ignorable_Code_Point}';
const ODD_SIGN = `[[\\p{Nd}\\p{No}\\p{Zs}\\uff01-\\uff5e${DASH}${DOT}${UNSEEN}]--[\\t-\\r\\x20-\\x7e]]`;
const ODD = new RegExp(`${BYTES}|${BACKSLASHED}|${ENTITY}|${ODD_SIGN}`, 'gv');

const IS_DIGIT = /^\p{Nd}$/u;
const IS_DASH = new RegExp(`^[${DASH}]$`, 'u');
const IS_DOT = new RegExp(`^[${DOT}]$`, 'u');
const IS_SPACE = /^\s$/u;
const IS_UNSEEN = new RegExp(`^[${UNSEEN}]$`, 'u');

export function usualSpelling(text: string): string {
  return text.replace(ODD, usualOf);
}

/** Where each code unit of `usualSpelling(text)`, which is never longer, begins and ends in the text. */
export function placesInText(text: string): { readonly starts: Int32Array; readonly ends: Int32Array } {
  const starts = new Int32Array(text.length);
  const ends = new Int32Array(text.length);
  let units = 0;
  let at = 0;
  const asItIs = (until: number) => {
    for (; at < until; at += 1, units += 1) {
      starts[units] = at;
      ends[units] = at + 1;
    }
  };
  // A callback and not `matchAll`, which makes an object of each sign.
  text.replace(ODD, (odd: string, index: number) => {
    asItIs(index);
    at = index + odd.length;
    for (let left = usualOf(odd).length; left > 0; left -= 1, units += 1) {
      starts[units] = index;
      ends[units] = at;
    }
    return odd;
  });
  asItIs(text.length);
  return { starts, ends };
}

/** A text of nothing but odd signs must not keep others waiting; the same few come back all the time. */
const known = new Map<string, string>();
const MOST_KNOWN = 4096;
/** INVARIANT: nothing of a body outlives it. Of a longer piece V8 makes a slice, which holds the whole text it is cut from. */
const LONGEST_KNOWN = 12;

function usualOf(odd: string): string {
  const before = known.get(odd);
  if (before !== undefined) return before;
  const now = usual(meant(odd));
  if (odd.length <= LONGEST_KNOWN && known.size < MOST_KNOWN) known.set(odd, now);
  return now;
}

/** The character that is escaped here; one that is not escaped is itself. */
function meant(odd: string): string {
  if (odd.length === 1) return odd;
  if (odd.startsWith('%')) {
    try {
      return decodeURIComponent(odd.replaceAll(/%(?:25)+(?=[0-9A-Fa-f]{2})/g, '%'));
    } catch {
      return odd;
    }
  }
  if (odd === '&nbsp;') return ' ';
  if (odd === '&shy;') return '';
  const code = /^(?:\\+[ux]\{?|&#[xX])([0-9A-Fa-f]+)/.exec(odd)?.[1];
  const decimal = /^&#([0-9]+)/.exec(odd)?.[1];
  const point = code !== undefined ? Number.parseInt(code, 16) : decimal !== undefined ? Number(decimal) : undefined;
  if (point !== undefined) return point <= 0x10ffff ? String.fromCodePoint(point) : odd;
  return odd.startsWith('\\') ? ' ' : odd;
}

function usual(sign: string): string {
  if (IS_SPACE.test(sign)) return ' ';
  if (IS_DIGIT.test(sign)) return digitOf(sign.codePointAt(0) ?? 0);
  if (IS_DASH.test(sign)) return '-';
  if (IS_DOT.test(sign)) return '.';
  if (IS_UNSEEN.test(sign)) return '';
  const compatible = sign.normalize('NFKC');
  return compatible.length === 1 ? compatible : sign;
}

/** Unicode keeps the ten digits of a script together and in order; the mathematical ones are five such rows in succession. */
function digitOf(point: number): string {
  let first = point;
  while (IS_DIGIT.test(String.fromCodePoint(first - 1))) first -= 1;
  return String((point - first) % 10);
}
