import { describe, expect, it } from 'vitest';
import { parseStrictJson } from '../../src/api/strict-json.ts';
import { DatwatError } from '../../src/decision/errors.ts';

function read(text: string | Buffer, depth = 64) {
  return parseStrictJson(typeof text === 'string' ? Buffer.from(text) : text, depth);
}

function problemsOf(text: string | Buffer, depth = 64) {
  try {
    read(text, depth);
  } catch (error) {
    if (error instanceof DatwatError) return error.problems;
    throw error;
  }
  return [];
}

function pointersOf(text: string) {
  return problemsOf(text).map(({ pointer }) => pointer);
}

const nested = (levels: number) => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;

describe('reading a body strictly', () => {
  it('gives what JSON.parse gives for a good body', () => {
    const text =
      '{"a":[1,-2.5,1e3,0.1,1.10,true,null,"é\\u0041\\ud83d\\ude00 : { [ \\" \\\\"],"b":{},"c":100000000000000000000}';
    expect(read(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['nothing at all', ''],
    ['white space', '  \n'],
    ['broken JSON', '{"a":'],
    ['trailing text', '{"a":1} x'],
    ['a trailing comma', '{"a":1,}'],
    ['a leading zero', '{"a":01}'],
    ['an array', '[{"a":1}]'],
    ['a string', '"a"'],
    ['null', 'null'],
    ['a byte order mark', '\ufeff{"a":1}'],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['an encoded surrogate', Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d])],
  ])('refuses %s as a whole', (_, text) => {
    expect(problemsOf(text)).toEqual([{ pointer: '', detail: expect.any(String) }]);
  });

  it('counts depth, inside strings not', () => {
    expect(problemsOf(nested(64))).toEqual([]);
    expect(problemsOf(nested(65))).toEqual([{ pointer: '', detail: 'The body is nested deeper than 64 levels' }]);
    expect(problemsOf(`{"a":"${'['.repeat(100)}"}`)).toEqual([]);
    expect(problemsOf('['.repeat(1_000_000))).toHaveLength(1);
  });

  it('names the place of each duplicate key, however it is written', () => {
    expect(pointersOf('{"a":1,"b":{"c":1,"c":2},"\\u0061":[{"d":1,"d":1}]}')).toEqual(['/b/c', '/a', '/a/0/d']);
    expect(pointersOf('{"__proto__":1,"__proto__":2}')).toEqual(['/__proto__']);
  });

  it('is not misled by colons in texts', () => {
    expect(read('{"a:b":"c:d\\":","e":":"}')).toEqual({ 'a:b': 'c:d":', e: ':' });
  });

  it('names the place of each number that would change', () => {
    const numbers = ['12345678901234567890', '1e400', '-1e400', '9007199254740993', '0.12345678901234567', '1e-400'];
    expect(pointersOf(`{"n":[${numbers.join(',')}]}`)).toEqual(numbers.map((_, index) => `/n/${index}`));
  });

  it.each([
    '0.1',
    '0.10',
    '1.0',
    '1E2',
    '1e-7',
    '-0',
    '0',
    '9007199254740991',
    '123456789012345',
    '1e21',
    '5e-324',
    '0e999',
  ])('accepts %s', (number) => expect(problemsOf(`{"n":${number}}`)).toEqual([]));

  it('names the place of lone surrogates, in texts and in keys', () => {
    expect(pointersOf('{"a":"\\ud800","b":["\\udc00x"],"c":"\\ud83d\\ude00","d":{"\\ud800":1}}')).toEqual([
      '/a',
      '/b/0',
      '/d',
    ]);
    expect(problemsOf('{"a":"\\\\ud800"}')).toEqual([]);
  });

  it('never repeats a key that may be data', () => {
    const problems = problemsOf('{"Jan Jansen":{"999990019":1,"999990019":2},"a":{"9-9-9-9-9-0-0-1-9":"\\ud800"}}');
    expect(JSON.stringify(problems)).not.toMatch(/Jan|999|9-9/);
    expect(problems.map(({ pointer }) => pointer)).toEqual(['', '/a']);
  });

  it('keeps __proto__ and constructor as ordinary keys', () => {
    const value = read('{"__proto__":{"x":1},"constructor":2}');
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('stays quick on hostile texts of the full size', () => {
    const size = 1_000_000;
    // Each of these takes minutes where a step is quadratic; the runner's own time limit is the assertion.
    expect(problemsOf(`{"n":0.1${'0'.repeat(size)}1}`)).toHaveLength(1);
    expect(problemsOf(`{"a":"\\ud800${'\\n'.repeat(size / 2)}"}`)).toHaveLength(1);
    expect(problemsOf(`{${'"a":1,'.repeat(size / 6)}"a":1}`)).toHaveLength(50);
    expect(problemsOf(`{"a":"${'\\'.repeat(size)}`)).toHaveLength(1);
  });
});
