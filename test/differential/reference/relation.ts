/** Step 7: the bond between this professional and this resident, as the PDP knows it (domain.md §7.2, §7.14). */
import type { JsonObject } from '../../../src/decision/model.ts';
import { within } from './calendar.ts';
import { covers } from './domains.ts';
import { object, text } from './lenient.ts';
import type { PolicyData } from './policy-data.ts';

/** What a case relation is weighed against. */
export interface RelationQuestion {
  readonly facts: JsonObject;
  readonly domain: string | undefined;
  readonly level: string | undefined;
  readonly overlegId: string | undefined;
  readonly today: string;
}

/** True where the case relation suffices for this level in this domain. */
export function hasCaseRelation(
  { facts, domain, level, overlegId, today }: RelationQuestion,
  data: PolicyData,
): boolean {
  const row = object(facts.case_relation);
  const kind = data.relations.case[text(row.kind) ?? ''];
  if (kind === undefined || !kind.suffices_for.includes(level ?? 'wat')) return false;
  if (kind.own_domain_only && !inOwnDomain(text(row.domain), domain ?? '')) return false;
  if (kind.within_overleg && (text(row.overleg_id) === undefined || row.overleg_id !== overlegId)) return false;
  if (kind.within_period && row.until === undefined) return false;
  return within(row.since, row.until, today);
}

function inOwnDomain(caseDomain: string | undefined, domain: string): boolean {
  return caseDomain !== undefined && covers(caseDomain, domain);
}
