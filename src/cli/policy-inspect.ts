import { readFile } from 'node:fs/promises';
import type { JsonObject } from '../decision/model.ts';
import { type Files, unpackArchive } from '../engine/archive.ts';
import { type Bundle, createBundle } from '../engine/bundle.ts';
import { BundleRefused } from '../engine/bundle-refused.ts';
import { loadPolicy } from '../engine/load-policy.ts';
import { APPROVALS_SUFFIX } from '../engine/release/bundle-source.ts';
import { signatureShown } from '../engine/trust/bundle-signature.ts';
import { type ConfiguredTrust, readTrust } from '../engine/trust/read-trust.ts';
import { readStatements } from '../engine/trust/statements.ts';
import { bundleSha256, checkRelease, type Memory, type Offer, type Trust } from '../engine/trust/trust.ts';
import { readBytes } from './read-file.ts';
import { NO, saying, type Terminal, WRONG_USE, YES } from './terminal.ts';

export interface PolicyInspectOptions {
  readonly bundle: string;
  /** What this configuration asks of a bundle; without it nothing is judged. */
  readonly trust?: ConfiguredTrust;
  /** What the service remembers of earlier bundles; without it freshness is judged as at a first start. */
  readonly memory?: Memory;
  readonly json: boolean;
}

interface Inspected {
  readonly bundle: string;
  readonly revision: string;
  readonly sha256: string;
  readonly files: { readonly all: number; readonly cases: number; readonly rules: number };
  /** What the signature says of itself; believed only where `accepted` is true. */
  readonly signature: JsonObject | null;
  readonly statements: readonly string[];
  readonly ignored: readonly string[];
  readonly loads: string;
  /** Null without a configuration. */
  readonly accepted: boolean | null;
  readonly reason: string;
}

const NEVER_BEFORE: Memory = { floor: { sequence: 0 }, blocks: [] };

/**
 * `datwat policy inspect`: what is in a bundle, who signed and approved it, and whether it would come into force here.
 * Exit code: 0 it would (or nobody asked), 1 it would not, 2 it cannot be read.
 */
export async function policyInspect(options: PolicyInspectOptions, { out, err }: Terminal): Promise<number> {
  try {
    const inspected = await inspect(options);
    out(options.json ? JSON.stringify(inspected) : text(inspected));
    return inspected.accepted === false || inspected.loads !== 'yes' ? NO : YES;
  } catch (failure) {
    err(failure instanceof BundleRefused ? `${options.bundle}: ${failure.reason}` : saying(failure));
    return WRONG_USE;
  }
}

async function inspect(options: PolicyInspectOptions): Promise<Inspected> {
  const bytes = readBytes(options.bundle);
  const approvals = await readFile(`${options.bundle}${APPROVALS_SUFFIX}`, 'utf8').catch(() => undefined);
  const offer: Offer = { bytes, ...(approvals === undefined ? {} : { approvals }) };
  const files = await unpackArchive(bytes);
  const bundle = createBundle(files);
  const trust = options.trust === undefined ? undefined : await readTrust(options.trust);
  const names = [...files.keys()];
  return {
    bundle: options.bundle,
    revision: bundle.revision,
    sha256: bundleSha256(bytes),
    files: {
      all: names.length,
      cases: names.filter((name) => name.startsWith('cases/')).length,
      rules: names.filter((name) => name.endsWith('.rego')).length,
    },
    signature: signatureShown(files),
    ...statementsOf(offer, trust),
    loads: await loading(bundle),
    ...judged(offer, files, trust, options.memory ?? NEVER_BEFORE),
  };
}

function statementsOf({ bytes, approvals }: Offer, trust: Trust | undefined) {
  if (trust === undefined) return { statements: [], ignored: [] };
  const { statements, ignored } = readStatements(approvals, trust, Date.now());
  const sha256 = bundleSha256(bytes);
  const said = statements.map(({ kind, by, bundleSha256: about }) => {
    return `${kind} by ${by.office} (${by.person})${about === sha256 ? '' : ', about another bundle'}`;
  });
  return { statements: said, ignored };
}

async function loading(bundle: Bundle): Promise<string> {
  try {
    await loadPolicy(bundle);
    return 'yes';
  } catch (failure) {
    if (!(failure instanceof BundleRefused)) throw failure;
    return `no (${failure.step}): ${failure.reason}`;
  }
}

function judged(offer: Offer, files: Files, trust: Trust | undefined, memory: Memory) {
  if (trust === undefined) return { accepted: null, reason: 'not judged: --config names what is asked of a bundle' };
  try {
    const { freshness, approvedBy, sequence } = checkRelease(offer, files, trust, memory, Date.now());
    const order = sequence === undefined ? freshness : `sequence ${sequence}`;
    const quorum =
      approvedBy === 'none'
        ? 'no quorum is asked for'
        : `approved by ${approvedBy.map(({ office }) => office).join(', ')}`;
    return { accepted: true, reason: `${order}; ${quorum}` };
  } catch (failure) {
    if (!(failure instanceof BundleRefused)) throw failure;
    return { accepted: false, reason: `${failure.step}: ${failure.reason}` };
  }
}

function text(inspected: Inspected): string {
  const { bundle, revision, sha256, files, signature, statements, ignored, loads, accepted, reason } = inspected;
  const signed = signature === null ? 'no' : Object.entries(signature).map(([name, value]) => `${name} ${value}`);
  return [
    bundle,
    `revision   ${revision}`,
    `sha256     ${sha256}`,
    `holds      ${files.all} files: ${files.rules} with rules, ${files.cases} cases`,
    `signed     ${Array.isArray(signed) ? signed.join(', ') : signed}`,
    ...statements.map((statement) => `statement  ${statement}`),
    ...ignored.map((why) => `ignored    ${why}`),
    `loads      ${loads}`,
    `accepted   ${accepted === null ? reason : `${accepted ? 'yes' : 'no'}: ${reason}`}`,
  ].join('\n');
}
