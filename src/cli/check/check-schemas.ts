/** Holds policy data against the `schema.json` of its folder. A schema rules its folder and everything below it. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { isObject, type Json, type JsonObject } from '../../decision/model.ts';
import type { Finding } from './finding.ts';
import { compileSchema, type SchemaProblem } from './json-schema.ts';

export interface PolicySchema {
  /** Path under `data` that it rules. */
  readonly path: readonly string[];
  readonly file: string;
  problemsOf(value: unknown): readonly SchemaProblem[];
}

/** Reads every `schema.json` of the policies. Throws with the file's name where one is no schema. */
export async function readSchemas(policies: string): Promise<readonly PolicySchema[]> {
  const entries = await readdir(policies, { recursive: true, withFileTypes: true });
  const files = entries.filter((e) => e.isFile() && e.name === 'schema.json').map((e) => join(e.parentPath, e.name));
  return Promise.all(files.sort().map((file) => readSchema(policies, file)));
}

async function readSchema(policies: string, file: string): Promise<PolicySchema> {
  const path = relative(policies, dirname(file)).split(/[\\/]/);
  try {
    return { path, file, problemsOf: compileSchema(JSON.parse(await readFile(file, 'utf8'))) };
  } catch (cause) {
    throw new Error(`${file} is not a JSON Schema: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}

/** Every place where the document breaks its schema, or has none. `placeOf` turns a pointer into words. */
export function checkSchemas(
  document: JsonObject,
  schemas: readonly PolicySchema[],
  placeOf: (pointer: string) => string,
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { path, file, problemsOf } of schemas) {
    const value = valueAt(document, path);
    if (value === undefined) {
      findings.push({
        severity: 'error',
        check: 'schema',
        where: file,
        message: 'this schema has no data',
        fix: 'remove it, or add data.yaml',
      });
      continue;
    }
    for (const { pointer, message } of problemsOf(value)) {
      const whole = `${path.map((part) => `/${part}`).join('')}${pointer}`;
      findings.push({
        severity: 'error',
        check: 'schema',
        where: placeOf(whole),
        message: `${whole}: ${message}`,
        fix: `see ${file}`,
      });
    }
  }
  for (const key of Object.keys(document)) {
    if (schemas.some(({ path }) => path[0] === key)) continue;
    findings.push({
      severity: 'error',
      check: 'schema',
      where: placeOf(`/${key}`),
      message: 'these data have no schema.json',
      fix: `write ${key}/schema.json`,
    });
  }
  return findings;
}

function valueAt(document: JsonObject, path: readonly string[]): Json | undefined {
  let value: Json | undefined = document;
  for (const part of path) value = isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  return value;
}
