/**
 * The one YAML reader: policy data, cases, checks and configuration. YAML 1.2 (core schema), one document, JSON values only.
 * Everything that a reader could take in two ways is an error with its place: a key that stands twice, an unknown anchor or tag,
 * a number that does not survive a double.
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { Json } from '../decision/model.ts';

export interface YamlProblem {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly message: string;
}

/** All problems of one file at once. Its message has one `file:line:column: what` a line. */
export class YamlError extends Error {
  readonly file: string;
  readonly problems: readonly YamlProblem[];

  constructor(file: string, problems: readonly YamlProblem[]) {
    super(problems.map((p) => `${file}:${p.line}:${p.column}: ${p.message}`).join('\n'));
    this.name = 'YamlError';
    this.file = file;
    this.problems = problems;
  }
}

export interface YamlText {
  readonly value: Json;
  /** The line (from 1) of what a JSON pointer (RFC 6901) names; of the nearest thing around it where it is not there. */
  lineOf(pointer: string): number;
}

const BAD_ALIAS = 'this alias names an anchor that does not exist above it';

const SAYS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key stands twice in the same map; keep one of the two',
  TAB_AS_INDENT: 'a tab cannot be used for indentation; use spaces',
  BAD_ALIAS,
  MULTIPLE_DOCS: 'a second document starts here (---); keep one document in a file',
  TAG_RESOLVE_FAILED: 'this tag is unknown; leave it out',
};

/** Throws `YamlError` with every problem of the text. An empty text is `null`. `file` is only used in messages. */
export function readYaml(text: string, file: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', schema: 'core', prettyErrors: false });
  const at = (offset: number, message: string): YamlProblem => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1), message };
  };
  const problems = [...document.errors, ...document.warnings].map((e) => at(e.pos[0], SAYS[e.code] ?? e.message));
  if (problems.length === 0) problems.push(...notJson(document, at));
  if (problems.length > 0) throw new YamlError(file, problems);
  let value: Json;
  try {
    value = document.toJS({ maxAliasCount: 100 }) as Json;
  } catch (error) {
    throw new YamlError(file, [at(0, error instanceof Error ? error.message : 'the aliases cannot be resolved')]);
  }
  return { value, lineOf: (pointer) => lines.linePos(offsetOf(document, pointer)).line };
}

/**
 * Where a YAML 1.1 reader (OPA is one) would see another value than YAML 1.2 does: `0363`, `no`, `1_000`, `12:30`.
 * Empty where both see the same. Expects a text that `readYaml` accepts.
 */
export function readsDifferentlyInYaml11(text: string): readonly YamlProblem[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', schema: 'core', prettyErrors: false });
  const problems: YamlProblem[] = [];
  visit(document, {
    Scalar(_key, node) {
      if (node.type !== 'PLAIN' || node.source === undefined || !/^(?:[-+.\d]|[yYnNoO])/.test(node.source)) return;
      const old = parseDocument(node.source, { version: '1.1', prettyErrors: false });
      const seen = old.errors.length > 0 ? undefined : old.contents;
      // A date is text to OPA too, though YAML 1.1 has a type for it.
      if (isScalar(seen) && (seen.value === node.value || seen.value instanceof Date)) return;
      const { line, col } = lines.linePos(node.range?.[0] ?? 0);
      problems.push({
        line,
        column: col,
        message: `OPA reads ${node.source} as something else than text; put quotes around it`,
      });
    },
  });
  return problems;
}

function notJson(document: Document, at: (offset: number, message: string) => YamlProblem): YamlProblem[] {
  const problems: YamlProblem[] = [];
  visit(document, {
    Pair(_key, pair) {
      if (isNode(pair.key) && !isScalar(pair.key)) problems.push(at(startOf(pair.key), 'a key must be a plain text'));
    },
    Scalar(_key, node) {
      const { value } = node;
      if (typeof value === 'bigint' || (typeof value === 'number' && !survives(value, node.source))) {
        problems.push(at(startOf(node), 'this number does not keep its value; put quotes around it'));
      }
    },
    Alias(_key, node) {
      if (node.resolve(document) === undefined) problems.push(at(startOf(node), BAD_ALIAS));
    },
  });
  return problems;
}

/** A whole number must be exact and keep its digits (`0363` is a code); a fraction may round, but must be finite. */
function survives(value: number, source = ''): boolean {
  if (/^[-+]?0\d/.test(source)) return false;
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function offsetOf(document: Document, pointer: string): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? startOf(node) : 0;
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === name);
      if (pair === undefined) return offset;
      offset = isNode(pair.key) ? startOf(pair.key) : offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(name)];
      if (!isNode(node)) return offset;
      offset = startOf(node);
    } else {
      return offset;
    }
  }
  return offset;
}
