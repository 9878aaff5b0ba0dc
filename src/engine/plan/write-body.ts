import { plainRecords } from './plain-records.ts';
import { type Block, type Operand, type Plan, PlanRefused, type SourcePlace, type Statement } from './plan-shape.ts';
import { textPosition } from './positions.ts';
import { isPlainName } from './values.ts';

/** What all functions of a program share while its code is written. */
export interface Program {
  readonly plan: Plan;
  /** The code so far. */
  readonly lines: string[];
  /** Name of a rule's function → its position. */
  readonly functionIndex: ReadonlyMap<string, number>;
  /** For a name that the program does not have yet. */
  nextId(): number;
  /** What a builtin is called in the code. */
  builtin(name: string): string;
  /** A number of the policy, as the code has it. Throws `PlanRefused` for one that is too large or too small. */
  number(text: string): string;
  /** Throws `PlanRefused` where the code grows beyond measure. */
  measure(): void;
}

interface Frame {
  readonly label: string;
  /** What a jump that leaves this frame from inside must do first. */
  readonly undo: string;
}

/** Steps for a list or an object, and for a set: what is made takes memory, and a set takes much. */
const MADE = 2;
const MADE_SET = 16;
const ALWAYS = 'always';
/** Of one function: the machine has its variables on the stack. */
const MOST_VARIABLES = 20_000;

