import { compare, equal } from '../values.ts';
import type { Builtin } from './budget.ts';

export const COMPARISON: Readonly<Record<string, Builtin>> = {
  equal: (_, a, b) => equal(a, b),
  neq: (_, a, b) => !equal(a, b),
  lt: (_, a, b) => (a === undefined || b === undefined ? undefined : compare(a, b) < 0),
  lte: (_, a, b) => (a === undefined || b === undefined ? undefined : compare(a, b) <= 0),
  gt: (_, a, b) => (a === undefined || b === undefined ? undefined : compare(a, b) > 0),
  gte: (_, a, b) => (a === undefined || b === undefined ? undefined : compare(a, b) >= 0),
};
