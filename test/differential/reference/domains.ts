/** Sub-domains (domain.md §7.15): `participatie` covers `participatie.inkomen`, by dot segments. */

/** For what opens: the wider domain covers the narrower, never the reverse. */
export function covers(wide: string, narrow: string): boolean {
  return narrow === wide || narrow.startsWith(`${wide}.`);
}

/** For what closes: any overlap counts. */
export function overlap(one: string, other: string): boolean {
  return covers(one, other) || covers(other, one);
}
