import type { Value } from '../values.ts';
import type { Budget, Builtin } from './budget.ts';

type Alphabet = 'base64' | 'base64url';
const LETTERS = { base64: /^[A-Za-z0-9+/]*={0,2}$/, base64url: /^[A-Za-z0-9_-]*={0,2}$/ } as const;

/** Strict, unlike Buffer: the alphabet, the padding and the length must be right. Line ends are skipped, as in Go. */
function decoded(text: string, alphabet: Alphabet): Buffer | undefined {
  const letters = text.replace(/[\r\n]/g, '');
  return LETTERS[alphabet].test(letters) && letters.length % 4 === 0 ? Buffer.from(letters, alphabet) : undefined;
}

/** With the padding that may be left out; OPA counts line ends when it looks how much that is. */
function padded(text: string): string {
  return text.endsWith('=') ? text : text + '='.repeat((4 - (text.length % 4)) % 4);
}

function encode(alphabet: Alphabet): Builtin {
  return (budget, text) => {
    if (typeof text !== 'string') return undefined;
    budget.spend(1 + Math.ceil(text.length / 64));
    const encoded = Buffer.from(text).toString('base64');
    return alphabet === 'base64' ? encoded : encoded.replaceAll('+', '-').replaceAll('/', '_');
  };
}

function decode(alphabet: Alphabet) {
  return (budget: Budget, text?: Value): Value | undefined => {
    if (typeof text !== 'string') return undefined;
    budget.spend(1 + Math.ceil(text.length / 64));
    return decoded(alphabet === 'base64url' ? padded(text) : text, alphabet)?.toString();
  };
}

export const ENCODINGS: Readonly<Record<string, Builtin>> = {
  'base64.encode': encode('base64'),
  'base64.decode': decode('base64'),
  'base64.is_valid': (budget, text) => typeof text === 'string' && decode('base64')(budget, text) !== undefined,
  'base64url.encode': encode('base64url'),
  'base64url.decode': decode('base64url'),
};
