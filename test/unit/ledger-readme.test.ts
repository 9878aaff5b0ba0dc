import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkRecord } from '../../src/ledger/read/check-record.ts';
import { canonical, recomputedCommitments, recomputedHash, recomputedPieces } from '../support/recompute-ledger.ts';

const page = readFileSync(new URL('../../src/ledger/README.md', import.meta.url), 'utf8');
const [line = '', piece0, piece1, hashed = ''] = [...page.matchAll(/```jsonl\n(.*)\n```/g)].map(
  (match) => match[1] ?? '',
);
const [commitment0, commitment1, hash] = [...page.matchAll(/^`([0-9a-f]{64})`$/gm)].map((match) => match[1]);

describe('the example in the ledger README', () => {
  it('has the pieces and commitments that the page says', () => {
    expect(recomputedPieces(line).map(canonical)).toEqual([piece0, piece1]);
    expect(recomputedCommitments(line)).toEqual([commitment0, commitment1]);
    expect(JSON.parse(line).attributes['datwat.ledger.commitments']).toEqual([commitment0, commitment1]);
  });

  it('has the hash that the page says', () => {
    expect(canonical(JSON.parse(hashed))).toBe(hashed);
    expect(recomputedHash(line)).toBe(hash);
    expect(recomputedHash(hashed)).toBe(hash);
  });

  it('is sound by the ledger itself', () => {
    expect(checkRecord(Buffer.from(line), () => undefined)).toMatchObject({ findings: [], place: { seq: 1, hash } });
  });
});
