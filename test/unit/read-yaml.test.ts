import { expect, test } from 'vitest';
import { readsDifferentlyInYaml11, readYaml, YamlError } from '../../src/cli/read-yaml.ts';

function problemsOf(text: string): string[] {
  try {
    readYaml(text, 'f.yaml');
  } catch (error) {
    if (error instanceof YamlError) return error.message.split('\n');
    throw error;
  }
  return [];
}

test('a text becomes its JSON value, with words and dates kept as YAML 1.2 reads them', () => {
  expect(readYaml('a: no\nb: "0363"\nc: [1, 1.5, true, null]\nd: 2026-01-01\n', 'f').value).toEqual({
    a: 'no',
    b: '0363',
    c: [1, 1.5, true, null],
    d: '2026-01-01',
  });
});

test('an empty text is null', () => {
  expect(readYaml('', 'f').value).toBeNull();
});

test('a key that stands twice is an error with its place', () => {
  expect(problemsOf('a: 1\nb:\n  c: 1\n  c: 2\n')).toEqual([
    'f.yaml:4:3: this key stands twice in the same map; keep one of the two',
  ]);
});

test.each([
  ['an unknown alias', 'a: *nowhere\n', /^f\.yaml:1:4: /],
  ['a second document', 'a: 1\n---\nb: 2\n', /^f\.yaml:2:1: a second document/],
  ['an unknown tag', 'a: !thing 1\n', /^f\.yaml:1:4: this tag is unknown/],
  ['a whole number that a double rounds', 'oin: 12345678901234567890\n', /^f\.yaml:1:6: this number/],
  ['a code that would lose its zero', 'gemeente: 0363\n', /^f\.yaml:1:11: this number/],
  ['infinity', 'a: .inf\n', /^f\.yaml:1:4: this number/],
  ['a map as key', '? {a: 1}\n: 2\n', /^f\.yaml:1:3: a key/],
  ['a broken list', 'a: [1, 2\nb: 3\n', /^f\.yaml:\d+:\d+: /],
])('%s is an error with its place', (_name, text, expected) => {
  expect(problemsOf(text)[0]).toMatch(expected);
});

test('aliases cannot be used to blow a small file up', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefg'
    .split('')
    .map((n, i) => `${n}: &${n} [${Array(9).fill(`*${'abcdef'[i]}`).join(',')}]\n`)
    .join('')}`;
  expect(problemsOf(bomb)[0]).toMatch(/^f\.yaml:1:1: .*alias/i);
});

test('a name that objects already have stays an ordinary key', () => {
  const { value } = readYaml('__proto__: {x: 1}\n', 'f');
  expect(Object.keys(value as object)).toEqual(['__proto__']);
});

test('a pointer gives the line of its key or item, and of the nearest thing around it where it is missing', () => {
  const { lineOf } = readYaml('# comment\na:\n  b~c/d:\n    - x\n    - y: 1\n', 'f');
  expect(lineOf('/a')).toBe(2);
  expect(lineOf('/a/b~0c~1d')).toBe(3);
  expect(lineOf('/a/b~0c~1d/1/y')).toBe(5);
  expect(lineOf('/a/b~0c~1d/1/z')).toBe(5);
  expect(lineOf('/elsewhere')).toBe(2);
});

test('what OPA would read as another value is pointed out', () => {
  const text =
    'code: 0363\nflag: no\nyes: 1\ntime: 12:30\nplain: word\nquoted: "0363"\ndate: 2026-01-01\ncount: 12\nb: true\n';
  expect(readsDifferentlyInYaml11(text).map((p) => `${p.line}:${p.column}`)).toEqual(['1:7', '2:7', '3:1', '4:7']);
});
