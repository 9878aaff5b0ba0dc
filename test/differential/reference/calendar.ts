/** Dates (domain.md §7.18): texts `YYYY-MM-DD`, by the Dutch calendar; ends are inclusive. */
import type { Json } from '../../../src/decision/model.ts';
import { normaliseDate } from '../../../src/decision/time.ts';

/** The Dutch calendar date of a date or instant, or undefined where it is neither. */
export function dateOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? normaliseDate(value) : undefined;
}

/** Completed years on a day. Who is born on 29 February has a birthday on 1 March in other years. */
export function ageOn(birthDate: string, today: string): number {
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return today.slice(5) >= birthDate.slice(5) ? years : years - 1;
}

/** True where today lies in [from, until]; a bound that is absent is open, one that cannot be read keeps it shut. */
export function within(from: Json | undefined, until: Json | undefined, today: string): boolean {
  const start = from === undefined || from === null ? '0000-00-00' : dateOf(from);
  const end = until === undefined || until === null ? '9999-99-99' : dateOf(until);
  return start !== undefined && end !== undefined && start <= today && today <= end;
}
