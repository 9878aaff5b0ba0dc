/** What the reference reads of the policy data: data only, never a rule. */

export interface PolicyData {
  readonly settings: {
    readonly profile: string;
    readonly wams_in_force: boolean;
    readonly stages: readonly string[];
    readonly actions: readonly string[];
  };
  readonly profiles: Record<string, { readonly local_decisions: boolean }>;
  readonly domains: Record<string, Domain>;
  readonly roles: Record<string, Role>;
  readonly purposes: Record<string, Purpose>;
  /** Giving domain → purpose → receiving role → cell. A cell that is not there is closed. */
  readonly authorisation_matrix: Record<string, Record<string, Record<string, Cell>>>;
  /** Profile → the same again: cells that a municipality opens by its own decision. */
  readonly local_decisions: Record<string, Record<string, Record<string, Record<string, Cell>>>>;
  readonly pets: Record<string, unknown>;
  readonly legal_bases: Record<string, LegalBasis>;
  readonly organisation_types: Record<string, OrganisationType>;
  readonly questions: Record<string, { readonly purposes: Record<string, readonly string[]> }>;
  readonly five_questions: {
    readonly questions: Record<string, unknown>;
    readonly categories: Record<string, { readonly teamhoofd_ack: boolean }>;
  };
  readonly consent_kinds: Record<string, { readonly counts: string; readonly laws: readonly string[] }>;
  readonly agreement_kinds: Record<string, { readonly opens_data: boolean; readonly named_meeting: boolean }>;
  readonly secrecy_kinds: Record<string, unknown>;
  readonly relations: {
    readonly case: Record<string, CaseRelation>;
    readonly person: Record<string, PersonRelation>;
  };
  readonly reasons: Record<string, { readonly outward: boolean; readonly depends_on: string }>;
}

export interface LegalBasis {
  readonly in_force: boolean;
  readonly asks_explicit_consent?: boolean;
  readonly valid_from?: string;
  readonly valid_until?: string;
}

export interface CaseRelation {
  readonly suffices_for: readonly string[];
  readonly own_domain_only: boolean;
  readonly within_period: boolean;
  readonly within_overleg: boolean;
}

export interface PersonRelation {
  readonly apart_when_adult: boolean;
  readonly presumed_adult: boolean;
  readonly presumed_minor?: boolean;
}

export interface OrganisationType {
  readonly needs_mandate: boolean;
  readonly college: boolean;
  readonly burgemeester: boolean;
}

export interface Domain {
  readonly law: string | null;
  readonly holder: string;
  readonly parts?: readonly string[];
  readonly hard: boolean;
  readonly dat_gevoelig: boolean;
  readonly about_minors?: boolean;
  readonly dat: readonly string[];
  readonly categories: Record<string, Category>;
}

export interface Category {
  readonly fields: readonly string[];
  readonly special?: boolean;
  readonly criminal?: boolean;
  readonly hard?: boolean;
  readonly not_for?: readonly string[];
}

export interface Role {
  readonly domains: readonly string[];
  readonly level_cap: Level;
  readonly escape: boolean;
  readonly resident?: boolean;
}

export type Level = 'none' | 'dat' | 'wat';

export interface FieldSet {
  readonly dat?: readonly string[];
  readonly wat?: Record<string, readonly string[]>;
}

export interface Purpose {
  readonly law: string | null;
  readonly attitude: string | readonly string[];
  readonly status: string;
  readonly level_cap: Level;
  readonly pets: readonly string[];
  readonly roles: readonly string[];
  readonly own_domains: readonly string[];
  readonly givers?: { readonly roles: readonly string[]; readonly pets: readonly string[] };
  readonly case_relation_required: boolean;
  readonly objection_blocks: boolean;
  readonly needs_individual_data: boolean;
  readonly needs_meervoudig: boolean;
  readonly needs_finding?: boolean;
  readonly needs_client?: boolean;
  readonly min_stage?: string;
  readonly wams?: boolean;
  readonly wams_phase?: string;
  readonly active_only?: boolean;
  readonly own_data?: boolean;
  readonly break_glass?: boolean;
  readonly breaks_secrecy?: boolean;
  readonly production_data?: boolean;
  readonly notice?: string;
  readonly needs_facts: readonly string[];
  readonly fields: Record<string, FieldSet>;
  readonly obligations: readonly string[];
  readonly valid_from: string;
  readonly valid_until?: string;
}

export interface Cell {
  readonly level: Level;
  readonly fields?: readonly string[];
  readonly out_basis: readonly string[];
  readonly in_basis: readonly string[];
  readonly local_decision?: unknown;
  readonly conditions: {
    readonly consent: boolean;
    readonly agreement?: { readonly kinds: readonly string[]; readonly for_college: boolean };
    readonly order?: boolean;
    readonly college_only?: boolean;
    readonly holder_college?: boolean;
    readonly client_involved?: boolean;
  };
  readonly obligations?: readonly string[];
  readonly historical?: boolean;
  readonly covers_family?: boolean;
}
