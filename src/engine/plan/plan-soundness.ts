import { type Block, type Plan, type PlannedFunction, PlanRefused, type Statement } from './plan-shape.ts';

/**
 * What a plan's schema does not say and OPA always keeps: no rule calls itself, in however many steps, and nothing is added
 * to a variable in which the same function makes nothing of that kind, such as input or data.
 * DANGER: which of two values a variable holds at a statement is not looked at; OPA does use one for several.
 */
export function refuseUnsound(plan: Plan): void {
  for (const { name, blocks } of [...plan.functions, ...plan.entrypoints]) {
    refuseForeign(name, [...statementsOf(blocks)]);
  }
  refuseRecursion(plan.functions);
}

/** The statement that must have made what this one adds to, with the variable. */
function madeBy(s: Statement): string | undefined {
  switch (s.type) {
    case 'ArrayAppendStmt':
      return `MakeArrayStmt ${s.array}`;
    case 'SetAddStmt':
      return `MakeSetStmt ${s.set}`;
    case 'ObjectInsertStmt':
    case 'ObjectInsertOnceStmt':
      return `MakeObjectStmt ${s.object}`;
    default:
      return undefined;
  }
}

function refuseForeign(name: string, statements: readonly Statement[]): void {
  const made = new Set(statements.flatMap((s) => ('target' in s ? [`${s.type} ${s.target}`] : [])));
  const foreign = statements.map(madeBy).find((maker) => maker !== undefined && !made.has(maker));
  if (foreign !== undefined) throw new PlanRefused(`plan.json: ${shown(name)} adds to a value that it did not make`);
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}

function refuseRecursion(functions: readonly PlannedFunction[]): void {
  const byName = new Map(functions.map((f) => [f.name, f]));
  const seen = new Map<string, 'entered' | 'left'>();
  const todo = functions.map(({ name }) => ({ name, leaving: false }));
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { name, leaving } = next;
    if (leaving) seen.set(name, 'left');
    if (seen.has(name)) continue;
    seen.set(name, 'entered');
    todo.push({ name, leaving: true });
    for (const s of statementsOf(byName.get(name)?.blocks ?? [])) {
      if (s.type !== 'CallStmt' || !byName.has(s.func)) continue;
      if (seen.get(s.func) === 'entered') {
        throw new PlanRefused(`plan.json: ${shown(s.func)} calls itself`);
      }
      todo.push({ name: s.func, leaving: false });
    }
  }
}

function* statementsOf(blocks: readonly Block[]): Generator<Statement> {
  for (const { statements } of blocks) {
    for (const s of statements) {
      yield s;
      if ('block' in s) yield* statementsOf([s.block]);
      if ('blocks' in s) yield* statementsOf(s.blocks);
    }
  }
}
