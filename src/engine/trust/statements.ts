import { isObject } from '../../decision/model.ts';
import { canonicalJson } from '../canonical-json.ts';
import { isSignedBy, type Jws, parseJws } from './jws.ts';
import { type TrustedKey, unusable } from './trusted-key.ts';

/** Someone who may speak about a bundle: a key of one person in one office. */
export interface Approver extends TrustedKey {
  readonly office: string;
  readonly person: string;
}

export const STATEMENTS = ['approve', 'block', 'lift_block', 'rollback'] as const;
export type StatementKind = (typeof STATEMENTS)[number];

/** One signed statement about one bundle, by a key that is trusted for it. */
export interface Statement {
  readonly kind: StatementKind;
  readonly bundleSha256: string;
  /** Of a rollback the office is `release`: whoever holds a key that signs bundles. */
  readonly by: { readonly office: string; readonly person: string };
  /** Seconds since the epoch, as signed. */
  readonly at: number;
  /** Of a rollback: the floor from which it counts. */
  readonly fromSequence?: number;
}

export interface ReadStatements {
  readonly statements: readonly Statement[];
  /** What could not be believed, each with its reason. It neither approves nor stops anything. */
  readonly ignored: readonly string[];
}

/** Whose statements are believed. */
export interface Speakers {
  readonly approvers: readonly Approver[];
  /** Keys that sign bundles; they alone can call one back. */
  readonly keys: readonly TrustedKey[];
}

const RELEASE = 'release';
/** Each costs a verification on the thread that answers, and whoever serves the file can put in what he likes. */
const MOST_STATEMENTS = 200;

/**
 * The statements in the text of `<bundle>.approvals.json`: `{ "approvals": [compact JWS, …] }`. Each is believed only by the
 * key that it names, with that key's algorithm and office. `at` is the moment (milliseconds) at which keys must be valid.
 */
export function readStatements(text: string | undefined, speakers: Speakers, at: number): ReadStatements {
  if (text === undefined) return { statements: [], ignored: [] };
  const statements: Statement[] = [];
  const ignored: string[] = [];
  for (const [index, token] of tokensOf(text, ignored).entries()) {
    try {
      statements.push(believed(parseJws(token), speakers, at));
    } catch (failure) {
      ignored.push(`statement ${index + 1}: ${failure instanceof Error ? failure.message : 'unreadable'}`);
    }
  }
  return { statements, ignored };
}

/** The text of an approvals file with one more statement in it. Throws an Error where the text is not such a file. */
export function withStatement(text: string | undefined, token: string): string {
  const problems: string[] = [];
  const tokens = text === undefined ? [] : tokensOf(text, problems);
  if (problems.length > 0) throw new Error(problems.join('; '));
  return `${JSON.stringify({ approvals: [...tokens.filter((known) => known !== token), token] }, null, 1)}\n`;
}

/**
 * The statements of two texts of approvals that are about this bundle and signed by a key that is known here, valid now or not.
 * INVARIANT: what comes out does not grow with what a source invents, for it is kept on disk and merged again at each change.
 */
export function mergedApprovals(
  sha256: string,
  texts: readonly (string | undefined)[],
  { approvers, keys }: Speakers,
): string {
  const tokens = new Set(texts.flatMap((text) => (text === undefined ? [] : tokensOf(text, []))));
  const counts = [...tokens].filter((token) => isSpoken(token, sha256, [...approvers, ...keys]));
  return `${JSON.stringify({ approvals: counts }, null, 1)}\n`;
}

function isSpoken(token: string, sha256: string, known: readonly TrustedKey[]): boolean {
  try {
    const jws = parseJws(token);
    if (jws.payload.bundle_sha256 !== sha256) return false;
    return known.some(({ id, algorithm, key }) => id === jws.header.kid && isSignedBy(jws, algorithm, key));
  } catch {
    return false;
  }
}

function tokensOf(text: string, problems: string[]): readonly string[] {
  try {
    canonicalJson(text);
    const document: unknown = JSON.parse(text);
    const listed = isObject(document) ? document.approvals : undefined;
    if (!Array.isArray(listed) || !listed.every((token) => typeof token === 'string')) {
      problems.push('the approvals file holds no list of approvals');
      return [];
    }
    const tokens = [...new Set(listed)];
    if (tokens.length <= MOST_STATEMENTS) return tokens;
    problems.push(
      `the approvals file holds more than ${MOST_STATEMENTS} statements; leave out those about other bundles`,
    );
  } catch {
    problems.push('the approvals file is not strict JSON');
  }
  return [];
}

function believed(jws: Jws, { approvers, keys }: Speakers, at: number): Statement {
  const kind = STATEMENTS.find((known) => known === jws.payload.statement);
  if (kind === undefined) throw new Error('it says nothing that is known here');
  const { bundle_sha256: bundleSha256, office, iat, from_sequence: fromSequence } = jws.payload;
  if (typeof bundleSha256 !== 'string' || typeof iat !== 'number') throw new Error('it names no bundle or no time');
  if (kind === 'rollback') {
    const { id } = signer(jws, keys, at);
    if (typeof fromSequence !== 'number') throw new Error('it is a rollback that names no sequence');
    return { kind, bundleSha256, by: { office: RELEASE, person: id }, at: iat, fromSequence };
  }
  const by = signer(jws, approvers, at);
  if (office !== by.office) throw new Error(`key ${by.id} does not speak for the office that it names`);
  return { kind, bundleSha256, by: { office: by.office, person: by.person }, at: iat };
}

/** INVARIANT: an HMAC secret proves nothing about a person, for everyone who can verify with it can sign with it. */
function signer<Key extends TrustedKey>(jws: Jws, known: readonly Key[], at: number): Key {
  const { kid } = jws.header;
  const named = known.find(({ id }) => id === kid);
  if (named === undefined) throw new Error('it is signed by a key that is not known here for this');
  if (named.algorithm.startsWith('HS')) throw new Error(`key ${named.id} is a shared secret, which speaks for nobody`);
  if (!isSignedBy(jws, named.algorithm, named.key)) throw new Error(`it is not signed by key ${named.id}`);
  const reason = unusable(named, at);
  if (reason !== undefined) throw new Error(reason);
  return named;
}
