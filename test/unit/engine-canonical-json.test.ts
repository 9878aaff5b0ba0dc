import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/engine/canonical-json.ts';

describe('the canonical text that OPA hashes', () => {
  it.each([
    ['sorts keys and drops whitespace', ' { "b" : 1 , "a" : [ true , null , "x" ] } ', '{"a":[true,null,"x"],"b":1}'],
    [
      'keeps number literals as they were written',
      '[1.0,1e3,1E+3,-0,123456789012345678901234567890]',
      '[1.0,1e3,1E+3,-0,123456789012345678901234567890]',
    ],
    [
      'sorts by UTF-8 bytes and not by UTF-16 units',
      '{"\u{1f600}":1,"\ufb01":2,"z":3}',
      '{"z":3,"\ufb01":2,"\u{1f600}":1}',
    ],
    [
      'writes escapes as Go does',
      '["\\u0041\\/<>&\\u2028\u2029\\b\\f\\u001f\\u007f"]',
      '["A/<>&\\u2028\\u2029\\b\\f\\u001f\u007f"]',
    ],
    ['sorts keys by what they spell', '{"b":1,"\\u0061":2}', '{"a":2,"b":1}'],
    ['keeps __proto__ as data', '{"__proto__":{"a":1}}', '{"__proto__":{"a":1}}'],
    ['takes a bare value', ' "x" ', '"x"'],
    ['takes empty things', '{"a":{},"b":[ ]}', '{"a":{},"b":[]}'],
  ])('%s', (_, text, canonical) => {
    expect(canonicalJson(text)).toBe(canonical);
    expect(JSON.parse(canonical)).toEqual(JSON.parse(text));
  });

  it.each([
    ['a key twice', '{"a":1,"a":1}'],
    ['a key twice, once by an escape', '{"a":1,"\\u0061":2}'],
    ['a trailing comma', '[1,2,]'],
    ['trailing text', '{} x'],
    ['a leading zero', '[01]'],
    ['half a surrogate pair', '["\\ud800"]'],
    ['more than 512 levels', '['.repeat(600) + ']'.repeat(600)],
    ['nothing', ''],
  ])('refuses %s', (_, text) => {
    expect(() => canonicalJson(text)).toThrow(SyntaxError);
  });
});
