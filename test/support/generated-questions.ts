/**
 * Questions for the policy, generated over the ids that the data really hold: first a question in which everything is in
 * order for one cell of the matrix, then a few changes, each to something real, something absent or something of the wrong type.
 */
import fc from 'fast-check';
import { isObject, type Json, type JsonObject, type PolicyInput } from '../../src/decision/model.ts';

export const TODAY = '2026-09-15';
const NOW = `${TODAY}T09:00:00.000Z`;
const COLLEGE = '00000001003214345000';
const PARTNER = '00000003111112340000';
const DAYS = ['2026-09-01', '2026-09-14', '2026-09-15', '2026-09-16', '2027-01-01'];
const BIRTHS = [
  '2016-03-04',
  '2014-09-14',
  '2014-09-15',
  '2014-09-16',
  '2010-09-15',
  '2008-09-14',
  '2008-09-15',
  '2008-09-16',
  '1980-02-29',
];
const CONFLICT = 'CONFLICT_VAN_PLICHTEN';
const FACT_KINDS = [
  'case_relation',
  'consents',
  'objections',
  'agreements',
  'mandates',
  'guardianship',
  'notices',
  'staff',
];

const ANSWERS = {
  q1: 'ja, want',
  q2: 'ja, want',
  q3: 'ja, want',
  q4: 'ja, want',
  q5: 'ja, want',
  consulted_colleague: 'medewerker-2',
  category: 'kind_veiligheid',
  teamhoofd_ack: 'medewerker-3',
  safety_risk: 'dreiging',
};

const ODDITIES: readonly Json[] = [null, [], {}, '', 0, true, 'iets', ['iets'], { iets: 1 }];
/** Where a value of another type may turn up. */
const ANYWHERE: readonly (readonly (string | number)[])[] = [
  ...['role', 'active_pet', 'organisation', 'secrecy', 'team_domain'].map((key) => ['subject', 'properties', key]),
  ...['oin', 'type', 'municipality'].map((key) => ['subject', 'properties', 'organisation', key]),
  ...['requested_level', 'purpose', 'categories', 'question', 'recipient'].map((key) => ['action', 'properties', key]),
  ...['domain', 'municipality', 'holder', 'active', 'received_under_pet', 'in_confidence', 'data_subject'].map(
    (key) => ['resource', 'properties', key],
  ),
  ...['id', 'relation', 'birth_date', 'adult'].map((key) => ['resource', 'properties', 'data_subject', key]),
  ...['casus', 'wams_phase', 'overleg', 'client_involved', 'order_ref', 'break_glass', 'simulation'].map((key) => [
    'context',
    key,
  ]),
  ...[...FACT_KINDS, 'feeds'].map((key) => ['facts', key]),
  ...['kind', 'since', 'until', 'overleg_id', 'person_relation'].map((key) => ['facts', 'case_relation', key]),
  ...['kind', 'purpose', 'from_domain', 'to_role', 'items', 'given_by', 'given_at', 'valid_until', 'withdrawn_at'].map(
    (key) => ['facts', 'consents', 0, key],
  ),
  ['facts', 'consents', 0],
  ...['kind', 'parties', 'domains', 'max_level', 'overleg', 'valid_until'].map((key) => [
    'facts',
    'agreements',
    0,
    key,
  ]),
  ...['organisation', 'laws', 'valid_from', 'valid_until'].map((key) => ['facts', 'mandates', 0, key]),
];

/** What a consent of a question in order is about. */
const CONSENTED = ['everything', 'everything', 'contents', 'facts'] as const;
type Consented = (typeof CONSENTED)[number];

interface Place {
  readonly action: 'read' | 'ask_question' | 'provide';
  readonly domain: string;
  readonly purpose: string;
  /** The role that asks or gives. */
  readonly role: string;
  readonly level: string;
  readonly question?: string;
  /** Whom `provide` gives to. */
  readonly recipient?: string;
  readonly categories?: readonly string[];
}

/** One change: the value at this path, or nothing there any more. */
interface Change {
  readonly path: readonly (string | number)[];
  readonly value: Json | undefined;
}

/** What a generated question may be made of. */
interface Vocabulary {
  readonly places: readonly Place[];
  readonly data: JsonObject;
}

