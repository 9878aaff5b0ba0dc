import {
  add,
  divide,
  fromInteger,
  isNumeric,
  multiply,
  type Numeric,
  negate,
  roundTo,
  toDecimal,
  toInteger,
} from '../exact-numbers.ts';
import { RegoSet, type Value } from '../values.ts';
import { spend } from '../work.ts';
import type { Budget, Builtin } from './budget.ts';

/** More bits than this are refused, as a shift could otherwise fill the memory. */
const MOST_BITS = 65_536n;

function unary(calculate: (n: Numeric) => Numeric): Builtin {
  return (_, n) => (isNumeric(n) ? calculate(n) : undefined);
}

function binary(calculate: (a: Numeric, b: Numeric) => Numeric | undefined): Builtin {
  return (_, a, b) => (isNumeric(a) && isNumeric(b) ? calculate(a, b) : undefined);
}

function onIntegers(calculate: (a: bigint, b: bigint) => bigint | undefined): Builtin {
  return binary((a, b) => {
    const x = toInteger(a);
    const y = toInteger(b);
    const result = x === undefined || y === undefined ? undefined : calculate(x, y);
    return result === undefined ? undefined : fromInteger(result);
  });
}

function minus(_: Budget, a: Value | undefined, b: Value | undefined): Value | undefined {
  if (isNumeric(a) && isNumeric(b)) return add(a, negate(b));
  if (!(a instanceof RegoSet) || !(b instanceof RegoSet)) return undefined;
  spend(a.size);
  return RegoSet.of([...a.members.values()].filter((member) => !b.has(member)));
}

export const ARITHMETIC: Readonly<Record<string, Builtin>> = {
  plus: binary(add),
  minus,
  set_diff: (budget, a, b) => (a instanceof RegoSet ? minus(budget, a, b) : undefined),
  mul: binary(multiply),
  div: binary(divide),
  rem: onIntegers((a, b) => (b === 0n ? undefined : a % b)),
  abs: unary((n) => (toDecimal(n).coefficient < 0n ? negate(n) : n)),
  round: unary((n) => fromInteger(roundTo(n, 'half'))),
  ceil: unary((n) => fromInteger(roundTo(n, 'up'))),
  floor: unary((n) => fromInteger(roundTo(n, 'down'))),
  'bits.or': onIntegers((a, b) => a | b),
  'bits.and': onIntegers((a, b) => a & b),
  'bits.xor': onIntegers((a, b) => a ^ b),
  'bits.negate': (_, n) => {
    const integer = isNumeric(n) ? toInteger(n) : undefined;
    return integer === undefined ? undefined : fromInteger(~integer);
  },
  'bits.lsh': onIntegers((a, b) => (b < 0n || b > MOST_BITS ? undefined : a << b)),
  // A shift by more than all bits leaves the sign, whatever its size; JavaScript refuses a very large one.
  'bits.rsh': onIntegers((a, b) => (b < 0n ? undefined : b > MOST_BITS ? (a < 0n ? -1n : 0n) : a >> b)),
};
