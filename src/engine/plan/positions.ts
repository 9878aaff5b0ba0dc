import { type Numeric, numberText } from './exact-numbers.ts';

const POSITION = /^[+-]?(\d*)(?:\.0*)?$/;
const MOST_DIGITS = 19;
const MOST = 2n ** 63n - 1n;

/**
 * The position in a list that a text spells, as OPA reads it: an integer of 64 bits, with a fraction of zeros or without
 * (`2`, `02`, `+2`, `2.0`), never with a power of ten (`2e0`). Undefined where it spells none.
 */
export function textPosition(text: string): bigint | undefined {
  const signed = text.startsWith('-') || text.startsWith('+');
  const length = text.length - (signed ? 1 : 0);
  const digits = POSITION.exec(text)?.[1];
  if (digits === undefined || length === 0 || length > MOST_DIGITS) return undefined;
  const position = BigInt(digits);
  if (position > MOST) return undefined;
  return text.startsWith('-') ? -position : position;
}

/** The same for a number, whose spelling counts. */
export function positionOf(n: Numeric): bigint | undefined {
  return typeof n === 'number' && Number.isSafeInteger(n) ? BigInt(n) : textPosition(numberText(n));
}
