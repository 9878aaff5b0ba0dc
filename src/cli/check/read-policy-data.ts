/** All `data.yaml` of a folder of policies as the one document that OPA makes of them, with a place for everything in it. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isObject, type Json, type JsonObject } from '../../decision/model.ts';
import { readsDifferentlyInYaml11, readYaml, YamlError, type YamlText } from '../read-yaml.ts';
import type { Finding } from './finding.ts';

export interface PolicyData {
  /** What stands under `data`: a folder is a key. */
  readonly document: JsonObject;
  readonly findings: readonly Finding[];
  /** `file:line` of what a JSON pointer into the document names. */
  placeOf(pointer: string): string;
}

interface DataFile {
  readonly file: string;
  /** Folder names from the policies folder down: the path under `data`. */
  readonly path: readonly string[];
  readonly yaml: YamlText;
}

/** Folders of a policies folder that hold no data. */
const NO_DATA = ['cases', 'checks', 'toolchain'];

/** Reads every data file. What cannot be read becomes a finding, and is left out of the document. Throws where the folder is not there. */
export async function readPolicyData(policies: string): Promise<PolicyData> {
  const findings: Finding[] = [];
  const files: DataFile[] = [];
  for (const name of await yamlFiles(policies)) {
    const file = join(policies, name);
    const path = name.split('/').slice(0, -1);
    if (!name.endsWith('/data.yaml')) {
      findings.push(
        error('data-file', file, 'OPA does not read this file', 'name it data.yaml in a folder of its own'),
      );
      continue;
    }
    const text = await readFile(file, 'utf8');
    try {
      files.push({ file, path, yaml: readYaml(text, file) });
      for (const { line, column, message } of readsDifferentlyInYaml11(text)) {
        findings.push(error('yaml', `${file}:${line}:${column}`, message));
      }
    } catch (failure) {
      if (!(failure instanceof YamlError)) throw failure;
      for (const { line, column, message } of failure.problems) {
        findings.push(error('yaml', `${file}:${line}:${column}`, message));
      }
    }
  }
  const document = assembled(files, findings);
  return { document, findings, placeOf: (pointer) => placeOf(files, pointer) ?? `data${pointer}` };
}

async function yamlFiles(policies: string): Promise<readonly string[]> {
  const entries = await readdir(policies, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.ya?ml$|^data\.json$/.test(entry.name))
    .map((entry) => relative(policies, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((name) => !NO_DATA.includes(name.split('/')[0] ?? '') && !name.includes('.manifest/'))
    .sort();
}

type MutableDocument = { [key: string]: Json };

function assembled(files: readonly DataFile[], findings: Finding[]): JsonObject {
  const document: MutableDocument = {};
  for (const { file, path, yaml } of files) {
    if (!isObject(yaml.value)) {
      findings.push(error('data-file', file, 'a data file holds a map', 'write `name: value` lines'));
      continue;
    }
    let target = document;
    for (const part of path) target = child(target, part);
    for (const [key, value] of Object.entries(yaml.value)) {
      if (Object.hasOwn(target, key)) {
        const where = `${file}:${yaml.lineOf(`/${escaped(key)}`)}`;
        findings.push(error('data-file', where, 'another file already gives this', 'keep one of the two'));
      } else define(target, key, value);
    }
  }
  return document;
}

function child(target: MutableDocument, name: string): MutableDocument {
  const there = Object.hasOwn(target, name) ? target[name] : undefined;
  if (isObject(there)) return there;
  const made: MutableDocument = {};
  define(target, name, made);
  return made;
}

/** A plain assignment would take a key `__proto__` for something else than data. */
function define(target: MutableDocument, key: string, value: Json): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

function placeOf(files: readonly DataFile[], pointer: string): string | undefined {
  const steps = pointer.split('/').slice(1);
  const names = steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const found = files
    .filter(({ path }) => path.length <= names.length && path.every((part, i) => part === names[i]))
    .sort((a, b) => b.path.length - a.path.length)[0];
  if (found === undefined) return undefined;
  const inside = steps.slice(found.path.length).map((step) => `/${step}`);
  return `${found.file}:${found.yaml.lineOf(inside.join(''))}`;
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function error(check: string, where: string, message: string, fix?: string): Finding {
  return { severity: 'error', check, where, message, ...(fix === undefined ? {} : { fix }) };
}
