/** What the values of a plan are called in the policy that it was made of. */
import type { Operand, Statement } from './plan-shape.ts';

/** Remembers what the policy calls what a statement gives. */
export function rememberName(s: Statement, names: Map<number, string>): void {
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

export function nameOf(operand: Operand, names: ReadonlyMap<number, string>): string {
  return operand.kind === 'local' ? (names.get(operand.local) ?? '_') : JSON.stringify(operand.value);
}

function keyText(key: Operand, said: (operand: Operand) => string): string {
  return key.kind === 'constant' && typeof key.value === 'string' ? `.${key.value}` : `[${said(key)}]`;
}

/** A rule as its callers write it: package and name. */
function lastTwo(path: string): string {
  return path.split('.').slice(-2).join('.');
}
