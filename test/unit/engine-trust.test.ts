import { beforeAll, describe, expect, it } from 'vitest';
import { type Files, unpackArchive } from '../../src/engine/archive.ts';
import { type Floor, raisedFloor, sequenceOf } from '../../src/engine/trust/freshness.ts';
import type { Quorum } from '../../src/engine/trust/quorum.ts';
import { mergedApprovals, readStatements, withStatement } from '../../src/engine/trust/statements.ts';
import {
  blocksAfter,
  bundleSha256,
  checkRelease,
  type Memory,
  type Offer,
  type Trust,
} from '../../src/engine/trust/trust.ts';
import { bundleNamed } from '../support/bundle-bytes.ts';
import { approvalsFile, approver, releaseKey, signedBundle, statement, trustIn } from '../support/release-keys.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const refusal = (step: string, reason: RegExp) =>
  expect.objectContaining({ step, reason: expect.stringMatching(reason) });

describe('an older bundle does not come back', () => {
  const floor: Floor = { sequence: 5, sha256: 'five' };
  const bundle = (sha256: string, sequence: number | undefined) => ({ sha256, sequence });

  it('a higher sequence raises the floor, also after a rollback', () => {
    expect(raisedFloor(floor, bundle('six', 6), 'sequence', [])).toEqual({ sequence: 6, sha256: 'six' });
    expect(raisedFloor({ ...floor, rolledBackTo: 'three' }, bundle('six', 6), 'sequence', [])).toEqual({
      sequence: 6,
      sha256: 'six',
    });
  });

  it('the same bundle may come again, another one with its sequence may not', () => {
    expect(raisedFloor(floor, bundle('five', 5), 'sequence', [])).toEqual(floor);
    expect(() => raisedFloor(floor, bundle('other', 5), 'sequence', [])).toThrow(
      refusal('freshness', /another bundle with sequence 5/),
    );
  });

  it('a lower one needs a rollback that names it and this floor', () => {
    const three = bundle('three', 3);
    expect(() => raisedFloor(floor, three, 'sequence', [])).toThrow(refusal('freshness', /older than 5/));
    for (const rollback of [
      { toSha256: 'two', fromSequence: 5 },
      { toSha256: 'three', fromSequence: 4 },
    ]) {
      expect(() => raisedFloor(floor, three, 'sequence', [rollback])).toThrow(refusal('freshness', /older than 5/));
    }
    const back = raisedFloor(floor, three, 'sequence', [{ toSha256: 'three', fromSequence: 5 }]);
    expect(back).toEqual({ ...floor, rolledBackTo: 'three' });
    expect(raisedFloor(back, three, 'sequence', [])).toEqual(back);
    expect(() => raisedFloor(back, bundle('five', 5), 'sequence', [])).toThrow(refusal('freshness', /was rolled back/));
  });

  it('one without a sequence is loaded only where the configuration says so', () => {
    expect(() => raisedFloor(floor, bundle('plain', undefined), 'sequence', [])).toThrow(
      refusal('freshness', /unordered/),
    );
    expect(raisedFloor(floor, bundle('plain', undefined), 'unordered', [])).toEqual(floor);
    expect(() => raisedFloor(floor, bundle('three', 3), 'unordered', [])).toThrow(refusal('freshness', /older/));
  });

  it.each([0, -1, 1.5, '7', 1e300, null, true])('%j is no sequence', (sequence) => {
    expect(() => sequenceOf({ sequence })).toThrow(refusal('freshness', /not an integer/));
  });
});

