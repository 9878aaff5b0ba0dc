import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readYaml } from '../../src/cli/read-yaml.ts';
import { configurationForRecords } from '../../src/config/config.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { ConfigError } from '../../src/config/sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'datwat-config-release-'));
const HASH = 'ab'.repeat(32);

function file(name: string, mode = 0o600): string {
  writeFileSync(join(folder, name), 'text', { mode });
  return join(folder, name);
}

const key = (id: string) => ({ id, algorithm: 'ES256', file: file(`${id}.pem`, 0o644) });
const approver = (id: string, office: string) => ({ ...key(id), office, person: id });

function read(change: object, without: readonly string[] = []) {
  const whole: Record<string, unknown> = {
    mode: 'production',
    public_url: 'https://pdp.voorbeeld.nl',
    bundle: 'bundle.tar.gz',
    bundle_keys: [key('release')],
    approvers: [approver('ans', 'sociaal_domein'), approver('bob', 'privacy')],
    quorum: { offices: ['sociaal_domein', 'privacy'] },
    pseudonym: { active: 'k1', keys: [{ id: 'k1', file: file('pseudonym') }] },
    ledger: { folder: join(folder, 'ledger/'), signing_key: file('ledger.pem') },
    facts: { file: 'facts.sqlite' },
    callers: [{ name: 'a', api_key_sha256: HASH, doors: ['authzen'] }],
    ...change,
  };
  for (const name of without) delete whole[name];
  return readConfig({
    file: { name: 'config.yaml', ...readYaml(JSON.stringify(whole), 'config.yaml') },
    env: {},
    flags: {},
  });
}

function problems(change: object, without: readonly string[] = []): string {
  try {
    read(change, without);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

describe('how bundles come into force, by configuration', () => {
  it('keys, approvers and a quorum stand in for the pin', () => {
    expect(read({}).release).toMatchObject({
      trust: {
        keys: [{ id: 'release', algorithm: 'ES256', revoked: false }],
        unsigned: 'refused',
        freshness: 'sequence',
        approvers: [
          { office: 'sociaal_domein', person: 'ans' },
          { office: 'privacy', person: 'bob' },
        ],
        quorum: { offices: ['sociaal_domein', 'privacy'], atLeast: 2, mayBlock: ['fg'] },
      },
      state: join(folder, 'ledger-policy'),
    });
  });

  it('a pin alone follows nothing; with a quorum, or at a server, it does', () => {
    const pin = { bundle_sha256: HASH };
    const alone = read(pin, ['bundle_keys', 'approvers', 'quorum']);
    expect(alone.release).toBeUndefined();
    expect(configurationForRecords(alone).quorum).toBe('not_written');
    const none = read({ ...pin, quorum: 'none' }, ['bundle_keys']);
    expect(none.release?.trust).toMatchObject({ sha256: HASH, quorum: 'none' });
    expect(configurationForRecords(none).quorum).toBeUndefined();
    expect(read(pin, ['bundle_keys']).release?.trust).toMatchObject({ sha256: HASH, keys: [], quorum: { atLeast: 2 } });
    const url = { ...pin, bundle: 'https://bundles.voorbeeld.nl/datwat' };
    expect(read(url, ['bundle_keys', 'approvers', 'quorum']).release?.trust.quorum).toBe('none');
  });

  it('a bundle in a registry is followed, and its name must be whole', () => {
    expect(read({ bundle: 'oci://registry.voorbeeld.nl/team/policy:1' }).release).toBeDefined();
    expect(problems({ bundle: 'oci://registry.voorbeeld.nl/team/policy' })).toMatch(
      /config\.yaml:1: bundle in a registry must be written as oci:\/\/host\/repository:tag/,
    );
  });

  it('production needs a pin or keys, and beside keys or approvers a quorum that is written out', () => {
    expect(problems({ bundle_sha256: HASH }, ['bundle_keys', 'quorum'])).toMatch(/needs quorum beside/);
    expect(problems({}, ['bundle_keys', 'quorum'])).toMatch(/needs bundle_sha256 .* or bundle_keys/);
    expect(problems({}, ['quorum'])).toMatch(/needs quorum beside bundle_keys/);
    expect(read({ quorum: 'none' }).release?.trust.quorum).toBe('none');
  });

  it('only development takes what is not signed', () => {
    expect(read({ mode: 'development' }).release?.trust.unsigned).toBe('accepted');
  });

  it('dates become moments, and what is no date, key or office is said with its place', () => {
    const dated = { ...key('release'), valid_from: '2026-01-01', valid_until: '2027-01-01T00:00:00Z' };
    expect(read({ bundle_keys: [dated] }).release?.trust.keys[0]).toMatchObject({
      validFrom: Date.UTC(2026, 0, 1),
      validUntil: Date.UTC(2027, 0, 1),
    });
    const wrong = problems({
      bundle: 'http://bundles.voorbeeld.nl/datwat',
      bundle_keys: [{ ...key('release'), algorithm: 'none', valid_from: 'soon' }],
      approvers: [approver('ans', 'sociaal_domein')],
    });
    expect(wrong).toMatch(/config\.yaml:1: bundle_keys\.0\.algorithm must be one of RS256/);
    expect(wrong).toMatch(/bundle_keys\.0\.valid_from must be a date/);
    expect(wrong).toMatch(/nobody of approvers speaks for privacy/);
    expect(wrong).toMatch(/bundle must be an https URL/);
  });

  it('a secret of bundles must be secret, a public key need not be', () => {
    const shared = { ...key('shared'), algorithm: 'HS256', file: file('shared-open', 0o644) };
    expect(problems({ bundle_keys: [shared] })).toMatch(/bundle_keys\.0\.file: others can read this key file/);
    expect(problems({ bundle_keys: [{ ...shared, file: file('shared-own', 0o600) }] })).toBe('');
  });

  it('a shadow keeps its report beside the ledger', () => {
    const draft = file('draft.tar.gz');
    expect(read({ shadow: draft }).shadow).toEqual({ bundle: draft, file: join(folder, 'ledger-shadow.json') });
    expect(problems({ shadow: join(folder, 'none') })).toMatch(
      /shadow: .*: there is no such file or folder; mend the path/,
    );
  });
});