export function questions(data: JsonObject): fc.Arbitrary<PolicyInput> {
  const words = { places: placesOf(data), data };
  return fc
    .tuple(
      fc.constantFrom(...words.places),
      fc.array(fc.constantFrom(...CONSENTED), { maxLength: 2 }),
      fc.array(changes(words), { maxLength: 4 }),
    )
    .map(([place, consents, changed]) => withDaysOfConsent(changed.reduce(changeAt, inOrder(place, consents, words))));
}

/** The day that a consent was given on, which the facts work out from `given_at`. */
function withDaysOfConsent(input: PolicyInput): PolicyInput {
  const { consents } = input.facts;
  if (!Array.isArray(consents)) return input;
  const rows = consents.map((row: Json) => (isObject(row) ? { ...row, given_on: row.given_at ?? null } : row));
  return { ...input, facts: { ...input.facts, consents: rows } };
}

/** The same, with one or two values of a type that nobody expects there. */
export function malformedQuestions(data: JsonObject): fc.Arbitrary<PolicyInput> {
  const oddity = fc.record({ path: fc.constantFrom(...ANYWHERE), value: fc.constantFrom(...ODDITIES) });
  return fc
    .tuple(questions(data), fc.array(oddity, { minLength: 1, maxLength: 2 }))
    .map(([input, oddities]) => oddities.reduce(changeAt, input));
}

/** Every cell of the matrix at each level it has; then the targeted questions, who may give, and conflict van plichten. */
function placesOf(data: JsonObject): readonly Place[] {
  const cells = Object.entries(member(data, 'authorisation_matrix')).flatMap(([domain, purposes]) =>
    Object.entries(entriesOf(purposes)).flatMap(([purpose, roles]) =>
      Object.entries(entriesOf(roles)).map(([role, cell]) => ({ domain, purpose, role, cell: entriesOf(cell) })),
    ),
  );
  const reads = cells.flatMap(({ domain, purpose, role, cell }) =>
    (cell.level === 'wat' ? ['wat', 'dat'] : ['dat']).map(
      (level): Place => ({ action: 'read', domain, purpose, role, level }),
    ),
  );
  const asked = Object.entries(member(data, 'questions')).flatMap(([question, entry]) =>
    Object.entries(member(entriesOf(entry), 'purposes')).flatMap(([purpose, domains]) =>
      list(domains).flatMap((domain) =>
        rolesOf(data, purpose).map(
          (role): Place => ({ action: 'ask_question', domain, purpose, role, level: 'dat', question }),
        ),
      ),
    ),
  );
  const given = cells.flatMap(({ domain, purpose, role, cell }) => {
    const givers = list(entriesOf(entriesOf(member(data, 'purposes')[purpose]).givers).roles);
    const level = String(cell.level);
    return givers.map((giver): Place => ({ action: 'provide', domain, purpose, role: giver, level, recipient: role }));
  });
  const dangers = Object.entries(member(data, 'domains')).flatMap(([domain, entry]) => {
    if (domain === 'decision_log') return [];
    const categories = Object.keys(entriesOf(entriesOf(entry).categories)).slice(0, 2);
    return rolesOf(data, CONFLICT).map(
      (role): Place => ({ action: 'read', domain, purpose: CONFLICT, role, level: 'wat', categories }),
    );
  });
  return [...reads, ...asked, ...given, ...dangers];
}

function rolesOf(data: JsonObject, purpose: string): readonly string[] {
  return list(entriesOf(member(data, 'purposes')[purpose]).roles);
}

