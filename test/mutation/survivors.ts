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
};
