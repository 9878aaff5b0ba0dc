import type { Json } from '../../decision/model.ts';
import { isNumeric, numberText } from '../../engine/plan/exact-numbers.ts';
import { isArray, RegoSet, type Value } from '../../engine/plan/values.ts';

/**
 * Values of an evaluation as a person may see them: words of the policy itself, pseudonyms, and of anything else that it
 * is there and whether it is the same as another. INVARIANT: no text of the request or the facts comes out.
 */
export type Shown = (value: Value | undefined) => string;

const PSEUDONYM = /^psn:[A-Za-z0-9._-]{1,32}:[a-p]{32}$/;
const DATE = /^\d{4}-\d{2}-\d{2}(?=$|T)/;
const MOST_MEMBERS = 6;
/** A larger number may be a person's. */
const MAY_BE_SEEN = /^-?\d{1,4}(\.\d{1,2})?$/;

/** `words`: every text that the policy knows; `today`: `YYYY-MM-DD`, what other dates are told by. */
export function createShown(words: ReadonlySet<string>, today: string): Shown {
  const aliases = new Map<string, string>();
  const alias = (kind: string, key: string): string => {
    const name = aliases.get(key) ?? `‹${kind} ${aliases.size + 1}›`;
    aliases.set(key, name);
    return name;
  };

  const text = (value: string): string => {
    const day = DATE.exec(value)?.[0];
    if (day !== undefined) return today === '' ? '‹datum›' : `‹datum: ${sinceText(day, today)}›`;
    if (value === '' || words.has(value)) return JSON.stringify(value);
    return PSEUDONYM.test(value) ? value : alias('tekst', value);
  };

  const number = (value: string): string => (MAY_BE_SEEN.test(value) ? value : alias('getal', value));

  const list = (members: readonly Value[]): string =>
    members.length > MOST_MEMBERS ? `‹${members.length} stuks›` : `[${members.map(shown).join(', ')}]`;

  const shown: Shown = (value) => {
    if (value === undefined) return 'ongedefinieerd';
    if (value === null || typeof value === 'boolean') return String(value);
    if (typeof value === 'string') return text(value);
    if (isNumeric(value)) return number(numberText(value));
    if (isArray(value)) return list(value);
    return value instanceof RegoSet ? list(value.sorted()) : '{…}';
  };
  return shown;
}

/** How long ago in whole years: enough to see by which age or period it went, too little to know a birthday. */
function sinceText(day: string, today: string): string {
  if (day === today) return 'vandaag';
  if (day > today) return 'na vandaag';
  const years = Number(today.slice(0, 4)) - Number(day.slice(0, 4)) - (today.slice(5) < day.slice(5) ? 1 : 0);
  return years === 0 ? 'minder dan een jaar geleden' : `${years} jaar geleden`;
}

/** Every text in the documents: keys and values. */
export function wordsOf(...documents: readonly Json[]): ReadonlySet<string> {
  const words = new Set<string>();
  const take = (value: Json): void => {
    if (typeof value === 'string') words.add(value);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) {
        if (!Array.isArray(value)) words.add(key);
        take(member);
      }
    }
  };
  documents.forEach(take);
  return words;
}