function inOrder(place: Place, consents: readonly Consented[], { data }: Vocabulary): PolicyInput {
  const purpose = entriesOf(member(data, 'purposes')[place.purpose]);
  const role = entriesOf(member(data, 'roles')[place.role]);
  const domain = entriesOf(member(data, 'domains')[place.domain]);
  const pets = [...list(purpose.pets), ...list(entriesOf(purpose.givers).pets)];
  const pet = pets.find((id) => list(role.pets).includes(id)) ?? pets[0] ?? 'consulent';
  const parts = [place.domain, ...list(domain.parts)].map((id) => entriesOf(member(data, 'domains')[id]));
  const facts = parts.flatMap((part) => list(part.dat));
  const contents = parts.flatMap((part) => Object.keys(entriesOf(part.categories)));
  const items = { everything: [...facts, ...contents], contents, facts };
  const resident = role.resident === true;
  const laws = Object.values(member(data, 'domains')).map((entry) => entriesOf(entry).law ?? '');
  const consent = (about: Consented, number: number): JsonObject => ({
    id: `toestemming-${number}`,
    kind: 'explicit',
    purpose: place.purpose,
    from_domain: place.domain,
    to_role: place.recipient ?? place.role,
    items: items[about],
    given_by: 'inwoner-1',
    given_at: '2026-09-01',
    valid_until: '2027-08-31',
  });
  return {
    caller: { name: 'toepassing', asserts: [] },
    subject: {
      type: resident ? 'betrokkene' : 'medewerker',
      id: resident ? 'inwoner-1' : 'medewerker-1',
      properties: {
        role: place.role,
        active_pet: pet,
        ...(!resident && {
          organisation: { oin: COLLEGE, type: 'gemeente_college', municipality: '0363' },
          secrecy: 'ambts',
        }),
      },
    },
    action: {
      name: place.action,
      properties: {
        requested_level: place.level,
        purpose: place.purpose,
        ...(place.question !== undefined && { question: place.question }),
        ...(place.categories && { categories: place.categories }),
        ...(place.recipient !== undefined && { recipient: { type: 'veilig_thuis', role: place.recipient } }),
      },
    },
    resource: {
      type: place.domain === 'decision_log' ? 'decision_log' : 'dossier',
      id: 'dossier-1',
      properties: {
        domain: place.domain,
        municipality: '0363',
        active: true,
        data_subject: { id: 'inwoner-1', relation: 'client', adult: true },
      },
    },
    context: {
      casus: {
        id: 'casus-1',
        type: 'meervoudig',
        stage: 'uitvoering',
        meervoudig_vastgesteld_at: '2026-08-20T10:00:00.000Z',
      },
      wams_phase: purpose.wams_phase ?? 'onderzoek',
      overleg: { id: 'overleg-1', name: 'vast overleg' },
      client_involved: 'present',
      decision_at_hand: 'welke hulp past',
      pet_notice_at: '2026-09-15T08:30:00.000Z',
      order_ref: 'beschikking-1',
      ...(place.purpose === CONFLICT && { break_glass: ANSWERS }),
    },
    facts: {
      case_relation: { kind: 'eigen_caseload', casus_id: 'casus-1', domain: place.domain, since: '2026-06-01' },
      consents: consents.map(consent),
      objections: [],
      agreements: [
        {
          id: 'afspraak-1',
          kind: 'convenant',
          parties: [COLLEGE, PARTNER],
          domains: [place.domain],
          max_level: 'wat',
          overleg: 'vast overleg',
          valid_from: '2025-01-01',
          valid_until: '2027-12-31',
        },
      ],
      mandates: [
        { organisation: COLLEGE, municipality: '0363', laws, valid_from: '2024-01-01', valid_until: '2028-12-31' },
      ],
      guardianship: [],
      notices: ['first_contact', 'pet_notice', 'representative_informed'].map((kind) => ({
        kind,
        at: '2026-09-10T10:00:00.000Z',
      })),
      staff: [
        { id: 'medewerker-2', role: place.role },
        { id: 'medewerker-3', role: 'teamhoofd' },
      ],
      feeds: Object.fromEntries(FACT_KINDS.map((kind) => [kind, { as_of: NOW, source: 'voeding', stale: false }])),
    },
    now: { time: NOW, date: TODAY },
  };
}

