/** The kinds of fact and their columns (design.md §4 and §10): the one place that import, look-up and assertion share. */
import type { JsonObject } from '../decision/model.ts';

export const FACT_KINDS = [
  'case_relation',
  'consents',
  'objections',
  'agreements',
  'mandates',
  'guardianship',
  'notices',
  'staff',
] as const;
export type FactKind = (typeof FACT_KINDS)[number];

/** One row as the policy sees it: the columns of its kind, without whom it is about. */
export type Row = JsonObject;
export type RowsByKind = Readonly<Record<FactKind, readonly Row[]>>;

/**
 * `text` is not empty; `date` is a Dutch calendar date and `instant` a UTC time, both in the normal form of
 * `decision/time.ts`; `list` holds texts; `anything` is a text, a list of texts or a truth value.
 */
export type ColumnType = 'text' | 'date' | 'instant' | 'list' | 'boolean' | 'anything';

export interface Column {
  readonly type: ColumnType;
  readonly required?: true;
  readonly oneOf?: readonly string[];
  /** Read from another column, never given itself. */
  readonly from?: string;
}

export interface KindForm {
  /** Whom a row belongs to: a professional's relation with a resident, one resident, or nobody in particular. */
  readonly about: 'relation' | 'resident' | 'everyone';
  readonly columns: Readonly<Record<string, Column>>;
  /** Two rows about the same person that agree in these are the same fact at two moments. */
  readonly identity: readonly string[];
  /** Columns that end what a row opens. An earlier end may always be added. */
  readonly ends: readonly string[];
}

/** domain.md §2.3; where none can suffice, the first of these is told. */
export const CASE_RELATION_KINDS = [
  'eigen_caseload',
  'waarneming',
  'team_caseload',
  'meelezer_overleg',
  'voormalig',
  'geen',
] as const;

const text: Column = { type: 'text' };
const requiredText: Column = { type: 'text', required: true };
const date: Column = { type: 'date' };
const instant: Column = { type: 'instant' };
const list: Column = { type: 'list' };
const origin = { as_of: instant, source: text };

export const FORMS: Readonly<Record<FactKind, KindForm>> = {
  case_relation: {
    about: 'relation',
    columns: {
      kind: { ...requiredText, oneOf: CASE_RELATION_KINDS },
      casus_id: text,
      domain: text,
      overleg_id: text,
      // domain.md §7.14: what the person is in the casus, which wins over what a request says.
      person_relation: requiredText,
      since: date,
      until: date,
      ...origin,
    },
    identity: ['kind', 'casus_id', 'domain', 'overleg_id', 'since'],
    ends: ['until'],
  },
  consents: {
    about: 'resident',
    columns: {
      id: requiredText,
      kind: { ...requiredText, oneOf: ['explicit', 'geen_bezwaar_schriftelijk', 'geen_bezwaar_mondeling'] },
      purpose: text,
      from_domain: text,
      to_role: text,
      to_domain: text,
      items: list,
      given_by: text,
      given_at: instant,
      // Policies have no clock of their own, so they cannot know the Dutch date of an instant.
      given_on: { type: 'date', from: 'given_at' },
      valid_until: date,
      withdrawn_at: instant,
      ...origin,
    },
    identity: ['id'],
    ends: ['valid_until', 'withdrawn_at'],
  },
  objections: {
    about: 'resident',
    columns: { domain: text, purpose: text, made_at: { ...instant, required: true }, ...origin },
    identity: ['domain', 'purpose', 'made_at'],
    ends: [],
  },
  agreements: {
    about: 'everyone',
    columns: {
      id: requiredText,
      kind: requiredText,
      parties: { ...list, required: true },
      domains: { ...list, required: true },
      max_level: { ...requiredText, oneOf: ['dat', 'wat'] },
      overleg: text,
      valid_from: date,
      valid_until: date,
      ...origin,
    },
    identity: ['id'],
    ends: ['valid_until'],
  },
  mandates: {
    about: 'everyone',
    columns: {
      organisation: requiredText,
      municipality: requiredText,
      laws: { ...list, required: true },
      valid_from: date,
      valid_until: date,
      ...origin,
    },
    identity: ['organisation', 'municipality', 'laws', 'valid_from'],
    ends: ['valid_until'],
  },
  guardianship: {
    about: 'resident',
    columns: {
      person: requiredText,
      relation: requiredText,
      gezag: { type: 'boolean' },
      kind: { ...text, oneOf: ['curator', 'mentor'] },
      since: date,
      until: date,
      ...origin,
    },
    identity: ['person', 'relation', 'kind', 'since'],
    // An end here may open as well: who had a curator may then consent again.
    ends: [],
  },
  notices: {
    about: 'resident',
    columns: {
      kind: requiredText,
      at: { ...instant, required: true },
      wie: { type: 'anything' },
      wat: { type: 'anything' },
      welke: { type: 'anything' },
      waar: { type: 'anything' },
      met_wie: { type: 'anything' },
      waarom: { type: 'anything' },
      ...origin,
    },
    identity: ['kind', 'at'],
    ends: [],
  },
  staff: {
    about: 'everyone',
    columns: { id: requiredText, role: requiredText, ...origin },
    identity: ['id', 'role'],
    ends: [],
  },
};

export function isFactKind(text: string): text is FactKind {
  return Object.hasOwn(FORMS, text);
}

const COLUMN_NAMES = new Map(
  Object.entries(FORMS).map(([kind, { columns }]) => [
    kind,
    Object.keys(columns).filter((name) => columns[name]?.from === undefined),
  ]),
);

/** The columns that a row may be given in; the others are read from these. */
export function columnNames(kind: FactKind): readonly string[] {
  return COLUMN_NAMES.get(kind) ?? [];
}

/** What makes two rows about the same person the same fact; text, so that it can be a key. */
export function identityOf(kind: FactKind, row: Row): string {
  return JSON.stringify(FORMS[kind].identity.map((column) => row[column] ?? null));
}

/** Days and hours that a feed may be old before the policy refuses what it rests on (design.md §6b), in milliseconds. */
export const DEFAULT_MAX_AGES: Readonly<Record<FactKind, number>> = {
  case_relation: hours(24),
  consents: hours(72),
  objections: hours(72),
  agreements: hours(7 * 24),
  mandates: hours(7 * 24),
  guardianship: hours(7 * 24),
  notices: hours(7 * 24),
  staff: hours(7 * 24),
};

function hours(count: number): number {
  return count * 3_600_000;
}
