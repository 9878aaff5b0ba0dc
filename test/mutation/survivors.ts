/** Why a mutant of this line of code may live: it means the same, or only costs time. A line that is not here is a missing test. */
const FASTER = 'only slower: the way beside it does the same';
const NEVER_READ = 'means the same: what there is none of is in no set';

export const SURVIVORS: Readonly<Record<string, string>> = {
  'const builtins: string[] = [];': 'means the same: no call has the name that is too many',
  'const numbers: string[] = [];': 'means the same: no constant is the one that is too many',
  'return `b${known < 0 ? builtins.push(name) - 1 : known}`;': 'only longer code: a builtin is listed twice',
  "if (typeof value === 'number') return literal(value);": FASTER,
  "if ('result' in s) inData.delete(s.result);": NEVER_READ,
  "const base = s.source.kind === 'local' && inData.has(s.source.local);": NEVER_READ,
  "if (s.key.kind === 'constant' && isPlainName(s.key.value)) {": FASTER,
  "const way = s.key.kind === 'constant' && typeof s.key.value === 'string' ? 'dot' : base ? 'getBase' : 'get';":
    FASTER,
  "case 'NopStmt':": 'means the same: nothing is emitted',
  "if (s.key.kind === 'constant' && records.has(s.object)) {": FASTER,
  "a.kind === 'constant' || b.kind === 'constant' ? `${read(a)}===${read(b)}` : `equal(${read(a)},${read(b)})`;":
    FASTER,
  'const arity = index === undefined ? plan.builtins.get(s.func) : plan.functions[index]?.params.length;':
    'means the same: the index comes from the list; the question mark is for the compiler',
  "lines.push(`${target}=${path === '' ? read(s.value) : `upsert(${target},[${path}],${read(s.value)})`};`);": FASTER,
  'if (f.params.length === 2) {': 'means the same: of two functions of one name the later one stands',
  '\'"use strict";\',': 'means the same for code without a slip; strictness shows slips of the generator itself',
  "return { text: [...head, ...lines, tail].join('\\n'), builtins, numbers, paths: pathsOf(plan) };":
    'means the same: every line ends in a semicolon or a brace',
  'const visit = (block: Block): void => {': FASTER,
  'for (const s of block.statements) {': FASTER,
  "if (s.type === 'MakeObjectStmt') made.add(s.target);": FASTER,
  "const known = s.type === 'ObjectInsertStmt' && s.key.kind === 'constant' && typeof s.key.value === 'string';":
    FASTER,
  "if (!known || s.key.value === '__proto__') other.add(s.object);": FASTER,
  "if ('target' in s) other.add(s.target);": NEVER_READ,
  "if ('result' in s) other.add(s.result);": NEVER_READ,
  "if (s.type === 'ScanStmt') other.add(s.key).add(s.value);": NEVER_READ,
  "if (s.type === 'WithStmt') other.add(s.local);": NEVER_READ,
  'blocks.forEach(visit);': FASTER,
  "return typeof simple === 'number' ? numberText(simple) : `${simple.coefficient}e${simple.exponent}`;":
    'means the same: the digits written out are one text per number as well',
  "if (value === undefined) throw new RangeError('a key of a value is not there');":
    'means the same: who looks a key up has it from the value itself',
  'return `{${keys(value)': 'means the same: the keys come in order',
  "if (typeof source !== 'object' || source === null || key === undefined) return undefined;": FASTER,
  "return typeof index === 'number' && Number.isInteger(index) && index >= 0 ? source[index] : undefined;":
    'means the same: a list has nothing at such a position',
  'export function isPlainName(key: unknown): key is string {': FASTER,
  "return typeof key === 'string' && !INHERITED.has(key) && !/^\\d/.test(key);": FASTER,
  "if (key === '__proto__') {": FASTER,
  'Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });':
    'means the same: either suffices to put it again',
  "if ((typeof a !== 'object' || a === null) && (typeof b !== 'object' || b === null)) return false;": FASTER,
  'if (rankA !== rankB) return rankA < rankB ? -1 : 1;': 'means the same: the two differ',
  'if (isArray(a) && isArray(b)) return compareLists(a, b);': 'means the same: both have one rank',
  'if (a instanceof RegoSet && b instanceof RegoSet) return compareLists(a.sorted(), b.sorted());':
    'means the same: both have one rank',
  'if (isRegoObject(a) && isRegoObject(b)) return compareObjects(a, b);': 'means the same: both have one rank',
  'return x < y ? -1 : 1;': 'means the same: the two differ',
  "if (typeof value === 'string') return value.charCodeAt(0) === 0 ? `\\u0000s${value}` : value;":
    'means the same: with or without, no text is another value',
  "if (value === null || typeof value !== 'object') return value;": FASTER,
  '[{}, [], new RegoSet(), new RegoMap(), new Decimal(0n, 0)].flatMap((value) => [': FASTER,
};