function changes(words: Vocabulary): fc.Arbitrary<Change> {
  const { data } = words;
  const ids = (folder: string) => fc.constantFrom(...Object.keys(member(data, folder)));
  const purposes = ids('purposes');
  const domains = ids('domains');
  const roles = ids('roles');
  const day = fc.constantFrom(...DAYS);
  const items = fc.array(fc.constantFrom(...itemsOf(data)), { maxLength: 4 });
  const some = <Value extends Json>(...values: Value[]) => fc.constantFrom(...values);
  const absent = fc.constant(undefined);
  const oneOf = (path: readonly (string | number)[], ...values: fc.Arbitrary<Json | undefined>[]) =>
    fc.oneof(...values).map((value) => ({ path, value }));
  const who = ['subject', 'properties'] as const;
  const how = ['action', 'properties'] as const;
  const what = ['resource', 'properties'] as const;
  const person = [...what, 'data_subject'] as const;
  const relation = ['facts', 'case_relation'] as const;
  const consentAt = fc.nat(1);
  const consent = (key: string, ...values: fc.Arbitrary<Json | undefined>[]) =>
    fc
      .tuple(consentAt, fc.oneof(...values))
      .map(([index, value]) => ({ path: ['facts', 'consents', index, key], value }));
  return fc.oneof(
    oneOf([...who, 'role'], roles, absent, some<Json>('bestaat_niet', ['wmo_consulent'])),
    oneOf(
      [...who, 'active_pet'],
      some<Json>('hulpverlener', 'toeleider', 'consulent', 'regisseur', 'handhaver', 'toezichthouder', 'hoed', [
        'consulent',
        'regisseur',
      ]),
      absent,
    ),
    oneOf([...who, 'organisation', 'type'], ids('organisation_types'), absent),
    oneOf([...who, 'organisation', 'municipality'], some('0363', '0518'), absent),
    oneOf([...who, 'organisation', 'oin'], some(COLLEGE, PARTNER), absent),
    oneOf([...who, 'secrecy'], some<Json>('ambts', 'beroeps', 'contract', 'erewoord', true), absent),
    oneOf([...who, 'team_domain'], domains),
    oneOf(['caller', 'organisation'], some(COLLEGE, PARTNER)),
    oneOf(['action', 'name'], some('read', 'list', 'ask_question', 'write', 'provide', 'export', 'wissen')),
    oneOf([...how, 'requested_level'], some<Json>('dat', 'wat', 'wat', 'alles', ['dat']), absent),
    oneOf([...how, 'purpose'], purposes, absent),
    oneOf([...how, 'categories'], items, absent),
    oneOf([...how, 'question'], ids('questions'), some('bestaat_niet')),
    oneOf([...what, 'domain'], domains, absent, some('bestaat_niet')),
    oneOf([...what, 'municipality'], some('0363', '0518'), absent),
    oneOf(
      [...what, 'holder'],
      fc.record({ type: ids('organisation_types'), oin: some(COLLEGE, PARTNER) }),
      fc.record({ type: ids('organisation_types') }),
      absent,
    ),
    oneOf([...what, 'active'], some<Json>(true, false)),
    oneOf([...what, 'received_under_pet'], some('consulent', 'hulpverlener', 'toeleider')),
    oneOf([...what, 'in_confidence'], some(true, false)),
    oneOf([...person, 'relation'], fc.constantFrom(...Object.keys(member(member(data, 'relations'), 'person')))),
    oneOf([...person, 'birth_date'], fc.constantFrom(...BIRTHS)),
    oneOf([...person, 'adult'], some(true, false), absent, absent),
    oneOf([...person, 'bsn'], some('psn:k1:0123456789abcdef')),
    oneOf(person, absent),
    oneOf(['context', 'casus', 'type'], some('enkelvoudig', 'meervoudig'), absent),
    oneOf(['context', 'casus', 'stage'], some('melding', 'onderzoek', 'uitvoering'), absent),
    oneOf(['context', 'casus', 'meervoudig_vastgesteld_at'], absent),
    oneOf(['context', 'casus'], absent),
    oneOf(['context', 'wams_phase'], some('melding', 'onderzoek', 'casusoverleg', 'werkplan', 'uitvoering'), absent),
    oneOf(
      ['context', 'overleg'],
      absent,
      fc.record({ id: some('overleg-1', 'overleg-2'), name: some('vast overleg', 'borrel') }),
    ),
    oneOf(['context', 'client_involved'], some('present', 'informed', 'not_yet', 'cannot'), absent),
    oneOf(['context', 'decision_at_hand'], absent, some(' ')),
    oneOf(['context', 'pet_notice_at'], absent),
    oneOf(['context', 'order_ref'], absent),
    oneOf(['context', 'simulation'], some(true)),
    oneOf(['context', 'explain'], some(true)),
    conflict().map((value) => ({ path: ['context', 'break_glass'], value })),
    oneOf(relation, absent, some(null)),
    oneOf(
      [...relation, 'kind'],
      fc.constantFrom(...Object.keys(member(member(data, 'relations'), 'case')), 'bestaat_niet'),
      absent,
    ),
    oneOf([...relation, 'domain'], domains, absent),
    oneOf([...relation, 'since'], day),
    oneOf([...relation, 'until'], day),
    oneOf([...relation, 'overleg_id'], some('overleg-1', 'overleg-2')),
    oneOf(
      [...relation, 'person_relation'],
      fc.constantFrom(...Object.keys(member(member(data, 'relations'), 'person'))),
    ),
    consent('kind', ids('consent_kinds')),
    consent('purpose', purposes, absent),
    consent('from_domain', domains, absent),
    consent('to_role', roles, absent),
    consent('to_domain', domains),
    consent('items', items, absent),
    consent('given_by', some('inwoner-1', 'ouder-1', 'mentor-1'), absent),
    consent('given_at', day),
    consent('valid_until', day),
    consent('withdrawn_at', day),
    oneOf(
      ['facts', 'objections'],
      fc.array(fc.record({ domain: domains, purpose: purposes, made_at: day }, { requiredKeys: ['made_at'] }), {
        maxLength: 2,
      }),
    ),
    oneOf(['facts', 'agreements'], some<Json>([])),
    oneOf(['facts', 'agreements', 0, 'kind'], ids('agreement_kinds')),
    oneOf(['facts', 'agreements', 0, 'parties'], some<Json>([COLLEGE], [PARTNER], [COLLEGE, PARTNER])),
    oneOf(['facts', 'agreements', 0, 'domains'], fc.array(domains, { maxLength: 2 })),
    oneOf(['facts', 'agreements', 0, 'max_level'], some('dat', 'wat')),
    oneOf(['facts', 'agreements', 0, 'overleg'], some('ander overleg'), absent),
    oneOf(['facts', 'agreements', 0, 'valid_from'], day),
    oneOf(['facts', 'agreements', 0, 'valid_until'], day),
    oneOf(['facts', 'mandates'], some<Json>([])),
    oneOf(['facts', 'mandates', 0, 'valid_until'], day),
    oneOf(['facts', 'mandates', 0, 'municipality'], some('0518')),
    oneOf(['facts', 'guardianship'], fc.array(guardian(), { maxLength: 2 })),
    oneOf(['facts', 'notices'], some<Json>([])),
    oneOf(['facts', 'staff'], some<Json>([], [{ id: 'medewerker-3', role: 'wmo_consulent' }])),
    fc.constantFrom(...FACT_KINDS).chain((kind) => oneOf(['facts', 'feeds', kind, 'stale'], some(true, false))),
  );
}

