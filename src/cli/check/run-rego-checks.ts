/** Runs the policies about policies (`policies/checks/`, package `checks`) with the compiler. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { isObject, type Json, type JsonObject } from '../../decision/model.ts';
import type { Opa } from '../../engine/toolchain.ts';
import type { Finding } from './finding.ts';

const run = promisify(execFile);
/** The checks read the rules as syntax trees, so these need not be loaded beside them. */
const IGNORED = ['authz', 'cases', 'toolchain', 'schema.json', 'bundle.tar.gz'].flatMap((name) => ['--ignore', name]);
const MAX_OUTPUT = 64 * 1024 * 1024;

/**
 * `today` (YYYY-MM-DD) is what review dates are held against. `placeOf` turns a pointer into the data into words.
 * Where the checks themselves cannot run, that is the one finding.
 */
export async function runRegoChecks(
  policies: string,
  opa: Opa,
  today: string,
  placeOf: (pointer: string) => string,
): Promise<readonly Finding[]> {
  try {
    return await violationsOf(policies, opa, today, placeOf);
  } catch (failure) {
    const message = failure instanceof Error ? failure.message : 'the checks could not be run';
    return [{ severity: 'error', check: 'checks', where: join(policies, 'checks'), message }];
  }
}

async function violationsOf(
  policies: string,
  opa: Opa,
  today: string,
  placeOf: (pointer: string) => string,
): Promise<readonly Finding[]> {
  const above = dirname(resolve(policies));
  const name = basename(resolve(policies));
  const input = { today, modules: await parsedRules(policies, opa) };
  const query = ['eval', '-f', 'json', '-b', name, ...IGNORED, '--stdin-input', 'data.checks.violations'];
  const violations = resultOf(await asked(opa, above, query, input));
  if (!Array.isArray(violations)) {
    throw new Error('they give no data.checks.violations, so nothing was checked');
  }
  return violations.map((violation) => findingOf(violation, placeOf));
}

/** The syntax tree of every file of rules, with its annotations and line numbers: what the checks read about rules. */
async function parsedRules(policies: string, opa: Opa): Promise<readonly JsonObject[]> {
  const entries = await readdir(policies, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.rego') && !entry.name.endsWith('_test.rego'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.startsWith(join(policies, 'checks')))
    .sort();
  const modules: JsonObject[] = [];
  for (const file of files) {
    const syntax = await asked(opa, '.', ['parse', '-f', 'json', '--json-include', 'locations,-comments', file]);
    modules.push({ file, syntax });
  }
  return modules;
}

async function asked(opa: Opa, cwd: string, args: readonly string[], input?: Json): Promise<Json> {
  const child = run(opa.command, [...args], { cwd, maxBuffer: MAX_OUTPUT });
  // A compiler that stops before it has read breaks this pipe; what it says and its exit code tell why, not the pipe.
  child.child.stdin?.on('error', () => {}).end(input === undefined ? undefined : JSON.stringify(input));
  try {
    return JSON.parse((await child).stdout);
  } catch (cause) {
    const said = isObject(cause) ? `${cause.stdout ?? ''}${cause.stderr ?? ''}`.trim() : '';
    throw new Error(inOneLineEach(said) || `opa ${args[0]} failed`, { cause });
  }
}

/** With JSON asked for, the compiler also complains in JSON: `{ errors: [{ message, location: { file, row } }] }`. */
function inOneLineEach(said: string): string {
  let complaint: Json;
  try {
    complaint = JSON.parse(said);
  } catch {
    return said;
  }
  const errors = isObject(complaint) && Array.isArray(complaint.errors) ? complaint.errors.filter(isObject) : [];
  return errors
    .map(({ message, location }) =>
      isObject(location) ? `${location.file}:${location.row}: ${message}` : `${message}`,
    )
    .join('\n');
}

function resultOf(answer: Json): Json | undefined {
  const results = isObject(answer) && Array.isArray(answer.result) ? answer.result : [];
  const [first] = results;
  const expressions = isObject(first) && Array.isArray(first.expressions) ? first.expressions : [];
  const [expression] = expressions;
  return isObject(expression) ? expression.value : undefined;
}

/** A check that answers something else than a violation is itself a finding: it must not vanish. */
function findingOf(violation: Json, placeOf: (pointer: string) => string): Finding {
  const { severity, check, where, message, fix } = isObject(violation) ? violation : {};
  if (typeof check !== 'string' || typeof where !== 'string' || typeof message !== 'string') {
    return {
      severity: 'error',
      check: 'checks',
      where: 'policies/checks',
      message: `not a violation: ${JSON.stringify(violation)}`,
    };
  }
  return {
    severity: severity === 'warning' ? 'warning' : 'error',
    check,
    where: where.startsWith('#/') ? placeOf(where.slice(1)) : where,
    message,
    ...(typeof fix === 'string' ? { fix } : {}),
  };
}
