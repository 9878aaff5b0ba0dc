/**
 * A JSON pointer (RFC 6901) for a problem report.
 * INVARIANT: repeats nothing personal. Keys can be data too, so the pointer stops above the first key that is no plain name.
 */
const PLAIN_NAME = /^(?:[A-Za-z_@$][A-Za-z0-9_.:@$-]{0,63}|\d{1,7})$/;
const MANY_DIGITS = /(?:\d[ .-]?){8}/;

export function jsonPointer(steps: readonly (string | number)[]): string {
  let pointer = '';
  for (const step of steps) {
    if (typeof step === 'string' && (!PLAIN_NAME.test(step) || MANY_DIGITS.test(step))) break;
    pointer += `/${step}`;
  }
  return pointer;
}
