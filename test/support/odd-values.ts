/**
 * Values that a builtin does not expect, in Rego: null, false, numbers spelled oddly, empty things, sets, and objects with
 * keys that are no strings. No number beyond 2^53 and no key spelled `1.0`: those never leave, or leave as another text.
 */
export const ODD_VALUES: readonly string[] = [
  ...['null', 'false', 'true', '0', '1', '-1', '2', '3', '10', '16', '0.5', '-2.5', '1.0', '4e1'],
  ...['""', '"a"', '"b"', '"a/b"', '"/a"', '"😀x"', '"10"'],
  ...[
    '[]',
    '[null]',
    '[false]',
    '["a"]',
    '[1, 2]',
    '["a", "b"]',
    '[["a"]]',
    '[["a", null]]',
    '[["a", "b"]]',
    '["a/b"]',
  ],
  ...['[[], ["a"]]', '["b", ""]', '[{}]', '[{"a": 1}, {"b": null}]', '[null, 1]', '[[null]]', '[0]', '[true, false]'],
  ...['{}', '{"a": 1}', '{"a": null}', '{"a": false}', '{"a": {"b": null}}', '{"a": {}}', '{"": 1}', '{"1": 2}'],
  ...['{"a": ["a", "b"], "b": ["a"]}', '{"a": null, "b": ["a", null]}', '{"a": [{"b": 1}, null]}', '{"a": "x"}'],
  ...['{null: 1}', '{null: null}', '{["a"]: 1}', '{1: 2}', '{{"a"}: null}', '{{"a": 1}: 2}', '{true: false, "a": "b"}'],
  ...['{"a": {"b"}, "b": set()}', '{"a": {null, "a"}}', '{["a", "b"]: {null}}', '{false: null}'],
  ...['set()', '{null}', '{false}', '{true}', '{"a"}', '{"a", "b"}', '{1, 2}', '{1.0}', '{null, "a"}', '{[null]}'],
  ...[
    '{["a"]}',
    '{[]}',
    '{["a", "b"], "b"}',
    '{{"a"}}',
    '{{1}, {2}}',
    '{{null}, {1}}',
    '{{1}, "a"}',
    '{set()}',
    '{{}}',
  ],
];

/** The same for a third argument, as every triple is asked. */
export const FEW_VALUES: readonly string[] = [
  ...['null', 'false', '0', '-1', '2', '""', '"a"', '"é😀x"', '[]', '[null]', '["a"]', '["a", "b"]', '["a", null]'],
  ...['{}', '{"a": null}', '{"a": {"b": null}}', '{"a": ["b", null]}', '{null: false}', '{["a"]: null}', '{{"a"}: 2}'],
  ...['{false: 1}', '{[]: 1}', 'set()', '{null}', '{"a": {null, "b"}}'],
];

/** What a builtin that takes a text may be given. */
export const ODD_TEXTS: readonly string[] = [
  ...['null', 'false', '1', '2', '-1', '16', '1.0', '[]', '[null]', '["a", "b"]', '{"a", "b"}', '{"a": "b"}', 'set()'],
  ...[
    ...['', 'a', 'A', 'aba', 'a/b/c', 'a.b', ' \t\u0085\u00a0x\u2003\ufeff', '\n', 'a\u2028b', 'é', 'e\u0301', '😀'],
    ...['İ', 'ı', 'ß', 'ς', 'Σ', 'ǅ', 'ﬀ', 'ᾳ', '\ufffd', '__proto__'],
    ...[
      'a*',
      '**',
      '?',
      '[ab]',
      '[!a-c]',
      '{a,b}',
      '(a)(b)?',
      'a|',
      '(?i)A',
      '\\d+',
      '[[:alpha:]]+',
      'x*',
      '\\b',
      '(a',
      '\\1',
    ],
    ...['-0', '1.', '1e5', '0x10', '[1,]', '{"a":1,"a":2}', '"\\ud800"', 'tru', '1 2', '[null]', 'null'],
    ...['YQ==', 'YQ', 'YQ==\n', 'Y\nQ', 'YR==', '_-8=', '+/8=', '===='],
    ...['10.0.0.0/8', '10.0.0.1/08', '10.0.0.0/33', '10.0.0.1', '010.0.0.1', '::/0', '::1', '2001:db8::/32'],
    ...['::ffff:10.0.0.1', '::ffff:10.0.0.0/104', '::FFFF:0:0/95', 'fe80::1%eth0', '10.0.0.0/8/8'],
  ].map((text) => JSON.stringify(text).replaceAll('\ufeff', '\\ufeff')),
];
