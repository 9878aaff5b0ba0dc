/** The three questions, in the words of each contender, with what each must answer. */
import type { JsonObject } from '../../src/decision/model.ts';

export interface BenchQuestion {
  readonly name: 'wat' | 'dat' | 'refusal';
  /** What each contender must grant. */
  readonly granted: 'none' | 'dat' | 'wat';
  readonly authzen: JsonObject;
  /** What the policy is given for it: the same members, with the facts that Datwat looks up itself. */
  readonly policyInput: JsonObject;
  readonly cerbos: JsonObject;
}

const PERSON = 'inwoner-demo-01';
const PURPOSE = 'WMO.ONDERZOEK.BEHOEFTE';
const organisation = { oin: '00000001003214345000', type: 'gemeente_college', municipality: '0363' };
const relation = {
  kind: 'eigen_caseload',
  casus_id: 'casus-demo-01',
  domain: 'wmo',
  person_relation: 'client',
  since: '2026-01-05',
};
const KINDS = ['case_relation', 'consents', 'objections', 'agreements', 'mandates', 'guardianship', 'notices', 'staff'];

function question(
  name: BenchQuestion['name'],
  domain: string,
  level: 'dat' | 'wat',
  granted: BenchQuestion['granted'],
): BenchQuestion {
  const authzen = {
    subject: {
      type: 'medewerker',
      id: 'mw-demo-001',
      properties: { role: 'wmo_consulent', active_pet: 'consulent', secrecy: 'ambts', organisation },
    },
    action: { name: 'read', properties: { requested_level: level, purpose: PURPOSE } },
    resource: {
      type: 'dossier',
      id: `dossier-${domain}`,
      properties: {
        domain,
        municipality: '0363',
        active: true,
        data_subject: { id: PERSON, relation: 'client', adult: true },
      },
    },
    context: { decision_at_hand: 'welke ondersteuning past', client_involved: 'present' },
  };
  const feed = { as_of: '2026-11-24T08:00:00.000Z', source: 'bench', stale: false };
  return {
    name,
    granted,
    authzen,
    policyInput: {
      ...authzen,
      caller: { name: 'bench', asserts: [] },
      facts: {
        case_relation: relation,
        consents: [],
        objections: [],
        agreements: [],
        mandates: [],
        guardianship: [],
        notices: [],
        staff: [],
        feeds: Object.fromEntries(KINDS.map((kind) => [kind, feed])),
      },
      now: { time: '2026-11-24T09:00:00.000Z', date: '2026-11-24' },
    },
    cerbos: {
      requestId: `bench-${name}`,
      principal: {
        id: 'mw-demo-001',
        roles: ['wmo_consulent'],
        attr: { active_pet: 'consulent', secrecy: 'ambts', organisation },
      },
      resources: [
        {
          actions: [level],
          resource: {
            kind: 'dossier',
            id: `dossier-${domain}`,
            attr: {
              domain,
              purpose: PURPOSE,
              municipality: '0363',
              active: true,
              case_relation: relation,
              consents: [],
            },
          },
        },
      ],
    },
  };
}

export const QUESTIONS: readonly BenchQuestion[] = [
  question('wat', 'wmo', 'wat', 'wat'),
  question('dat', 'zorg_wlz', 'dat', 'dat'),
  question('refusal', 'participatie', 'wat', 'none'),
];

/** Fifty of them in one call, three questions about one person in turn, so facts that were read once may help. */
export function batchOf(size: number): JsonObject {
  return {
    evaluations: Array.from({ length: size }, (_, index) => {
      const { authzen } = QUESTIONS[index % QUESTIONS.length] ?? { authzen: {} };
      return authzen;
    }),
  };
}