describe('a release', () => {
  const release = releaseKey('release');
  const domain = approver('ans', 'sociaal_domein', 'Ans');
  const privacy = approver('bob', 'privacy', 'Bob');
  const both = approver('ans-2', 'privacy', 'Ans');
  const officer = approver('fg', 'fg', 'Carla');
  const quorum: Quorum = { offices: ['sociaal_domein', 'privacy'], atLeast: 2, mayBlock: ['fg'] };
  const approvers = [domain, privacy, both, officer].map(({ verifies }) => verifies);
  const trust = trustIn([release.verifies], { approvers, quorum });
  const nothing: Memory = { floor: { sequence: 0 }, blocks: [] };

  let bytes: Uint8Array;
  let files: Files;
  let sha256: string;
  beforeAll(async () => {
    bytes = await signedBundle(await bundleNamed('alice-reads'), release, { sequence: 3 });
    files = await unpackArchive(bytes);
    sha256 = bundleSha256(bytes);
  });
  const offer = (...tokens: string[]): Offer => ({ bytes, approvals: approvalsFile(...tokens) });
  const check = (of: Offer, by: Trust = trust, memory = nothing) => checkRelease(of, files, by, memory, NOW);
  const approved = () => [statement(domain, 'approve', sha256), statement(privacy, 'approve', sha256)];

  it('is good when signed, fresh and approved by both offices', () => {
    expect(check(offer(...approved()))).toEqual({
      sha256,
      signedBy: 'release',
      sequence: 3,
      freshness: 'sequence',
      approvedBy: [
        { office: 'sociaal_domein', person: 'Ans' },
        { office: 'privacy', person: 'Bob' },
      ],
      rolledBack: false,
      claims: { keyid: 'release', sequence: 3 },
      memory: { floor: { sequence: 3, sha256 }, blocks: [] },
    });
  });

  it('says whose approval is missing', () => {
    expect(() => check({ bytes })).toThrow(refusal('approvals', /of sociaal_domein and privacy is missing/));
    expect(() => check(offer(statement(domain, 'approve', sha256)))).toThrow(
      refusal('approvals', /of privacy is missing/),
    );
  });

  it('counts a person once, however many keys and offices', () => {
    const alone = offer(statement(domain, 'approve', sha256), statement(both, 'approve', sha256));
    expect(() => check(alone)).toThrow(refusal('approvals', /2 persons must approve it, and 1 did/));
    const three = { ...quorum, offices: ['sociaal_domein', 'privacy'], atLeast: 2 };
    const withFg = offer(...[domain, both, officer].map((who) => statement(who, 'approve', sha256)));
    expect(() => check(withFg, { ...trust, quorum: three })).toThrow(refusal('approvals', /one and the same person/));
    expect(check(offer(...approved(), statement(both, 'approve', sha256))).approvedBy).toHaveLength(3);
    const again = statement(domain, 'approve', sha256, { iat: 1_700_000_001 });
    expect(check(offer(...approved(), again)).approvedBy).toHaveLength(2);
  });

  it.each<[string, () => string]>([
    ['of another bundle', () => statement(privacy, 'approve', 'f'.repeat(64))],
    ['by a key that nobody knows', () => statement(approver('bob', 'privacy', 'Bob'), 'approve', sha256)],
    ['for another office than the key has', () => statement(privacy, 'approve', sha256, { office: 'sociaal_domein' })],
    ['by the key that signed the bundle', () => statement(release, 'approve', sha256, { office: 'privacy' })],
    ['of an unknown kind', () => statement(privacy, 'applaud', sha256)],
    ['without a time', () => statement(privacy, 'approve', sha256, { iat: 'now' })],
    ['that is no JWS', () => 'x.y'],
  ])('does not count an approval %s', (_, second) => {
    expect(() => check(offer(statement(domain, 'approve', sha256), second()))).toThrow(
      refusal('approvals', /privacy is missing/),
    );
  });

  it('does not count keys that are revoked, expired, or a shared secret', () => {
    const changed = (change: object): Trust => ({
      ...trust,
      approvers: approvers.map((known) => (known.id === 'bob' ? { ...known, ...change } : known)),
    });
    for (const change of [
      { revoked: true },
      { validUntil: NOW - 1 },
      { validFrom: NOW + 1 },
      { algorithm: 'HS256' as const },
    ]) {
      expect(() => check(offer(...approved()), changed(change))).toThrow(refusal('approvals', /privacy is missing/));
    }
  });

  it('is stopped by a block, which stays when the source drops it and which only that office lifts', () => {
    const block = statement(officer, 'block', sha256, { iat: 2_000 });
    expect(() => check(offer(...approved(), block))).toThrow(refusal('approvals', /fg \(Carla\) blocks it/));
    const blocks = blocksAfter(offer(...approved(), block), trust, nothing, NOW);
    const seen: Memory = { floor: { sequence: 0 }, blocks };
    expect(() => check(offer(...approved()), trust, seen)).toThrow(refusal('approvals', /blocks it/));
    expect(blocksAfter(offer(...approved()), trust, seen, NOW)).toEqual(blocks);
    expect(blocksAfter(offer(block), trust, seen, NOW)).toEqual(blocks);
    const withoutFg: Trust = { ...trust, approvers: approvers.filter(({ id }) => id !== 'fg') };
    expect(() => check(offer(...approved()), withoutFg, seen)).toThrow(refusal('approvals', /blocks it/));
    for (const lift of [
      statement(privacy, 'lift_block', sha256, { iat: 3_000 }),
      statement(officer, 'lift_block', sha256, { iat: 1_000 }),
    ]) {
      expect(() => check(offer(...approved(), lift), trust, seen)).toThrow(refusal('approvals', /blocks it/));
    }
    const lifted = offer(...approved(), statement(officer, 'lift_block', sha256, { iat: 3_000 }));
    expect(check(lifted, trust, seen).signedBy).toBe('release');
    expect(blocksAfter(lifted, trust, seen, NOW)).toEqual([]);
  });

  it('is not stopped by a block of an office that may not, nor by one of another bundle', () => {
    const blocks = [statement(privacy, 'block', sha256), statement(officer, 'block', 'f'.repeat(64))];
    expect(check(offer(...approved(), ...blocks)).signedBy).toBe('release');
  });

  it('comes back by a rollback that a release key signed, and by no other statement', () => {
    const memory: Memory = { floor: { sequence: 5, sha256: 'five' }, blocks: [] };
    const by = (who: Parameters<typeof statement>[0], from: number) =>
      statement(who, 'rollback', sha256, { from_sequence: from });
    for (const wrong of [by(officer, 5), by(domain, 5), by(release, 4), statement(release, 'rollback', sha256)]) {
      expect(() => check(offer(...approved(), wrong), trust, memory)).toThrow(refusal('freshness', /older than 5/));
    }
    expect(check(offer(...approved(), by(release, 5)), trust, memory)).toMatchObject({
      rolledBack: true,
      memory: { floor: { sequence: 5, sha256: 'five', rolledBackTo: sha256 } },
    });
  });

  it('a pin stands in for the signature and not for the quorum', () => {
    const pinned: Trust = { ...trust, keys: [], sha256 };
    expect(check(offer(...approved()), pinned)).toMatchObject({ freshness: 'pinned', memory: nothing });
    expect(() => check({ bytes }, pinned)).toThrow(refusal('approvals', /missing/));
    expect(check({ bytes }, { ...pinned, quorum: 'none' }).approvedBy).toBe('none');
    expect(() => check({ bytes }, { ...pinned, sha256: 'f'.repeat(64) })).toThrow(refusal('verify', /pins/));
  });

  it('unsigned is for development only', async () => {
    const plain = (await bundleNamed('alice-reads')).files;
    const unsigned = (by: Trust) => checkRelease({ bytes }, plain, by, nothing, NOW);
    expect(() => unsigned(trustIn([release.verifies]))).toThrow(refusal('verify', /not signed/));
    expect(() => unsigned(trustIn([]))).toThrow(refusal('verify', /not signed/));
    expect(unsigned(trustIn([], { unsigned: 'accepted' })).freshness).toBe('unsigned');
  });
});

