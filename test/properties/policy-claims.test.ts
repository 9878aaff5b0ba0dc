/** The security claims of the policy pack, tried on generated questions through the built Wasm. A failure prints its seed. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Json, JsonObject, Outcome, PolicyInput } from '../../src/decision/model.ts';
import { isObject } from '../../src/decision/model.ts';
import { questions } from '../support/generated-questions.ts';
import { loadPack, openPack, type Pack } from '../support/policy-pack.ts';

const OVERLAYS = [
  { profile: 'PF-STRIKT', wams_in_force: false },
  { profile: 'PF-PRAKTIJK', wams_in_force: true },
];
const RUNS = { numRuns: 1500 };

const packs: Pack[] = [];

beforeAll(async () => {
  const bundle = await openPack();
  for (const shorthands of OVERLAYS) packs.push(await loadPack(bundle, { shorthands }));
});

/** Runs the claim on generated questions under each profile. */
function claim(
  check: (input: PolicyInput, decide: (input: PolicyInput) => Outcome, random: number, data: JsonObject) => void,
): void {
  for (const { policy, data } of packs) {
    fc.assert(
      fc.property(questions(data), fc.nat(1000), (input, random) =>
        check(input, (given) => policy.decide(given), random, data),
      ),
      RUNS,
    );
  }
}

const fieldsOf = (outcome: Outcome): string[] =>
  Array.isArray(outcome.context?.fields) ? outcome.context.fields.map(String) : [];

/** Nothing in the second that was not in the first. */
function expectNotWider(narrow: Outcome, wide: Outcome): void {
  expect(wide.decision || !narrow.decision, 'a refusal became a permit').toBe(true);
  expect(fieldsOf(wide), 'a field came in').toEqual(expect.arrayContaining(fieldsOf(narrow)));
}

const bytesOf = ({ decision, context }: Outcome): string => JSON.stringify({ decision, context });

const withFacts = (input: PolicyInput, facts: JsonObject): PolicyInput => ({
  ...input,
  facts: { ...input.facts, ...facts },
});
const rows = (input: PolicyInput, kind: string): readonly Json[] =>
  Array.isArray(input.facts[kind]) ? input.facts[kind] : [];
const properties = (entity: JsonObject | undefined): JsonObject =>
  isObject(entity?.properties) ? entity.properties : {};
const withProperties = (
  input: PolicyInput,
  member: 'subject' | 'action' | 'resource',
  more: JsonObject,
): PolicyInput => ({
  ...input,
  [member]: { ...input[member], properties: { ...properties(input[member]), ...more } },
});

function needsRelation(input: PolicyInput, data: JsonObject): boolean {
  const purposes = isObject(data.purposes) ? data.purposes : {};
  const purpose = purposes[String(properties(input.action).purpose)];
  return isObject(purpose) && purpose.case_relation_required === true;
}

/** Rows that are no relation to anybody, at whatever level. */
function noRelations({ resource }: PolicyInput): readonly Json[] {
  return [
    null,
    { kind: 'geen', casus_id: 'casus-1', domain: properties(resource).domain ?? 'wmo' },
    { kind: 'voormalig', casus_id: 'casus-1', person_relation: 'meerderjarig_gezinslid' },
    { kind: 'waarneming', casus_id: 'casus-1', since: '2026-08-01', until: '2026-09-14' },
    { kind: 'meelezer_overleg', casus_id: 'casus-1', overleg_id: 'overleg-9', person_relation: 'partner' },
  ];
}

/** The same question of a stranger about somebody of whom nothing is known, and about somebody of whom much is. */
function unknownAndKnown(input: PolicyInput, relation: Json): { unknown: PolicyInput; known: PolicyInput } {
  // A resident's own relation is being that person, or guardianship: here it is somebody else.
  const resident = input.subject?.type === 'betrokkene';
  const stranger = resident ? { ...input, subject: { ...input.subject, id: 'inwoner-9' } } : input;
  const unknown = withProperties(
    withFacts(stranger, { case_relation: null, consents: [], objections: [], guardianship: [], notices: [] }),
    'resource',
    { active: true, received_under_pet: null, in_confidence: false },
  );
  const known = withFacts(unknown, {
    case_relation: relation,
    consents: rows(input, 'consents'),
    objections: [...rows(input, 'objections'), { made_at: '2026-09-10T08:00:00.000Z' }],
    notices: rows(input, 'notices'),
    guardianship: resident ? [] : rows(input, 'guardianship'),
  });
  return { unknown, known };
}

