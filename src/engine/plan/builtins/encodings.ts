import type { Value } from '../values.ts';
import type { Budget, Builtin } from './budget.ts';

type Alphabet = 'base64' | 'base64url';
const LETTERS = { base64: /^[A-Za-z0-9+/]*={0,2}$/, base64url: /^[A-Za-z0-9_-]*={0,2}$/ } as const;

/** Strict, unlike Buffer: the alphabet and, where there is padding, its length must be right. Line ends are skipped, as in Go. */
function decoded(text: string, alphabet: Alphabet, padding: 'must' | 'may'): Buffer | undefined {
  const letters = text.replace(/[\r\n]/g, '');
  if (!LETTERS[alphabet].test(letters)) return undefined;
  const padded = letters.endsWith('=') || padding === 'must';
  if (padded ? letters.length % 4 !== 0 : letters.length % 4 === 1) return undefined;
  return Buffer.from(letters, alphabet);
}

function encode(alphabet: Alphabet): Builtin {
  return (budget, text) => {
    if (typeof text !== 'string') return undefined;
    budget.spend(1 + Math.ceil(text.length / 64));
    const encoded = Buffer.from(text).toString('base64');
    return alphabet === 'base64' ? encoded : encoded.replaceAll('+', '-').replaceAll('/', '_');
  };
}

function decode(alphabet: Alphabet, padding: 'must' | 'may') {
  return (budget: Budget, text?: Value): Value | undefined => {
    if (typeof text !== 'string') return undefined;
    budget.spend(1 + Math.ceil(text.length / 64));
    return decoded(text, alphabet, padding)?.toString();
  };
}

export const ENCODINGS: Readonly<Record<string, Builtin>> = {
  'base64.encode': encode('base64'),
  'base64.decode': decode('base64', 'must'),
  'base64.is_valid': (_, text) => typeof text === 'string' && decoded(text, 'base64', 'must') !== undefined,
  'base64url.encode': encode('base64url'),
  'base64url.decode': decode('base64url', 'may'),
};
