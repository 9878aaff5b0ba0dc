import type { DecisionRecord, JsonObject, PolicyIdentity } from '../../decision/model.ts';
import { canonicalNames, jcs, quotedName } from '../jcs.ts';
import { CHAIN, DATA_SUBJECTS, POLICIES, SOURCE } from '../record-form.ts';
import type { SealableRecord } from './seal-record.ts';

const CHAIN_PREFIX = CHAIN.commitments.slice(0, CHAIN.commitments.lastIndexOf('.') + 1);
type Attributes = Pick<SealableRecord, 'beforeSubjects' | 'beforeChain' | 'afterChain'>;

/**
 * The attributes, cut where the ledger puts in its own. `leading` are those of ADL's core, which sort before all others, each
 * with a comma behind it. Throws TypeError for a name that is neither a vendor's nor FSC's: ADL's core is written here alone.
 */
export function cutAttributes(given: JsonObject, leading: string): Attributes {
  let beforeSubjects = leading;
  let beforeChain = '';
  let afterChain = '';
  for (const name of canonicalNames(given)) {
    const value = given[name];
    if (value === undefined) continue;
    const vendor = name.startsWith('datwat.') || name.startsWith('adl.fsc.');
    if (!vendor || name === DATA_SUBJECTS || name.startsWith(CHAIN_PREFIX)) {
      throw new TypeError(`an attribute may not be called ${name}`);
    }
    const member = quotedName(name) + jcs(value);
    if (name < DATA_SUBJECTS) beforeSubjects += `${member},`;
    else if (name < CHAIN_PREFIX) beforeChain += `${member},`;
    else afterChain += `,${member}`;
  }
  return { beforeSubjects, beforeChain, afterChain };
}

/** Per policy and entrypoint, of which there are few: `"adl.core.policies":…,`. */
const policyMembers = new WeakMap<PolicyIdentity, Map<string, string>>();

export function policyMember(record: DecisionRecord): string {
  let members = policyMembers.get(record.policy);
  if (members === undefined) {
    members = new Map();
    policyMembers.set(record.policy, members);
  }
  let member = members.get(record.entrypoint);
  if (member === undefined) {
    const { revision, wasmSha256, dataSha256, engine, release } = record.policy;
    const reference = {
      revision,
      wasm_sha256: wasmSha256,
      data_sha256: dataSha256,
      entrypoint: record.entrypoint,
      engine,
      ...(release && { release }),
    };
    member = `"${POLICIES}":${jcs({ [SOURCE]: reference })},`;
    members.set(record.entrypoint, member);
  }
  return member;
}
