/** The rules that one evaluation tries, as a tree: which have a value, and which lines with which values made that so. */
import type { TracedProgram, Tracer, Values } from '../../engine/traced-policy.ts';
import type { Shown } from './shown-value.ts';

export interface TriedRule {
  /** Without `data`: `authz.step.secrecy`. */
  readonly name: string;
  readonly args: readonly string[];
  readonly file: string;
  readonly row: number;
  /** Its value as shown; absent for a rule that is undefined. */
  readonly value?: string;
  /** The lines that made it so: where an undefined rule stopped, what one with a value rests on. */
  readonly lines: readonly TriedLine[];
  /** Every rule that it asked, in order; those whose value was remembered are not tried again. */
  readonly asked: readonly TriedRule[];
}

export interface TriedLine {
  readonly row: number;
  /** What the line looks at, by its name in the policy, and what that is. */
  readonly values: ReadonlyMap<string, string>;
  /** Of what the rule asked, what it asked for this line. */
  readonly asked: readonly TriedRule[];
}

export interface RuleTrace {
  readonly tracer: Tracer;
  /** For each evaluation, in order, the rules that its entrypoint asks. */
  evaluations(): readonly (readonly TriedRule[])[];
}

interface Visit {
  readonly site: number;
  held: boolean;
  readonly values: Map<string, string>;
}

interface Activation {
  readonly rule: number;
  readonly args: readonly string[];
  value?: string;
  readonly visits: Visit[];
  /** With the line that they were asked for. */
  readonly asked: { readonly row: number; readonly by: Activation }[];
}

/** A constant, an argument (told in the rule's title), or a comparison of what is told beside it. */
const TELLS_NOTHING = /^(["\d]|null$|true$|false$|_$|\$\d+$|(eq|equal|neq|lt|lte|gt|gte|internal\.member_[23])\()/;

/** `shownAt` makes for each evaluation, by its input, how its values are shown. */
export function createRuleTrace(program: TracedProgram, shownAt: (input: object) => Shown): RuleTrace {
  const roots: Activation[] = [];
  let stack: Activation[] = [];
  let shown: Shown = () => '';

  /** A site of the rule that is being worked out, with what it is told; an entrypoint has no lines of its own. */
  const see = (visit: Visit, values: Values): void => {
    const names = program.sites[visit.site]?.names ?? [];
    values.forEach((value, i) => {
      const name = names[i] ?? '';
      visit.values.set(name, shown(value));
    });
  };

  const tracer: Tracer = {
    began(input) {
      shown = shownAt(input);
      roots.push({ rule: -1, args: [], visits: [], asked: [] });
      stack = roots.slice(-1);
    },
    entered(rule, args) {
      const activation: Activation = { rule, args: args.map(shown), visits: [], asked: [] };
      const asking = stack.at(-1);
      asking?.asked.push({ row: program.sites[asking.visits.at(-1)?.site ?? -1]?.row ?? 0, by: activation });
      stack.push(activation);
    },
    left(_, [value]) {
      const activation = stack.pop();
      if (activation !== undefined && value !== undefined) activation.value = shown(value);
    },
    tried(site, values) {
      const visit: Visit = { site, held: false, values: new Map() };
      stack.at(-1)?.visits.push(visit);
      see(visit, values);
    },
    held(site, values) {
      const visits = stack.at(-1)?.visits ?? [];
      const open = visits.findLast((visit) => visit.site === site && !visit.held);
      const visit = open ?? { site, held: true, values: new Map() };
      if (open === undefined) visits.push(visit);
      visit.held = true;
      see(visit, values);
    },
  };
  return { tracer, evaluations: () => roots.map(({ asked }) => asked.map(({ by }) => toldOf(by, program))) };
}

function toldOf({ rule, args, value, visits, asked }: Activation, program: TracedProgram): TriedRule {
  const { name, file, row } = program.rules[rule] ?? { name: '', file: '', row: 0 };
  const askedRules = asked.map((entry) => ({ row: entry.row, rule: toldOf(entry.by, program) }));
  const lines = Map.groupBy(
    decisive(visits, value !== undefined, program),
    ({ site }) => program.sites[site]?.row ?? 0,
  );
  return {
    name,
    args,
    file,
    row,
    ...(value !== undefined && { value }),
    lines: [...lines].map(([at, here]) => ({
      row: at,
      values: valuesOf(here, args, program),
      asked: askedRules.filter((entry) => entry.row === at).map((entry) => entry.rule),
    })),
    asked: askedRules.map((entry) => entry.rule),
  };
}

/** Of an undefined rule the lines that stopped it; of another all lines of the bodies that gave it its value. */
function decisive(visits: readonly Visit[], hasValue: boolean, { sites }: TracedProgram): readonly Visit[] {
  const chosen = (among: readonly Visit[]) => {
    const rows = new Set(among.map(({ site }) => sites[site]?.row));
    const bodies = new Set(among.map(({ site }) => sites[site]?.body));
    return { rows, bodies };
  };
  if (hasValue) {
    const { bodies } = chosen(visits.filter(({ site }) => sites[site]?.gives));
    return visits.filter(({ site }) => bodies.has(sites[site]?.body));
  }
  // What stands under a `not` stops nothing by itself.
  const { rows } = chosen(visits.filter(({ site, held }) => sites[site]?.mayStop && !sites[site].negated && !held));
  return visits.filter(({ site }) => rows.has(sites[site]?.row));
}

/** Objects are left out, as what was taken from them is told; what is not there is told by its name. */
function valuesOf(
  visits: readonly Visit[],
  args: readonly string[],
  { sites }: TracedProgram,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const tell = (name: string, value: string) => {
    const withArgs = name.replace(/\$(\d+)/g, (_, i) => args[Number(i) - 1] ?? '_');
    if (!TELLS_NOTHING.test(name) && value !== '{…}') values.set(withArgs, value);
  };
  for (const { site, held, values: seen } of visits) {
    for (const [name, value] of seen) tell(name, value);
    const [name] = sites[site]?.names ?? [];
    if (!held && seen.size === 0 && name !== undefined) tell(name, 'ongedefinieerd');
  }
  return values;
}