describe('the policy pack', () => {
  it('never shows more when a consent is taken away', () => {
    claim((input, decide, random) => {
      const consents = rows(input, 'consents');
      const fewer = consents.filter((_, index) => index !== random % Math.max(1, consents.length));
      expectNotWider(decide(withFacts(input, { consents: fewer })), decide(input));
    });
  });

  it('permits dat wherever it permits wat', () => {
    claim((input, decide) => {
      const { categories: _, ...how } = properties(input.action);
      if (how.requested_level !== 'wat' || how.purpose === 'CONFLICT_VAN_PLICHTEN') return;
      const { categories: __, ...what } = properties(input.resource);
      const asking = (requested_level: string): PolicyInput => ({
        ...input,
        action: { ...input.action, properties: { ...how, requested_level } },
        resource: { ...input.resource, properties: what },
      });
      if (decide(asking('wat')).decision) expect(decide(asking('dat')).decision).toBe(true);
    });
  });

  it('never lets a second role hide a refusal', () => {
    claim((input, decide, random) => {
      const alone = decide(input);
      const other = ['wmo_consulent', 'schuldhulpverlener', 'fg', 'vt_onderzoeker'][random % 4] ?? 'fg';
      expectNotWider(decide(withProperties(input, 'subject', { roles: [other] })), alone);
      expect(
        decide(withProperties(input, 'subject', { role: [properties(input.subject).role ?? '', other] })).decision,
      ).toBe(false);
    });
  });

  it('treats an expired agreement as none', () => {
    claim((input, decide) => {
      const expired = rows(input, 'agreements').map((row) =>
        isObject(row) ? { ...row, valid_until: '2026-09-14' } : row,
      );
      const late = decide(withFacts(input, { agreements: expired }));
      const none = decide(withFacts(input, { agreements: [] }));
      expect(late.decision).toBe(none.decision);
      expect(fieldsOf(late)).toEqual(fieldsOf(none));
    });
  });

  it('decides the same when it explains or simulates', () => {
    claim((input, decide) => {
      const { explain: _, simulation: __, ...context } = input.context;
      const plain = decide({ ...input, context });
      for (const extra of [{ explain: true }, { simulation: true }, { explain: true, simulation: true }]) {
        const other = decide({ ...input, context: { ...context, ...extra } });
        expect(other.decision).toBe(plain.decision);
        for (const key of ['granted_level', 'fields', 'reason_code', 'rule_id', 'legal_basis']) {
          expect(other.context?.[key], key).toEqual(plain.context?.[key]);
        }
        expect(other.record?.reason_code).toBe(plain.record?.reason_code);
      }
    });
  });

  it('never shows more when a fact that refuses is added', () => {
    claim((input, decide) => {
      const before = decide(input);
      const [consent] = rows(input, 'consents');
      const [agreement] = rows(input, 'agreements');
      const refusing: readonly (readonly [string, Json | undefined])[] = [
        ['objections', { made_at: '2026-09-15T08:00:00.000Z' }],
        ['consents', isObject(consent) ? { ...consent, withdrawn_at: '2026-09-15' } : undefined],
        ['consents', isObject(consent) ? { ...consent, given_by: 'iemand-anders' } : undefined],
        ['agreements', isObject(agreement) ? { ...agreement, valid_until: '2026-09-14' } : undefined],
        ['mandates', { organisation: 'een-ander', municipality: '0363', laws: [] }],
      ];
      for (const [kind, row] of refusing) {
        if (row !== undefined)
          expectNotWider(decide(withFacts(input, { [kind]: [...rows(input, kind), row] })), before);
      }
    });
  });

  it('changes no byte for any fact about a resident without a case relation', () => {
    claim((input, decide, random, data) => {
      const strangers: readonly Json[] = [
        ...noRelations(input),
        properties(input.action).requested_level === 'wat' && input.action?.name === 'read'
          ? { kind: 'team_caseload', casus_id: 'casus-1', domain: properties(input.resource).domain ?? 'wmo' }
          : null,
      ];
      const { unknown, known } = unknownAndKnown(input, strangers[random % strangers.length] ?? null);
      const answer = bytesOf(decide(unknown));
      expect(bytesOf(decide(known))).toBe(answer);
      // What the application itself says of the file is no secret to it, but where a relation is needed it changes nothing either.
      if (!needsRelation(input, data)) return;
      for (const file of [{ active: false }, { received_under_pet: 'hulpverlener' }, { in_confidence: true }]) {
        expect(bytesOf(decide(withProperties(known, 'resource', file))), Object.keys(file)[0]).toBe(answer);
      }
    });
  });

  it('lists the same actions for any fact about a resident without a case relation', () => {
    let listed = 0;
    for (const { policy, data } of packs) {
      fc.assert(
        fc.property(questions(data), fc.nat(1000), ({ action: _, ...input }, random) => {
          const relations = noRelations(input);
          const { unknown, known } = unknownAndKnown(input, relations[random % relations.length] ?? null);
          const [found, expected] = [known, unknown].map((given) => policy.search('authz/search/action', given));
          expect(found).toEqual(expected);
          if (policy.search('authz/search/action', input).length > 0) listed += 1;
        }),
        { numRuns: 150 },
      );
    }
    expect(listed, 'enough of them list something with the relation that they came with').toBeGreaterThan(50);
  });

  it('decides the same whatever unknown keys come along', () => {
    claim((input, decide) => {
      const answer = bytesOf(decide(input));
      const noise = { kleur: 'blauw', scherm: [1, { tegel: null }], decision: true };
      let noisy: PolicyInput = { ...input, context: { ...input.context, ...noise } };
      for (const member of ['subject', 'action', 'resource'] as const) noisy = withProperties(noisy, member, noise);
      expect(bytesOf(decide(noisy))).toBe(answer);
    });
  });

  it('answers a question of any shape, with a reason that stands in the registry, and permits none of them', () => {
    const json = fc.jsonValue({ maxDepth: 3 }).map((value): Json => JSON.parse(JSON.stringify(value)));
    for (const { policy, data } of packs) {
      const reasons = isObject(data.reasons) ? data.reasons : {};
      const members = fc.constantFrom('subject', 'action', 'resource', 'facts', 'context');
      fc.assert(
        fc.property(questions(data), members, json, (input, member, value) => {
          const whole = member === 'facts' || member === 'context';
          const broken = whole && isObject(value) ? value : { properties: value };
          const outcome = policy.decide({ ...input, [member]: broken });
          expect(Object.keys(reasons)).toContain(outcome.record?.reason_code);
          expect(Object.keys(reasons)).toContain(outcome.context?.reason_code);
          if (!whole) expect(outcome.decision).toBe(false);
        }),
        RUNS,
      );
    }
  });
});
