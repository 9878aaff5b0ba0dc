import {
  type Block,
  MOST_LOCALS,
  type Operand,
  type Plan,
  type PlannedFunction,
  type Statement,
} from './plan-shape.ts';

import { nameOf, rememberName } from './trace-names.ts';
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
  /** Which of the rule's bodies it stands in. */
  readonly body: number;
  /** What each value that is told of it is called in the policy, `$1` for the rule's first argument; empty where nothing is told. */
  readonly names: readonly string[];
  /** False where the statement always holds. */
  readonly mayStop: boolean;
  /** Under a `not`, where it is no loss to stop. */
  readonly negated: boolean;
  /** Gives the rule its value: whoever comes here got past the whole body. */
  readonly gives: boolean;
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

/**
 * What a statement is to a reader. `books`: how the compiler keeps its own, not a line that someone wrote. `step`: prepares
 * something on the way. `result`: ends a line's work, with a value or a member of one. `test`: may be where the line stops.
 */
const PARTS: Readonly<Record<Statement['type'], 'books' | 'step' | 'result' | 'test'>> = {
  ArrayAppendStmt: 'result',
  AssignIntStmt: 'step',
  AssignVarOnceStmt: 'result',
  AssignVarStmt: 'step',
  BlockStmt: 'books',
  BreakStmt: 'books',
  CallDynamicStmt: 'test',
  CallStmt: 'test',
  DotStmt: 'test',
  EqualStmt: 'test',
  IsArrayStmt: 'test',
  IsDefinedStmt: 'books',
  IsObjectStmt: 'test',
  IsSetStmt: 'test',
  IsUndefinedStmt: 'books',
  LenStmt: 'step',
  MakeArrayStmt: 'step',
  MakeNullStmt: 'step',
  MakeNumberIntStmt: 'step',
  MakeNumberRefStmt: 'step',
  MakeObjectStmt: 'step',
  MakeSetStmt: 'step',
  NopStmt: 'books',
  NotEqualStmt: 'test',
  NotStmt: 'test',
  ObjectInsertOnceStmt: 'result',
  ObjectInsertStmt: 'step',
  ObjectMergeStmt: 'step',
  ResetLocalStmt: 'books',
  ResultSetAddStmt: 'step',
  ReturnLocalStmt: 'books',
  ScanStmt: 'books',
  SetAddStmt: 'result',
  WithStmt: 'test',
};

export function tracePlan(plan: Plan): TracedPlan {
  const sites: Site[] = [];
  const traced = (blocks: readonly Block[], rule: number, args: readonly number[] = []) =>
    probed(blocks, { plan, sites, rule, args });
  const functions = plan.functions.map((f, rule): PlannedFunction => {
    const tell = (event: Probe['event'], args: readonly Operand[]) => probe(event, rule, args);
    const args = f.params.slice(2);
    return {
      ...f,
      blocks: [
        { statements: [tell('entered', args.map(localOperand))] },
        ...traced(f.blocks, rule, args),
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
  readonly args: readonly number[];
}

function probed(blocks: readonly Block[], { plan, sites, rule, args }: Surroundings): readonly Block[] {
  const names = new Map<number, string>([
    [0, 'input'],
    [1, 'data'],
    ...args.map((arg, i) => [arg, `$${i + 1}`] as const),
  ]);
  const returned = blocks.flatMap(({ statements }) =>
    statements.flatMap((s) => (s.type === 'ReturnLocalStmt' ? [s.source] : [])),
  );
  let body = 0;

  const inBlock = (block: Block, negated: boolean): Block => {
    let row = 0;
    const statements = block.statements.flatMap((s, i): readonly Statement[] => {
      rememberName(s, names);
      const inner = inside(s, negated || s.type === 'NotStmt');
      const before = block.statements[i - 1];
      const after = block.statements[i + 1];
      const part = PARTS[s.type];
      if (s.place.row === 0 || part === 'books') return withReturn(inner);
      // The body's value becomes the rule's; and of the kinds that a domain may have, the first that fits ends the search.
      if (s.type === 'AssignVarOnceStmt' && before?.type === 'IsDefinedStmt') return [inner];
      if (/^Is(Array|Object|Set)Stmt$/.test(s.type) && after?.type === 'BreakStmt') return [inner];
      if (part === 'step' && s.place.row === row) return [inner];
      const mayStop = part === 'test';
      row = s.place.row;
      const compared = s.type === 'EqualStmt' || s.type === 'NotEqualStmt' ? [s.a, s.b].filter(isLocal) : [];
      const given = givenBy(s);
      const told = [...compared, ...given];
      const index = sites.push({
        rule,
        file: plan.files[s.place.file] ?? '',
        row,
        body,
        names: told.map((operand) => nameOf(operand, names)),
        mayStop,
        negated,
        gives: givesValue(s, returned),
      });
      const tell = (event: Probe['event'], args: readonly Operand[]) => probe(event, index - 1, args);
      return mayStop ? [tell('tried', compared), inner, tell('held', given)] : [inner, tell('held', given)];
    });
    return { statements };
  };

  const inside = (s: Statement, negated: boolean): Statement => {
    if ('block' in s) return { ...s, block: inBlock(s.block, negated) };
    // A block that nobody wrote holds the bodies of an `else` chain.
    if ('blocks' in s) return { ...s, blocks: s.blocks.map((block) => inBody(block, negated, s.place.row === 0)) };
    return s;
  };

  const withReturn = (s: Statement): readonly Statement[] => {
    if (s.type !== 'ReturnLocalStmt') return [s];
    return [probe('left', rule, [localOperand(s.source)]), s];
  };

  const inBody = (block: Block, negated: boolean, ofItsOwn: boolean): Block => {
    if (ofItsOwn) body += 1;
    return inBlock(block, negated);
  };

  return blocks.map((block) => inBody(block, false, true));
}

function givesValue(s: Statement, returned: readonly number[]): boolean {
  if (s.type === 'ObjectInsertOnceStmt') return returned.includes(s.object);
  return s.type === 'AssignVarOnceStmt' || (s.type === 'SetAddStmt' && returned.includes(s.set));
}

/** The locals that a statement gives a value to that came from elsewhere; a value still in the making is not told. */
function givenBy(s: Statement): readonly Operand[] {
  if (s.type === 'DotStmt') return [localOperand(s.target)];
  if (s.type === 'CallStmt' || s.type === 'CallDynamicStmt') return [localOperand(s.result)];
  return [];
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
