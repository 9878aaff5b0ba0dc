/**
 * Keeps the values of one metric label few and free of personal data: a plain word without digits, of which the first so many
 * become a value of their own, and everything else is `other`.
 */
export interface BoundedLabel {
  /** The value to count under. `''` is `none`. */
  of(word: string): string;
  /** The same, but a word that was not accepted before is not accepted now. */
  known(word: string): string;
}

const PLAIN_WORD = /^[A-Za-z][A-Za-z_.-]{0,47}$/;

export function createBoundedLabel(most: number): BoundedLabel {
  const accepted = new Set<string>();
  return {
    of(word) {
      if (word === '') return 'none';
      if (accepted.has(word)) return word;
      if (accepted.size >= most || !PLAIN_WORD.test(word)) return 'other';
      accepted.add(word);
      return word;
    },
    known(word) {
      if (word === '') return 'none';
      return accepted.has(word) ? word : 'other';
    },
  };
}
