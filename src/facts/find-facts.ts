/** From what is stored to `input.facts` of one question (design.md §4). */
import type { FactQuery, FactsFound } from '../decision/ports.ts';
import { addAsserted } from './asserted.ts';
import { chooseCaseRelation } from './case-relation.ts';
import type { RowsByKind } from './kinds.ts';
import type { ResidentRows } from './resident-rows.ts';
import type { Snapshot } from './snapshot.ts';

const NONE: readonly never[] = [];

export function findFacts(query: FactQuery, resident: ResidentRows, snapshot: Snapshot): FactsFound {
  const stored: RowsByKind = {
    case_relation: resident.get('case_relation') ?? NONE,
    consents: resident.get('consents') ?? NONE,
    objections: resident.get('objections') ?? NONE,
    agreements: snapshot.agreements(query.organisation),
    mandates: snapshot.mandates(query.organisation),
    guardianship: resident.get('guardianship') ?? NONE,
    notices: resident.get('notices') ?? NONE,
    staff: snapshot.staff(query.people),
  };
  const { rows, asserted, ignored } = addAsserted(stored, query);
  const facts = {
    ...rows,
    case_relation: chooseCaseRelation(rows.case_relation, query),
    feeds: snapshot.ages.at(query.now.time, query.dataSubject.length === 0),
  };
  return { facts, asserted, ignored };
}
