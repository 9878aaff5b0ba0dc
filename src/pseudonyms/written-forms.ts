/**
 * The forms in which a personal number stands in a text of usual spelling (`spelling.ts`). Each finds eight or nine digits
 * that only the 11-proof can tell for one. Of any nine digits one in eleven passes it, so a looser form would take as many of
 * all phone numbers, amounts and case numbers.
 */

const SEPARATOR = '[.\\s-]';
export const SEPARATORS = new RegExp(SEPARATOR, 'g');

/** Nine digits and nothing else, however they are separated. */
export const WHOLE = new RegExp(`^${SEPARATOR}*(?:[0-9]${SEPARATOR}*){9}$`);

/** An identifier that consists of the number, filled up with zeros: a UUID, a trace or a span. */
const PADDED =
  /(?<=(?<![0-9A-Za-z])(?:0{8}-0{4}-0{4}-0{4}-0{3}|(?:[0-9a-f]{2}-)?0{23}|[0-9a-f]{2}-[0-9a-f]{32}-0{7}))[0-9]{9}(?![0-9A-Za-z])/g;

const UUID = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?![0-9A-Za-z])';
const TRACEPARENT = '[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?![0-9A-Za-z])';
const DATE_TIME = '\\d{4}-\\d{2}-\\d{2}[Tt ]\\d{2}:\\d{2}:\\d{2}[.,]\\d+';
/** In one pass: first what is no personal number whatever its digits pass, so that it is stepped over as a whole. */
export const RUNS = new RegExp(
  `(?<![0-9A-Za-z])(?:${UUID}|${TRACEPARENT}|${DATE_TIME})|(?<![0-9])[0-9]{9}(?![0-9])`,
  'g',
);

/** After the word for it (`bsn van de cliënt: `); fewer letters between than a pseudonym has, so never from before one. */
const WORD = '(?:bsn|burgerservice-?nummer|sofi-?nummer)[^0-9]{0,24}';
export const WORD_ANYWHERE = /bsn|nummer/i;
const LED = new RegExp(`(?<=${WORD})[0-9](?:${SEPARATOR}{0,3}[0-9]){8}(?![0-9A-Za-z])`, 'gi');
/** Eight have lost their leading zero. Without separators: with them a date has eight digits too. */
const LED_EIGHT = new RegExp(`(?<=${WORD})[0-9]{8}(?![0-9A-Za-z])`, 'gi');

/** As a spreadsheet shows it. */
const EXPONENT = /(?<![0-9.,])[0-9][.,][0-9]{6,8}[eE]\+?0?[78](?![0-9])/g;

/** What stands between the groups that people write, each time the same. */
const BETWEEN = '(\\s{1,2}|\\s?[.+-]\\s?)';
/** `2026-09-123` is a case number of a month far sooner than a person. */
const YEAR_AND_MONTH = '(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-';
const GROUPED = `(?!${YEAR_AND_MONTH})(?:[0-9]{3}${BETWEEN}[0-9]{3}\\1[0-9]{3}|[0-9]{4}${BETWEEN}[0-9]{2}\\2[0-9]{3})`;
/** What between two rows of digits makes them one: a phone number, an amount, a list of versions. */
const JOINT = '[.,/:+_\\s-]';
const GROUPS = new RegExp(`(?<![0-9A-Za-z]|[0-9]${JOINT})${GROUPED}(?![0-9A-Za-z]|${JOINT}[0-9])`, 'g');

/** Never within a pseudonym, which goes on with a letter, a digit, `_` or `-` on one side of any of its digits. */
const NAMED = new RegExp(`(?<![0-9A-Za-z_-])[0-9](?:${SEPARATOR}?[0-9]){7,8}(?![0-9A-Za-z_-])`, 'g');

/** In this order: a run or a led number that goes makes the groups beside it stand alone. */
export const FORMS: readonly RegExp[] = [PADDED, RUNS, LED, LED_EIGHT, EXPONENT, GROUPS];
/** Where a key says that a number stands there: each eight or nine digits, however they are separated, which frees groups too. */
export const NAMED_FORMS: readonly RegExp[] = [...FORMS, NAMED, GROUPS];
