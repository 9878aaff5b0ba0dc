import { BundleRefused } from '../bundle-refused.ts';
import type { Statement } from './statements.ts';

/** Whose approval a bundle needs. `none` is written out in the configuration, and stands in each record. */
export type Quorum =
  | 'none'
  | {
      /** Each of these offices must approve, and no person counts for two of them. */
      readonly offices: readonly string[];
      /** How many different persons at least. */
      readonly atLeast: number;
      /** Offices that can stop a bundle. */
      readonly mayBlock: readonly string[];
    };

export interface Approval {
  readonly office: string;
  readonly person: string;
}

/** Blocks of this bundle that stand: not lifted afterwards by a statement of the same office. */
export function standingBlocks(statements: readonly Statement[], sha256: string, quorum: Quorum): readonly Statement[] {
  if (quorum === 'none') return [];
  const about = statements.filter(({ bundleSha256 }) => bundleSha256 === sha256);
  const lifts = about.filter(({ kind }) => kind === 'lift_block');
  return about
    .filter(({ kind, by }) => kind === 'block' && quorum.mayBlock.includes(by.office))
    .filter((block) => !lifts.some((lift) => lift.by.office === block.by.office && lift.at > block.at));
}

/** Who approved this bundle. Throws `BundleRefused` at step `approvals`: blocked by whom, or whose approval is missing. */
export function checkedApprovals(
  statements: readonly Statement[],
  sha256: string,
  quorum: Quorum,
): readonly Approval[] {
  if (quorum === 'none') return [];
  const [block] = standingBlocks(statements, sha256, quorum);
  if (block !== undefined)
    refuse(`${block.by.office} (${block.by.person}) blocks it; only ${block.by.office} can lift that`);
  const approving = statements
    .filter(({ kind, bundleSha256 }) => kind === 'approve' && bundleSha256 === sha256)
    .map(({ by: { office, person } }): [string, Approval] => [JSON.stringify([office, person]), { office, person }]);
  // Who says yes twice has said yes.
  const approvals = [...new Map(approving).values()];
  const missing = quorum.offices.filter((office) => !approvals.some((approval) => approval.office === office));
  if (missing.length > 0) refuse(`the approval of ${missing.join(' and ')} is missing`);
  const persons = new Set(approvals.map(({ person }) => person));
  if (persons.size < quorum.atLeast) refuse(`${quorum.atLeast} persons must approve it, and ${persons.size} did`);
  if (!differentPersons(quorum.offices, approvals, new Set())) {
    refuse(`no two of ${quorum.offices.join(', ')} may be approved by one and the same person`);
  }
  return approvals;
}

/** True where each office has a person of its own. The lists are short, so trying is enough. */
function differentPersons(
  offices: readonly string[],
  approvals: readonly Approval[],
  taken: ReadonlySet<string>,
): boolean {
  const [office, ...rest] = offices;
  if (office === undefined) return true;
  return approvals
    .filter((approval) => approval.office === office && !taken.has(approval.person))
    .some(({ person }) => differentPersons(rest, approvals, new Set([...taken, person])));
}

function refuse(reason: string): never {
  throw new BundleRefused('approvals', reason);
}
