import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json, type JsonObject } from '../decision/model.ts';
import { buildBundle } from '../engine/build-bundle.ts';
import type { Bundle } from '../engine/bundle.ts';
import { BundleRefused } from '../engine/bundle-refused.ts';
import { committedBundle } from '../engine/open-bundle.ts';
import { readBundle } from '../engine/read-bundle.ts';
import { findOpa, type Opa, OpaMissing } from '../engine/toolchain.ts';
import { checkSchemas, type PolicySchema, readSchemas } from './check/check-schemas.ts';
import { documentDiffLines } from './check/document-diff.ts';
import type { Finding } from './check/finding.ts';
import { readPolicyData } from './check/read-policy-data.ts';
import { runRegoChecks } from './check/run-rego-checks.ts';
import { readNamedBundle } from './named-bundle.ts';
import { NO, saying, type Terminal, WRONG_USE, YES } from './terminal.ts';

export interface PolicyCheckOptions {
  /** The folder of policies. */
  readonly policies: string;
  /** What to tell the difference with; by default the bundle that is committed beside the policies. */
  readonly bundle?: string;
  readonly json: boolean;
  /** The day that review dates are held against, YYYY-MM-DD. */
  readonly today?: string;
}

/** `missing` says that without the compiler only a part was checked, which is never a yes. */
interface Checked {
  readonly findings: readonly Finding[];
  readonly built?: Bundle;
  readonly missing?: string;
}

/**
 * `datwat policy check`: reads all data, holds them against their schemas and against `policies/checks/`, and ends with what
 * differs from the bundle. Exit code: 0 nothing wrong (warnings may be shown), 1 something is, 2 it could not be checked.
 * Throws Error where the bundle that was named cannot be read.
 */
export async function policyCheck(options: PolicyCheckOptions, output: Terminal): Promise<number> {
  // Read first: a bundle that was named must be there, and nobody waits for a check to hear that it is not.
  const named = options.bundle === undefined ? undefined : await readNamedBundle(options.bundle);
  const data = await readPolicyData(options.policies);
  const schemas = await readSchemas(options.policies);
  const findings = [...data.findings, ...checkSchemas(data.document, schemas, data.placeOf)];
  const rest =
    findings.length > 0 ? { findings: [] } : await withCompiler(options, data.document, schemas, data.placeOf);
  findings.push(...rest.findings);
  const file = options.bundle ?? committedBundle(options.policies);
  const differences = {
    with: file,
    lines: differencesWith(named ?? (await committed(file)), data.document, rest.built),
  };
  if (options.json) output.out(JSON.stringify({ findings, differences, incomplete: rest.missing ?? null }));
  else tell(findings, differences, output);
  if (rest.missing !== undefined)
    output.err(`Not checked: the rules, and the policies about policies.\n${rest.missing}`);
  if (findings.some(({ severity }) => severity === 'error')) return NO;
  return rest.missing === undefined ? YES : WRONG_USE;
}

async function withCompiler(
  { policies, today = new Date().toISOString().slice(0, 10) }: PolicyCheckOptions,
  document: JsonObject,
  schemas: readonly PolicySchema[],
  placeOf: (pointer: string) => string,
): Promise<Checked> {
  let opa: Opa;
  try {
    opa = await findOpa(policies);
  } catch (failure) {
    if (!(failure instanceof OpaMissing)) throw failure;
    return { findings: [], missing: failure.message };
  }
  try {
    const built = await readBundle(await buildBundle(policies, opa));
    const findings = [...checkBuilt(JSON.parse(built.dataText), document, schemas, placeOf)];
    findings.push(...(await runRegoChecks(policies, opa, today, placeOf)));
    return { findings, built };
  } catch (failure) {
    if (!(failure instanceof BundleRefused)) throw failure;
    return { findings: [{ severity: 'error', check: 'build', where: policies, message: failure.reason }] };
  }
}

/** OPA reads YAML in its own way; what it made of the data must be what the author sees. */
function checkBuilt(
  built: Json,
  document: JsonObject,
  schemas: readonly PolicySchema[],
  placeOf: (pointer: string) => string,
): readonly Finding[] {
  if (!isObject(built))
    return [{ severity: 'error', check: 'built-data', where: 'data.json', message: 'is no object' }];
  const differing = Object.keys({ ...built, ...document }).filter(
    (key) => !isDeepStrictEqual(built[key], document[key]),
  );
  return [
    ...checkSchemas(built, schemas, placeOf),
    ...differing.map((key) => ({
      severity: 'error' as const,
      check: 'built-data',
      where: placeOf(`/${key}`),
      message: `OPA makes something else of ${key} than what stands there`,
      fix: 'put quotes around codes, dates and words like no and on',
    })),
  ];
}

interface Differences {
  readonly with: string;
  /** Null where there is no such bundle. */
  readonly lines: readonly string[] | null;
}

/** Undefined where nothing is committed yet; in words why one cannot be read, for a build makes it anew. */
async function committed(file: string): Promise<Bundle | string | undefined> {
  if (!existsSync(file)) return undefined;
  return readNamedBundle(file).catch(saying);
}

function differencesWith(
  bundle: Bundle | string | undefined,
  now: JsonObject,
  built: Bundle | undefined,
): Differences['lines'] {
  if (bundle === undefined) return null;
  if (typeof bundle === 'string') return [bundle];
  const before: Json = JSON.parse(bundle.dataText);
  const lines = isObject(before) ? [...documentDiffLines(before, now)] : [];
  if (built !== undefined && digest(built.wasm) !== digest(bundle.wasm)) lines.push('the compiled rules differ');
  return lines;
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function tell(findings: readonly Finding[], differences: Differences, { out }: Terminal): void {
  for (const { severity, check, where, message, fix } of findings) {
    out(`${severity}: ${where}: ${message} (${check})`);
    if (fix !== undefined) out(`  → ${fix}`);
  }
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  out(`${errors} wrong, ${findings.length - errors} to look at`);
  if (differences.lines === null) out(`There is no ${differences.with} to compare with.`);
  else if (differences.lines.length === 0) out(`Nothing differs from ${differences.with}.`);
  else {
    out(`Compared with ${differences.with}:`);
    for (const line of differences.lines) out(`  ${line}`);
  }
}
