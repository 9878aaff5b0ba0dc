import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '../../src');

/** What each room is asked for, so that the message of a forbidden import names the way to go. */
const ASK = 'give it a port in src/decision/ports.ts and let src/main.ts hand in the part';

/** What puts the rooms together, and so knows all of them: two files and two folders. */
const COMPOSING = ['(composition)', 'cli', 'config'];
const COMPOSERS = ['main.ts', 'app.ts', 'product.ts'];

interface Import {
  readonly from: string;
  readonly what: string;
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b(?!\s+type\b)[^;'"]*?from\s+'([^']+)'|\bimport\('([^']+)'\)|(?:^|\n)import\s+'([^']+)'/g,
  );
  return [...found].map((match) => ({ from: file, what: match[1] ?? match[2] ?? match[3] ?? '' }));
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const imports = files.flatMap(importsOf);
const room = (file: string) => (file.includes(sep) ? (file.split(sep)[0] ?? '') : '(composition)');

function target({ from, what }: Import): string {
  return relative(SRC, normalize(join(SRC, dirname(from), what)));
}

describe('the import rule', () => {
  it('rooms know decision/ and never each other', () => {
    const wrong = imports
      .filter(({ from, what }) => what.startsWith('.') && !COMPOSING.includes(room(from)))
      .filter((entry) => room(target(entry)) !== room(entry.from) && room(target(entry)) !== 'decision')
      .filter((entry) => !(room(entry.from) === 'dashboard' && target(entry).startsWith(join('ledger', 'read'))))
      .map((entry) => `${entry.from} imports ${target(entry)}: ${ASK}`);
    expect(wrong).toEqual([]);
  });

  it('the core imports no package and no other room', () => {
    const wrong = imports
      .filter(({ from }) => room(from) === 'decision')
      .filter((entry) => !entry.what.startsWith('./'))
      .map((entry) => `${entry.from} imports ${entry.what}: ${ASK}`);
    expect(wrong).toEqual([]);
  });

  it('only the composition and the command line know the rooms', () => {
    const composers = files.filter((file) => room(file) === '(composition)');
    expect(composers.filter((file) => !COMPOSERS.includes(file))).toEqual([]);
  });

  it('each package has one importer in a room, so that its habits stay behind one file', () => {
    const importers = new Map<string, Set<string>>();
    for (const { from, what } of imports) {
      if (what.startsWith('.') || what.startsWith('node:')) continue;
      const name = what
        .split('/')
        .slice(0, what.startsWith('@') ? 2 : 1)
        .join('/');
      const place = `${name} in ${room(from)}`;
      importers.set(place, (importers.get(place) ?? new Set()).add(from));
    }
    const many = [...importers]
      .filter(([, where]) => where.size > 1)
      .map(([place, where]) => `${place}: ${[...where].join(', ')}`);
    expect(many).toEqual([]);
  });
});
