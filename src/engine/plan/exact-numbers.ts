import { spendInteger, spendPower } from './work.ts';

/**
 * Rego's numbers are decimals of any size. Here a number is a JavaScript number as long as that is the same decimal
 * (the one that `String(n)` writes), and a `Decimal` otherwise, so that nothing is rounded silently.
 */

/** A value that JavaScript has no form of its own for. */
export abstract class Exotic {}

/** coefficient × 10^exponent, for a number that a JavaScript number would change, or whose spelling matters (`1.0`). */
export class Decimal extends Exotic {
  readonly coefficient: bigint;
  readonly exponent: number;
  /** As it was written in the policy or the JSON; results of sums have none. */
  readonly text: string | undefined;

  constructor(coefficient: bigint, exponent: number, text?: string) {
    super();
    this.coefficient = coefficient;
    this.exponent = exponent;
    this.text = text;
  }
}

export type Numeric = number | Decimal;

/** Above this power of ten a number is refused: writing it out would cost memory without bound. */
const LARGEST_EXPONENT = 10_000;
/** A number of more digits is refused, so that no sum can fill the memory. */
const LARGEST = 10n ** 20_000n;
/** No double has a shortest form of more digits. */
const MOST_DIGITS_OF_DOUBLE = 10n ** 17n;
/** Digits of a quotient, as in OPA's Wasm (libmpdec's default context). */
const QUOTIENT_DIGITS = 18;

const NUMBER = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

export function isNumeric(value: unknown): value is Numeric {
  return typeof value === 'number' || value instanceof Decimal;
}

/** The number that a text of JSON or of a policy writes; undefined where it is none or too large. */
export function readNumber(text: string): Numeric | undefined {
  if (!JSON_NUMBER.test(text)) return undefined;
  const plain = Number(text);
  if (String(plain) === text) return plain;
  const read = readDecimal(text);
  return read === undefined ? undefined : new Decimal(read.coefficient, read.exponent, text);
}

function readDecimal(text: string): Decimal | undefined {
  const parts = NUMBER.exec(text);
  if (parts === null) return undefined;
  const [, sign, whole = '', fraction = '', power = '0'] = parts;
  const exponent = Number(power) - fraction.length;
  if (Math.abs(exponent) > LARGEST_EXPONENT || whole.length + fraction.length > LARGEST_EXPONENT) return undefined;
  const coefficient = BigInt(whole + fraction);
  return new Decimal(sign === '-' ? -coefficient : coefficient, exponent);
}

export function toDecimal(n: Numeric): Decimal {
  if (n instanceof Decimal) return n;
  if (Number.isSafeInteger(n)) return new Decimal(BigInt(n), 0);
  const read = readDecimal(String(n));
  if (read === undefined) throw new RangeError('not a finite number');
  return read;
}

/** Zeros and the power of ten that has them, each once from the many to the one: together any number of zeros. */
const POWERS = Array.from({ length: 15 }, (_, i) => [2 ** (14 - i), 10n ** BigInt(2 ** (14 - i))] as const);

/** The shortest form of the same number: no zeros at the end, and a JavaScript number where that is exact. */
export function simplest({ coefficient, exponent }: Decimal): Numeric {
  if (coefficient === 0n) return 0;
  if (exponent === 0 && coefficient <= 9007199254740991n && coefficient >= -9007199254740991n)
    return Number(coefficient);
  if (coefficient >= LARGEST || coefficient <= -LARGEST) throw new RangeError('a number is too large or too small');
  spendInteger(coefficient);
  let c = coefficient;
  let e = exponent;
  if (c % 10n === 0n) {
    for (const [zeros, power] of POWERS) {
      if (c % power !== 0n) continue;
      c /= power;
      e += zeros;
    }
  }
  if (Math.abs(e) > LARGEST_EXPONENT) throw new RangeError('a number is too large or too small');
  if (c >= MOST_DIGITS_OF_DOUBLE || c <= -MOST_DIGITS_OF_DOUBLE) return new Decimal(c, e);
  const plain = Number(`${c}e${e}`);
  if (Number.isFinite(plain)) {
    const back = readDecimal(String(plain));
    if (back !== undefined && compareDecimals(back, new Decimal(c, e)) === 0) return plain;
  }
  return new Decimal(c, e);
}

function aligned(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  spendPower(Math.max(a.exponent, b.exponent) - exponent);
  spendInteger(a.coefficient);
  spendInteger(b.coefficient);
  return [
    a.coefficient * 10n ** BigInt(a.exponent - exponent),
    b.coefficient * 10n ** BigInt(b.exponent - exponent),
    exponent,
  ];
}