function guardian(): fc.Arbitrary<JsonObject> {
  return fc.record(
    {
      person: fc.constantFrom('ouder-1', 'mentor-1'),
      relation: fc.constantFrom('ouder_met_gezag', 'ouder_zonder_gezag', 'mentor'),
      gezag: fc.boolean(),
      kind: fc.constantFrom('curator', 'mentor'),
      since: fc.constantFrom(...DAYS),
      until: fc.constantFrom(...DAYS),
    },
    { requiredKeys: ['person', 'relation', 'gezag'] },
  );
}

function conflict(): fc.Arbitrary<JsonObject> {
  const answer = fc.constantFrom('ja, want', 'ja, want', 'ja, want', ' ');
  return fc.record(
    {
      q1: answer,
      q2: answer,
      q3: answer,
      q4: answer,
      q5: answer,
      consulted_colleague: fc.constantFrom('medewerker-2', 'medewerker-2', 'medewerker-1', 'medewerker-9'),
      category: fc.constantFrom('kind_veiligheid', 'client_veiligheid', 'haast'),
      teamhoofd_ack: fc.constantFrom('medewerker-3', 'medewerker-3', 'medewerker-1', 'medewerker-2', 'medewerker-9'),
      safety_risk: fc.constantFrom('dreiging', 'dreiging', ''),
    },
    { requiredKeys: ['q1', 'q2', 'q3', 'q4', 'q5', 'consulted_colleague', 'category', 'safety_risk'] },
  );
}

/** The same question with one change; a path into something that is not there changes nothing. */
function changeAt(input: PolicyInput, { path, value }: Change): PolicyInput {
  const copy = structuredClone(input);
  let at: unknown = copy;
  for (const step of path.slice(0, -1)) at = isBranch(at) ? at[step] : undefined;
  const last = path.at(-1);
  if (isBranch(at) && last !== undefined) {
    if (value === undefined) delete at[last];
    else at[last] = value;
  }
  return copy;
}

function isBranch(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}

function itemsOf(data: JsonObject): readonly string[] {
  const items = Object.values(member(data, 'domains')).flatMap((domain) => {
    const { dat, categories } = entriesOf(domain);
    const inside = Object.values(entriesOf(categories)).flatMap((category) => list(entriesOf(category).fields));
    return [...list(dat), ...Object.keys(entriesOf(categories)), ...inside];
  });
  return [...new Set(items), 'bestaat_niet'];
}

function member(value: JsonObject, key: string): JsonObject {
  return entriesOf(value[key]);
}

function entriesOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function list(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
