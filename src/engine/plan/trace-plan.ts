import {
  type Block,
  MOST_LOCALS,
  type Operand,
  type Plan,
  type PlannedFunction,
  type Statement,
} from './plan-shape.ts';

/**
 * A plan with probes in it: calls of builtins that tell a tracer what the program does. The generator knows nothing of
 * them, so that the program in service cannot pay for what it does not have.
 */
export interface TracedPlan {
  readonly plan: Plan;
  readonly rules: readonly TracedRule[];
  readonly sites: readonly Site[];
  readonly probes: readonly Probe[];
}

export interface TracedRule {
  /** Without `data`: `authz.step.secrecy`. */
  readonly name: string;
  readonly file: string;
  /** Of its head; 0 for what the compiler made up. */
  readonly row: number;
}

/** A statement that a tracer is told of, in the order of the plan. */
export interface Site {
  /** Index into `rules`; -1 in an entrypoint. */
  readonly rule: number;
  readonly file: string;
  readonly row: number;
  /** What each value that is told of it is called in the policy; empty where nothing is told. */
  readonly names: readonly string[];
  /** False where the statement always holds. */
  readonly mayStop: boolean;
  /** Under a `not`, where it is no loss to stop. */
  readonly negated: boolean;
}

/** A builtin of the traced plan: its first argument is the index of a rule or a site, the rest are the values. */
export interface Probe {
  readonly event: 'entered' | 'left' | 'tried' | 'held';
  readonly values: number;
}

/** Names of the probes among the plan's builtins, which no builtin of Rego can have. */
export function probeName({ event, values }: Probe): string {
  return `trace ${event} ${values}`;
}

/** How the compiler keeps its books: not a line that someone wrote. */
const BOOKKEEPING: readonly string[] = [
  'BlockStmt',
  'BreakStmt',
  'IsDefinedStmt',
  'IsUndefinedStmt',
  'NopStmt',
  'ResetLocalStmt',
  'ReturnLocalStmt',
  'ScanStmt',
] satisfies Statement['type'][];

/** What ends a line's work: a value, or a member of one. */
const RESULTS: readonly string[] = [
  'ArrayAppendStmt',
  'AssignVarOnceStmt',
  'ObjectInsertOnceStmt',
  'SetAddStmt',
] satisfies Statement['type'][];

const MAY_STOP: readonly string[] = [
  'CallDynamicStmt',
  'CallStmt',
  'DotStmt',
  'EqualStmt',
  'IsArrayStmt',
  'IsObjectStmt',
  'IsSetStmt',
  'NotEqualStmt',
  'NotStmt',
  'WithStmt',
] satisfies Statement['type'][];

export function tracePlan(plan: Plan): TracedPlan {
  const sites: Site[] = [];
  const traced = (blocks: readonly Block[], rule: number) => probed(blocks, { plan, sites, rule });
  const functions = plan.functions.map((f, rule): PlannedFunction => {
    const tell = (event: Probe['event'], args: readonly Operand[]) => probe(event, rule, args);
    const args = f.params.slice(2).map(localOperand);
    return {
      ...f,
      blocks: [
        { statements: [tell('entered', args)] },
        ...traced(f.blocks, rule),
        // Who comes here did not return: the rule is undefined.
        { statements: [tell('left', [])] },
      ],
    };
  });
  // A builtin has one number of arguments, so that each number of values has a probe of its own.
  const mostValues = Math.max(2, ...plan.functions.map((f) => f.params.length - 2));
  const probes = (['entered', 'left', 'tried', 'held'] as const).flatMap((event) =>
    Array.from({ length: mostValues + 1 }, (_, values) => ({ event, values })),
  );
  return {
    plan: {
      ...plan,
      functions,
      entrypoints: plan.entrypoints.map((e) => ({ ...e, blocks: traced(e.blocks, -1) })),
      builtins: new Map([...plan.builtins, ...probes.map((p) => [probeName(p), p.values + 1] as const)]),
    },
    probes,
    rules: plan.functions.map((f) => ruleOf(f, plan)),
    sites,
  };
}

interface Surroundings {
  readonly plan: Plan;
  readonly sites: Site[];
  readonly rule: number;
}