function compareDecimals(a: Decimal, b: Decimal): number {
  const [x, y] = aligned(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

export function compareNumbers(a: Numeric, b: Numeric): number {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0;
  return compareDecimals(toDecimal(a), toDecimal(b));
}

export function add(a: Numeric, b: Numeric): Numeric {
  if (typeof a === 'number' && typeof b === 'number' && Number.isSafeInteger(a) && Number.isSafeInteger(b)) {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  const [x, y, exponent] = aligned(toDecimal(a), toDecimal(b));
  return simplest(new Decimal(x + y, exponent));
}

export function negate(a: Numeric): Numeric {
  if (typeof a === 'number') return a === 0 ? 0 : -a;
  return simplest(new Decimal(-a.coefficient, a.exponent));
}

export function multiply(a: Numeric, b: Numeric): Numeric {
  if (typeof a === 'number' && typeof b === 'number' && Number.isSafeInteger(a) && Number.isSafeInteger(b)) {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product === 0 ? 0 : product;
  }
  const x = toDecimal(a);
  const y = toDecimal(b);
  spendInteger(x.coefficient);
  spendInteger(y.coefficient);
  return simplest(new Decimal(x.coefficient * y.coefficient, x.exponent + y.exponent));
}

/** Exact where it is an integer or ends within 18 digits, else rounded half away from zero; undefined for a division by zero. */
export function divide(a: Numeric, b: Numeric): Numeric | undefined {
  const x = toDecimal(a);
  const y = toDecimal(b);
  if (y.coefficient === 0n) return undefined;
  if (x.coefficient === 0n) return 0;
  const negative = x.coefficient < 0n !== y.coefficient < 0n;
  const n = x.coefficient < 0n ? -x.coefficient : x.coefficient;
  const d = y.coefficient < 0n ? -y.coefficient : y.coefficient;
  const power = x.exponent - y.exponent;
  const shift = Math.max(0, power, QUOTIENT_DIGITS + 1 - (digits(n) - digits(d)));
  spendPower(shift);
  spendPower(shift - power);
  const scaled = n * 10n ** BigInt(shift);
  spendInteger(scaled);
  const quotient = scaled / d;
  const unit = 10n ** BigInt(shift - power);
  if (scaled % d === 0n && quotient % unit === 0n) return fromInteger(negative ? -quotient / unit : quotient / unit);
  // A remainder only matters where the digits in hand look like an exact half.
  const sticky = scaled % d === 0n ? quotient * 10n : quotient * 10n + 1n;
  const rounded = toDigits(new Decimal(sticky, power - shift - 1), QUOTIENT_DIGITS);
  return simplest(new Decimal(negative ? -rounded.coefficient : rounded.coefficient, rounded.exponent));
}

function digits(n: bigint): number {
  return n.toString().length;
}

function toDigits(n: Decimal, wanted: number): Decimal {
  const excess = digits(n.coefficient) - wanted;
  if (excess <= 0) return n;
  const unit = 10n ** BigInt(excess);
  const kept = n.coefficient / unit + ((n.coefficient % unit) * 2n >= unit ? 1n : 0n);
  return new Decimal(kept, n.exponent + excess);
}

/** The integer that this number is, whatever its spelling (`10e-1` is one); undefined where it is none. */
export function toInteger(n: Numeric): bigint | undefined {
  if (typeof n === 'number' && Number.isSafeInteger(n)) return BigInt(n);
  const { coefficient, exponent } = toDecimal(n);
  spendPower(Math.abs(exponent));
  if (exponent >= 0) return coefficient * 10n ** BigInt(exponent);
  const unit = 10n ** BigInt(-exponent);
  return coefficient % unit === 0n ? coefficient / unit : undefined;
}

export function fromInteger(n: bigint): Numeric {
  return simplest(new Decimal(n, 0));
}

/** Rounded to an integer: `half` away from zero, `down` and `up` towards the infinities, `cut` towards zero. */
export function roundTo(n: Numeric, way: 'half' | 'down' | 'up' | 'cut'): bigint {
  const { coefficient, exponent } = toDecimal(n);
  spendPower(Math.abs(exponent));
  if (exponent >= 0) return coefficient * 10n ** BigInt(exponent);
  const unit = 10n ** BigInt(-exponent);
  const cut = coefficient / unit;
  const rest = coefficient % unit;
  if (rest === 0n || way === 'cut') return cut;
  const outward = coefficient < 0n ? -1n : 1n;
  if (way === 'half') return (rest < 0n ? -rest : rest) * 2n >= unit ? cut + outward : cut;
  return way === 'down' ? (rest < 0n ? cut - 1n : cut) : rest > 0n ? cut + 1n : cut;
}

/** As JSON writes it, the spelling kept where there is one. */
export function numberText(n: Numeric): string {
  if (typeof n === 'number') return String(n === 0 ? 0 : n);
  if (n.text !== undefined) return n.text;
  spendInteger(n.coefficient);
  const negative = n.coefficient < 0n;
  const all = (negative ? -n.coefficient : n.coefficient).toString();
  const sign = negative ? '-' : '';
  if (n.exponent >= 0) return sign + all + '0'.repeat(n.exponent);
  const padded = all.padStart(1 - n.exponent, '0');
  return `${sign}${padded.slice(0, n.exponent)}.${padded.slice(n.exponent)}`;
}
