import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assemble, assembleInParts, cutDocument } from '../../src/engine/plan/document-parts.ts';
import { parseValue } from '../../src/engine/plan/exact-json.ts';
import { toJsonText } from '../../src/engine/plan/json-text.ts';
import { turnsDuring } from '../support/waiting.ts';

const document = fc.dictionary(
  fc.oneof(fc.string(), fc.constantFrom('__proto__', '0', '"{', '\\', 'é\u2028')),
  fc.jsonValue(),
);

it('a document that was cut is the same document again, whatever is in it and however small the parts', async () => {
  await fc.assert(
    fc.asyncProperty(document, fc.integer({ min: 1, max: 60 }), fc.constantFrom(0, 2), async (value, size, spaces) => {
      const text = JSON.stringify(value, null, spaces);
      const cut = cutDocument(text, size);
      expect(assemble(cut)).toEqual(JSON.parse(text));
      expect(Object.keys(assemble(cut))).toEqual(Object.keys(JSON.parse(text)));
      expect(await assembleInParts(cut)).toEqual(JSON.parse(text));
    }),
  );
});

it('no part is larger than asked for, but for one member that cannot be cut', () => {
  const cells = Array.from({ length: 2000 }, (_, index) => [`cell ${index}`, { fields: ['a', 'b'], level: index }]);
  const { parts } = cutDocument(JSON.stringify({ matrix: { wmo: Object.fromEntries(cells) }, list: cells }), 1000);
  const sizes = parts.map(({ end }, index) => end - (parts[index - 1]?.end ?? 0));
  expect(parts.length).toBeGreaterThan(100);
  expect(Math.max(...sizes)).toBeLessThan(1100);
});

it('others come to their turn between two parts', async () => {
  const cut = cutDocument(
    JSON.stringify(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`key ${i}`, i]))),
    50,
  );
  expect(cut.parts.length).toBeGreaterThan(10);
  expect(await turnsDuring(assembleInParts(cut))).toBeGreaterThanOrEqual(cut.parts.length - 1);
});

it('numbers stay as they were written, and one out of bounds is refused', () => {
  const text = '{"a": {"exact": 1.0, "long": 12345678901234567890, "list": [1e2, -0.10]}}';
  expect(toJsonText(assemble(cutDocument(text, 5)))).toBe(toJsonText(parseValue(text, false)));
  expect(() => assemble(cutDocument('{"a": {"b": 1e999999999999}}', 3))).toThrow(RangeError);
});

it('what is no object is no document', () => {
  for (const text of ['[1, 2]', '"text"', ' 1']) expect(() => assemble(cutDocument(text))).toThrow(SyntaxError);
});