/** The blocks of a rule or an entrypoint, and before them the variables that they use. Throws `PlanRefused`. */
export function writeBody(program: Program, blocks: readonly Block[], params: readonly number[]): void {
  const { plan, lines, functionIndex, nextId, builtin, number, measure } = program;
  const locals = new Set<number>();
  const start = lines.length;
  const use = (local: number): string => {
    locals.add(local);
    return `l${local}`;
  };
  const read = (operand: Operand): string => (operand.kind === 'local' ? use(operand.local) : literal(operand.value));
  const frames: Frame[] = [];
  const records = plainRecords(blocks, params);
  /** What dynamic calls have found, as they are called in the code. */
  const lookups = new Set<string>();
  /** Locals that hold a part of the base document which a reference has just walked to: always, or where a lookup found nothing. */
  const inData = new Map([[1, ALWAYS]]);

  /** The statement that leaves `depth` blocks; 0 is the current one. */
  const leave = (depth: number): string => {
    const target = frames[frames.length - 1 - depth];
    if (target === undefined) throw new PlanRefused('plan.json: a break statement leaves more blocks than there are');
    const undo = frames.slice(frames.length - depth).map((frame) => frame.undo);
    return `${undo.reverse().join('')}break ${target.label};`;
  };

  const inside = (frame: Frame, block: Block): void => {
    frames.push(frame);
    lines.push(`${frame.label}:{`);
    for (const statement of block.statements) {
      emit(statement);
      measure();
    }
  };
  const close = (after = ''): void => {
    frames.pop();
    lines.push(`${after}}`);
  };
  const fresh = (): Frame => ({ label: `x${nextId()}`, undo: '' });

  const emit = (s: Statement): void => {
    // Where a dynamic call finds no rule, the planner puts what the data have in the place of its result.
    const fromData = s.type === 'AssignVarStmt' && s.source.kind === 'local' && inData.has(s.source.local);
    if (s.type !== 'DotStmt' && 'target' in s && !(fromData && lookups.has(inData.get(s.target) ?? '')))
      inData.delete(s.target);
    if ('result' in s) inData.delete(s.result);
    switch (s.type) {
      case 'ArrayAppendStmt':
        lines.push(`${use(s.array)}.push(${read(s.value)});`);
        break;
      case 'AssignIntStmt':
      case 'MakeNumberIntStmt':
        lines.push(`${use(s.target)}=${literal(s.value)};`);
        break;
      case 'AssignVarOnceStmt': {
        const target = use(s.target);
        const source = read(s.source);
        lines.push(
          `if(${target}===undefined)${target}=${source};else if(!equal(${target},${source}))conflict(${place(s.place)});`,
        );
        break;
      }
      case 'AssignVarStmt':
        lines.push(`${use(s.target)}=${read(s.source)};`);
        break;
      case 'BlockStmt':
        for (const block of s.blocks) {
          inside(fresh(), block);
          close();
        }
        break;
      case 'BreakStmt':
        lines.push(leave(s.index));
        break;
      case 'CallDynamicStmt': {
        const id = nextId();
        const args = s.args.map(use).join();
        inData.set(s.result, `d${id}`);
        lookups.add(`d${id}`);
        lines.push(`d${id}=dynamic([${s.path.map(read).join()}]);if(d${id}===undefined){${leave(0)}}`);
        lines.push(`${use(s.result)}=F[d${id}](c,${args});`);
        // The planner nests a dynamic call three blocks deep in the expression that it belongs to:
        // a rule that is there but undefined makes that expression undefined, without looking at data.
        lines.push(`if(${use(s.result)}===undefined){${leave(3)}}`);
        break;
      }
      case 'CallStmt':
        call(s);
        break;
      case 'DotStmt': {
        const source = read(s.source);
        const target = use(s.target);
        const base = s.source.kind === 'local' ? inData.get(s.source.local) : undefined;
        if (base === undefined) inData.delete(s.target);
        else inData.set(s.target, base);
        const name = s.key.kind === 'constant' && typeof s.key.value === 'string' ? s.key.value : undefined;
        if (base !== undefined && (name === undefined || textPosition(name) !== undefined)) {
          const ways = [`getBase(c.terms,${source},${read(s.key)})`, `get(${source},${read(s.key)})`];
          const found = base === ALWAYS ? ways[0] : `${base}===undefined?${ways.join(':')}`;
          lines.push(`${target}=${found};if(${target}===undefined){${leave(0)}}`);
          break;
        }
        if (isPlainName(name)) {
          // Most references come here, and a load by a known name has the machine's own cache at each place.
          const key = literal(name);
          const load = `typeof ${source}==='object'&&${source}!==null?${source}[${key}]:undefined`;
          lines.push(`${target}=${load};`);
          lines.push(`if(${target}===undefined&&(${target}=exotic(${source},${key}))===undefined){${leave(0)}}`);
          break;
        }
        lines.push(
          `${target}=${name === undefined ? 'get' : 'dot'}(${source},${read(s.key)});if(${target}===undefined){${leave(0)}}`,
        );
        break;
      }
      case 'EqualStmt':
        lines.push(`if(!(${same(s.a, s.b)})){${leave(0)}}`);
        break;
      case 'NotEqualStmt':
        lines.push(`if(${same(s.a, s.b)}){${leave(0)}}`);
        break;
      case 'IsArrayStmt':
        lines.push(`if(!isArray(${read(s.source)})){${leave(0)}}`);
        break;
      case 'IsObjectStmt':
        lines.push(`if(!isRegoObject(${read(s.source)})){${leave(0)}}`);
        break;
      case 'IsSetStmt':
        lines.push(`if(!(${read(s.source)} instanceof RegoSet)){${leave(0)}}`);
        break;
      case 'IsDefinedStmt':
        lines.push(`if(${use(s.source)}===undefined){${leave(0)}}`);
        break;
      case 'IsUndefinedStmt':
        lines.push(`if(${use(s.source)}!==undefined){${leave(0)}}`);
        break;
      case 'LenStmt':
        lines.push(`${use(s.target)}=lengthOf(${read(s.source)});`);
        break;
      case 'MakeArrayStmt':
        lines.push(`${use(s.target)}=[];c.fuel-=${MADE};`);
        break;
      case 'MakeNullStmt':
        lines.push(`${use(s.target)}=null;`);
        break;
      case 'MakeNumberRefStmt':
        lines.push(`${use(s.target)}=${number(s.index)};`);
        break;
      case 'MakeObjectStmt':
        lines.push(`${use(s.target)}={};c.fuel-=${MADE};`);
        break;
      case 'MakeSetStmt':
        lines.push(`${use(s.target)}=new RegoSet();if((c.fuel-=${MADE_SET})<0)c.exhausted();`);
        break;
      case 'NopStmt':
        break;
      case 'NotStmt': {
        const id = nextId();
        lines.push(`let n${id}=true;`);
        inside(fresh(), s.block);
        close(`n${id}=false;`);
        lines.push(`if(!n${id}){${leave(0)}}`);
        break;
      }
      case 'ObjectInsertOnceStmt': {
        const object = use(s.object);
        lines.push(`${object}=insertOnce(${object},${read(s.key)},${read(s.value)},${place(s.place)});`);
        break;
      }
      case 'ObjectInsertStmt': {
        const object = use(s.object);
        if (s.key.kind === 'constant' && records.has(s.object)) {
          lines.push(`${object}[${literal(s.key.value)}]=${read(s.value)};`);
          break;
        }
        lines.push(`${object}=insert(${object},${read(s.key)},${read(s.value)});`);
        break;
      }
      case 'ObjectMergeStmt':
        lines.push(`${use(s.target)}=merge(${use(s.a)},${use(s.b)});`);
        break;
      case 'ResetLocalStmt':
        lines.push(`${use(s.target)}=undefined;`);
        break;
      case 'ResultSetAddStmt':
        lines.push(`c.results.push(${use(s.value)});`);
        break;
      case 'ReturnLocalStmt':
        lines.push(
          `${frames
            .map((frame) => frame.undo)
            .reverse()
            .join('')}return ${use(s.source)};`,
        );
        break;
      case 'ScanStmt':
        scan(s);
        break;
      case 'SetAddStmt':
        lines.push(`${use(s.set)}.add(${read(s.value)});`);
        break;
      case 'WithStmt':
        replaced(s);
        break;
    }
  };

  const same = (a: Operand, b: Operand): string =>
    // A constant is a scalar, for which identity is equality.
    a.kind === 'constant' || b.kind === 'constant' ? `${read(a)}===${read(b)}` : `equal(${read(a)},${read(b)})`;

  const call = (s: Statement & { type: 'CallStmt' }): void => {
    const result = use(s.result);
    const args = s.args.map((arg) => `,${read(arg)}`).join('');
    const index = functionIndex.get(s.func);
    const arity = index === undefined ? plan.builtins.get(s.func) : plan.functions[index]?.params.length;
    const at = `plan.json: ${plan.files[s.place.file] ?? 'policy'}:${s.place.row}:${s.place.col}`;
    if (arity === undefined) throw new PlanRefused(`${at}: a call names a function that is not there`);
    // OPA plans such a call where a policy iterates over a package that has functions; the Wasm does not compile then.
    if (arity !== s.args.length) throw new PlanRefused(`${at}: a call has the wrong number of arguments`);
    const name = index === undefined ? builtin(s.func) : `f${index}`;
    lines.push(`${result}=${name}(c${args});if(${result}===undefined){${leave(0)}}`);
  };

  const scan = (s: Statement & { type: 'ScanStmt' }): void => {
    const id = nextId();
    const [source, key, value] = [use(s.source), use(s.key), use(s.value)];
    inData.delete(s.key);
    const base = inData.get(s.source);
    if (base === undefined) inData.delete(s.value);
    else inData.set(s.value, base);
    // Two frames, as in the Wasm: leaving the inner one goes on with the next element, leaving the outer one ends the scan.
    const outer = fresh();
    frames.push(outer);
    lines.push(
      `${outer.label}:{const s${id}=${source},q${id}=scanKeys(s${id}),n${id}=q${id}===null?s${id}.length:q${id}.length;`,
    );
    lines.push(`for(let i${id}=0;i${id}<n${id};i${id}++){if(--c.fuel<0)c.exhausted();`);
    lines.push(
      `if(q${id}===null){${key}=i${id};${value}=s${id}[i${id}];}else{${key}=q${id}[i${id}];${value}=get(s${id},${key});}`,
    );
    inside(fresh(), s.block);
    close();
    lines.push('}');
    close();
  };

  const replaced = (s: Statement & { type: 'WithStmt' }): void => {
    const id = nextId();
    const target = use(s.local);
    const path = s.path.map(literal).join();
    const restore = `${target}=w${id};c.memo=m${id};`;
    lines.push(`const w${id}=${target},m${id}=c.memo;c.memo=new Array(${plan.functions.length});let n${id}=true;`);
    // OPA finds what it puts among base data by the value of a key, not by its text.
    const value = inData.has(s.local) ? `asTerm(c.terms??=new WeakSet(),${read(s.value)})` : read(s.value);
    lines.push(`${target}=${path === '' ? value : `upsert(${target},[${path}],${value})`};`);
    inside({ label: `x${nextId()}`, undo: restore }, s.block);
    close(`n${id}=false;`);
    lines.push(`${restore}if(n${id}){${leave(0)}}`);
  };

  for (const block of blocks) {
    inside(fresh(), block);
    close();
  }
  for (const param of params) locals.delete(param);
  if (locals.size > MOST_VARIABLES)
    throw new PlanRefused('plan.json: a function has more variables than any policy needs');
  const names = [...[...locals].map((local) => `l${local}`), ...lookups];
  if (names.length > 0) lines.splice(start, 0, `let ${names.join()};`);
}

export function literal(value: string | boolean | number): string {
  return JSON.stringify(value);
}

function place({ file, row, col }: SourcePlace): string {
  return `${literal(file)},${literal(row)},${literal(col)}`;
}
