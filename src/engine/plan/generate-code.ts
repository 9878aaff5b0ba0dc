import { readNumber } from './exact-numbers.ts';
import { type Plan, PlanRefused } from './plan-shape.ts';
import { literal, type Program, writeBody } from './write-body.ts';

/**
 * Plan → JavaScript. A block becomes a labelled block, "undefined" becomes `break` out of it, a rule becomes a function.
 * INVARIANT: the text holds nothing of the policy but literals made by JSON.stringify; every name is invented here.
 */
export interface GeneratedCode {
  /** Body of a function of (R, B, K): the run time, the builtins in order of `builtins`, the numbers of `numbers`. */
  readonly text: string;
  readonly builtins: readonly string[];
  /** As they are written in the policy. */
  readonly numbers: readonly string[];
  /** Path of a rule, as JSON, → its position among the functions; for dynamic calls. */
  readonly paths: ReadonlyMap<string, number>;
}

/** Characters of code. */
const MOST_CODE = 2 ** 26;

export function generateCode(plan: Plan): GeneratedCode {
  const builtins: string[] = [];
  const numbers: string[] = [];
  const functionIndex = new Map(plan.functions.map((f, i) => [f.name, i]));
  const lines: string[] = [];
  let ids = 0;
  let size = 0;
  let measured = 0;
  const measure = (): void => {
    for (; measured < lines.length; measured += 1) size += lines[measured]?.length ?? 0;
    if (size > MOST_CODE) throw new PlanRefused('plan.json: makes more code than any policy needs');
  };

  const builtin = (name: string): string => {
    const known = builtins.indexOf(name);
    return `b${known < 0 ? builtins.push(name) - 1 : known}`;
  };

  const number = (text: string): string => {
    const value = readNumber(text);
    if (value === undefined) throw new PlanRefused('plan.json: a number in the policy is too large or too small');
    if (typeof value === 'number') return literal(value);
    return `k${numbers.push(text) - 1}`;
  };

  const program: Program = { plan, lines, functionIndex, nextId: () => ids++, builtin, number, measure };

  plan.functions.forEach((f, i) => {
    const params = f.params.map((param) => `l${param}`).join();
    // A rule without arguments is evaluated once per set of documents; `with` starts a memory of its own.
    if (f.params.length === 2) {
      lines.push(`function f${i}(c,${params}){const m=c.memo,r=m[${i}];if(r!==undefined)return r===NONE?undefined:r;`);
      lines.push(`const v=g${i}(c,${params});m[${i}]=v===undefined?NONE:v;return v;}`);
    }
    lines.push(`function ${f.params.length === 2 ? 'g' : 'f'}${i}(c,${params}){if(--c.fuel<0)c.exhausted();`);
    writeBody(program, f.blocks, f.params);
    lines.push('}');
  });
  plan.entrypoints.forEach((entrypoint, i) => {
    lines.push(`function p${i}(c,l0,l1){`);
    writeBody(program, entrypoint.blocks, [0, 1]);
    lines.push('}');
  });

  const head = [
    '"use strict";',
    'const{asTerm,dot,exotic,get,getBase,equal,isArray,isRegoObject,scanKeys,lengthOf,insert,insertOnce,merge,upsert,dynamic,conflict,RegoSet,NONE}=R;',
    ...builtins.map((_, i) => `const b${i}=B[${i}];`),
    ...numbers.map((_, i) => `const k${i}=K[${i}];`),
    `const F=[${plan.functions.map((_, i) => `f${i}`).join()}];`,
  ];
  const tail = `return[${plan.entrypoints.map((_, i) => `p${i}`).join()}];`;
  return { text: [...head, ...lines, tail].join('\n'), builtins, numbers, paths: pathsOf(plan) };
}

function pathsOf(plan: Plan): ReadonlyMap<string, number> {
  const paths = new Map<string, number>();
  plan.functions.forEach((f, i) => {
    // A dynamic call passes the two documents and nothing else.
    if (f.path.length > 0 && f.params.length === 2) paths.set(JSON.stringify(f.path), i);
  });
  return paths;
}