function probed(blocks: readonly Block[], { plan, sites, rule }: Surroundings): readonly Block[] {
  const names = new Map<number, string>([
    [0, 'input'],
    [1, 'data'],
  ]);

  const inBlock = (block: Block, negated: boolean): Block => {
    let row = 0;
    const statements = block.statements.flatMap((s, i): readonly Statement[] => {
      name(s, names);
      const inner = inside(s, negated || s.type === 'NotStmt');
      const before = block.statements[i - 1];
      const after = block.statements[i + 1];
      if (s.place.row === 0 || BOOKKEEPING.includes(s.type)) return withReturn(inner);
      // The body's value becomes the rule's; and of the kinds that a domain may have, the first that fits ends the search.
      if (s.type === 'AssignVarOnceStmt' && before?.type === 'IsDefinedStmt') return [inner];
      if (/^Is(Array|Object|Set)Stmt$/.test(s.type) && after?.type === 'BreakStmt') return [inner];
      const mayStop = MAY_STOP.includes(s.type);
      if (!mayStop && !RESULTS.includes(s.type) && s.place.row === row) return [inner];
      row = s.place.row;
      const compared = s.type === 'EqualStmt' || s.type === 'NotEqualStmt' ? [s.a, s.b].filter(isLocal) : [];
      const given = givenBy(s);
      const told = [...compared, ...given];
      const index = sites.push({
        rule,
        file: plan.files[s.place.file] ?? '',
        row,
        names: told.map((operand) => nameOf(operand, names)),
        mayStop,
        negated,
      });
      const tell = (event: Probe['event'], args: readonly Operand[]) => probe(event, index - 1, args);
      return mayStop ? [tell('tried', compared), inner, tell('held', given)] : [inner, tell('held', given)];
    });
    return { statements };
  };

  const inside = (s: Statement, negated: boolean): Statement => {
    if ('block' in s) return { ...s, block: inBlock(s.block, negated) };
    if ('blocks' in s) return { ...s, blocks: s.blocks.map((block) => inBlock(block, negated)) };
    return s;
  };

  const withReturn = (s: Statement): readonly Statement[] => {
    if (s.type !== 'ReturnLocalStmt') return [s];
    return [probe('left', rule, [localOperand(s.source)]), s];
  };

  return blocks.map((block) => inBlock(block, false));
}

/** The locals that a statement gives a value to that came from elsewhere; a value still in the making is not told. */
function givenBy(s: Statement): readonly Operand[] {
  if (s.type === 'DotStmt') return [localOperand(s.target)];
  if (s.type === 'CallStmt' || s.type === 'CallDynamicStmt') return [localOperand(s.result)];
  return [];
}

/** Remembers what the policy calls what a statement gives. */
function name(s: Statement, names: Map<number, string>): void {
  const said = (operand: Operand) => nameOf(operand, names);
  if (s.type === 'AssignVarStmt') names.set(s.target, said(s.source));
  else if (s.type === 'MakeNumberIntStmt') names.set(s.target, String(s.value));
  else if (s.type === 'MakeNumberRefStmt') names.set(s.target, s.index);
  else if (s.type === 'MakeNullStmt') names.set(s.target, 'null');
  else if (s.type === 'DotStmt') names.set(s.target, `${said(s.source)}${keyText(s.key, said)}`);
  else if (s.type === 'ScanStmt') names.set(s.value, `${said({ kind: 'local', local: s.source })}[_]`);
  else if (s.type === 'CallStmt') {
    const ofRule = /^g\d+\.data\.(.*)$/.exec(s.func)?.[1];
    const args = s.args.slice(ofRule === undefined ? 0 : 2).map(said);
    const called = ofRule === undefined ? s.func : lastTwo(ofRule);
    names.set(s.result, ofRule !== undefined && args.length === 0 ? called : `${called}(${args.join(', ')})`);
  }
}

function nameOf(operand: Operand, names: ReadonlyMap<number, string>): string {
  return operand.kind === 'local' ? (names.get(operand.local) ?? '_') : JSON.stringify(operand.value);
}

function keyText(key: Operand, said: (operand: Operand) => string): string {
  return key.kind === 'constant' && typeof key.value === 'string' ? `.${key.value}` : `[${said(key)}]`;
}

/** A rule as its callers write it: package and name. */
function lastTwo(path: string): string {
  return path.split('.').slice(-2).join('.');
}

function ruleOf(f: PlannedFunction, plan: Plan): TracedRule {
  const place = firstPlace(f.blocks);
  return {
    name: f.name.replace(/^g\d+\.data\./, ''),
    file: plan.files[place?.file ?? -1] ?? '',
    row: place?.row ?? 0,
  };
}

function firstPlace(blocks: readonly Block[]): Statement['place'] | undefined {
  for (const s of blocks.flatMap(({ statements }) => statements)) {
    const place = s.place.row > 0 ? s.place : 'blocks' in s ? firstPlace(s.blocks) : undefined;
    if (place !== undefined) return place;
  }
  return undefined;
}

function probe(event: Probe['event'], index: number, values: readonly Operand[]): Statement {
  return {
    type: 'CallStmt',
    place: { file: 0, row: 0, col: 0 },
    func: probeName({ event, values: values.length }),
    args: [{ kind: 'constant', value: String(index) }, ...values],
    // A plan that was read has no variable of this number.
    result: MOST_LOCALS,
  };
}

function isLocal(operand: Operand): boolean {
  return operand.kind === 'local';
}

function localOperand(local: number): Operand {
  return { kind: 'local', local };
}