describe('the file of approvals', () => {
  it('grows by a statement, and takes each only once', () => {
    const one = withStatement(undefined, 'a.b.c');
    expect(JSON.parse(withStatement(withStatement(one, 'd.e.f'), 'd.e.f'))).toEqual({ approvals: ['a.b.c', 'd.e.f'] });
    expect(() => withStatement('{', 'a.b.c')).toThrow(/not strict JSON/);
  });

  it('counts for nothing where it cannot be read', () => {
    for (const text of ['', '[]', '{"approvals":{}}', '{"approvals":[1]}', '{"approvals":[],"approvals":[]}']) {
      expect(readStatements(text, { approvers: [], keys: [] }, NOW)).toEqual({
        statements: [],
        ignored: [expect.any(String)],
      });
    }
  });

  it('counts for nothing with more than 200 statements, of which each once', () => {
    const many = Array.from({ length: 201 }, (_, index) => `a.b.${index}`);
    const nobody = { approvers: [], keys: [] };
    expect(readStatements(approvalsFile(...many, ...many), nobody, NOW).ignored).toEqual([
      expect.stringMatching(/more than 200 statements/),
    ]);
    const twice = [...many.slice(1), ...many.slice(1)];
    expect(readStatements(approvalsFile(...twice), nobody, NOW).ignored).toHaveLength(200);
  });

  it('is merged with another into what known keys say of this bundle, also those that are revoked now', () => {
    const release = releaseKey('release');
    const ans = approver('ans', 'sociaal_domein', 'Ans');
    const [yes, other] = [statement(ans, 'approve', 'this'), statement(ans, 'approve', 'other')];
    const back = statement(release, 'rollback', 'this', { from_sequence: 3 });
    const forged = `${yes.split('.').slice(0, 2).join('.')}.${other.split('.')[2]}`;
    const stranger = statement(approver('eve', 'privacy', 'Eve'), 'approve', 'this');
    const speakers = { approvers: [{ ...ans.verifies, revoked: true }], keys: [release.verifies] };
    const texts = [approvalsFile(yes, forged, 'a.b.c'), undefined, '{', approvalsFile(stranger, back, other, yes)];
    expect(JSON.parse(mergedApprovals('this', texts, speakers))).toEqual({ approvals: [yes, back] });
  });
});
