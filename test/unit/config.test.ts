import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { envExample, yamlExample } from '../../src/cli/config-example.ts';
import { readYaml } from '../../src/cli/read-yaml.ts';
import { configurationForRecords } from '../../src/config/config.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { ConfigError, type ConfigSources, SETTINGS } from '../../src/config/sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'datwat-config-'));
const HASH = 'ab'.repeat(32);

function file(name: string, mode = 0o600): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, 'secret');
  chmodSync(path, mode);
  return path;
}

function sources(yaml: string, env: ConfigSources['env'] = {}, flags: ConfigSources['flags'] = {}): ConfigSources {
  return { file: { name: 'config.yaml', ...readYaml(yaml, 'config.yaml') }, env, flags };
}

function problemsOf(from: ConfigSources): string[] {
  try {
    readConfig(from);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ place, message }) => `${place}: ${message}`);
    throw error;
  }
  return [];
}

function production(change: Record<string, unknown> = {}): string {
  const key = file('keys/pseudonym');
  const config = {
    mode: 'production',
    public_url: 'https://pdp.voorbeeld.nl',
    bundle: 'bundle.tar.gz',
    bundle_sha256: HASH,
    pseudonym: { active: 'k1', keys: [{ id: 'k1', file: key }] },
    ledger: { folder: join(folder, 'ledger'), signing_key: file('keys/ledger.pem') },
    facts: { file: 'facts.sqlite' },
    callers: [{ name: 'a', api_key_sha256: HASH, doors: ['authzen'] }],
    ...change,
  };
  return JSON.stringify(config);
}

describe('the configuration', () => {
  it.each(['', '# mode: production\n'])('a file that holds no setting is no choice for development: %j', (yaml) => {
    expect(problemsOf(sources(yaml))).toEqual(['config.yaml: holds no setting; write at least mode']);
  });

  it('starts in development on this machine with nothing written', () => {
    const config = readConfig({ env: {}, flags: {} });
    expect(config).toMatchObject({
      mode: 'development',
      place: { host: '127.0.0.1', port: 8181 },
      limits: { body: 1_048_576, depth: 64, items: 500 },
      callers: [],
      ledger: { mode: 'sync' },
    });
    expect(config.facts.maxAges).toMatchObject({
      case_relation: 86_400_000,
      consents: 259_200_000,
      staff: 604_800_000,
    });
    expect(config.requestsPerSecond).toBeUndefined();
  });

  it('lets flags win over the environment, and the environment over the file', () => {
    const yaml = 'port: 1\nbundle: file\nledger: { folder: file, mode: write }\nfacts: file\n';
    const env = { DATWAT_PORT: '2', DATWAT_BUNDLE: 'env', DATWAT_LEDGER: 'env', UNRELATED: 'x' };
    const config = readConfig(sources(yaml, env, { port: '3', ledger: 'flag' }));
    expect(config.place).toEqual({ host: '127.0.0.1', port: 3 });
    expect(config.bundle).toBe('env');
    expect(config.ledger).toEqual({ folder: 'flag', mode: 'write' });
    expect(config.facts.file).toBe('file');
  });

  it('reports every problem at once, each with its place', () => {
    const yaml = [
      'hots: 127.0.0.1',
      'public_url: ftp://x',
      'callers:',
      '  - name: a',
      '    doors: [authzen]',
      '    organisation: 123',
      '    may_asert: [consents]',
      '    api_key_sha256: short',
      '  - name: b',
      '    doors: [authzen, fact]',
      '    jwt: { issuer: i, audience: a, subjct: s }',
      '  - name: c',
      '    doors: [auhtzen]',
      '    may_set_time: yes please',
      'facts: { max_age: { consents: 3 weeks, consent: 1h } }',
      'limits: { depth: 1 }',
      'tls: { cert: 5, kee: key.pem }',
      'pseudonym: { active: k1, keys: [{ id: k1 }, { id: k1 }] }',
    ].join('\n');
    const problems = problemsOf(sources(yaml, { DATWAT_LEDGER_MODE: 'none', DATWAT_PROT: '1' }, { port: 'many' }));
    expect(problems.sort()).toEqual(
      [
        'config.yaml:1: has an unknown key hots; did you mean host?',
        'config.yaml:2: public_url must be a URL without query, fragment and credentials',
        'config.yaml:6: callers.0.organisation must be of type string; put it in quotes',
        'config.yaml:7: callers.0 has an unknown key may_asert; did you mean may_assert?',
        'config.yaml:8: callers.0.api_key_sha256 must be a SHA-256: 64 hexadecimal digits',
        'config.yaml:10: callers.1.doors.1 must be one of authzen, facts',
        'config.yaml:11: callers.1.jwt has an unknown key subjct; did you mean subject?',
        'config.yaml:11: callers.1.jwt needs jwks_uri or jwks_file, and one of them',
        'config.yaml:12: callers.2 needs api_key_sha256 or jwt, and one of them',
        'config.yaml:13: callers.2.doors.0 must be one of authzen, facts',
        'config.yaml:14: callers.2.may_set_time must be of type boolean',
        'config.yaml:15: facts.max_age.consents must be a number with s, m, h or d, such as 24h',
        'config.yaml:15: facts.max_age has an unknown key consent; did you mean consents?',
        'config.yaml:16: limits.depth must be at least 8',
        'config.yaml:17: tls.cert must be of type string; put it in quotes',
        'config.yaml:17: tls.key is required',
        'config.yaml:17: tls has an unknown key kee; did you mean key?',
        'config.yaml:18: pseudonym.keys.0.file is required',
        'config.yaml:18: pseudonym.keys.1.file is required',
        'config.yaml:18: two of pseudonym.keys have the same id',
        'DATWAT_LEDGER_MODE: ledger.mode must be one of sync, write',
        'DATWAT_PROT: is not known; did you mean DATWAT_PORT?',
        '--port: port must be of type number',
      ].sort(),
    );
  });

  it('never repeats a secret that was written in the wrong place', () => {
    const yaml = 'callers: [{ name: a, api_key_sha256: my-secret-key, doors: [authzen] }]\npseudonym: my-secret-key\n';
    expect(problemsOf(sources(yaml)).join()).not.toContain('my-secret-key');
  });

  it.each([
    [
      'a caller with two proofs',
      'callers: [{ name: a, doors: [], api_key_sha256: HASH, jwt: { issuer: i, audience: a, jwks_uri: "https://x" } }]',
    ],
    ['a caller without a proof', 'callers: [{ name: a, doors: [] }]'],
    [
      'two callers of one name',
      'callers: [{ name: a, doors: [], api_key_sha256: HASH }, { name: a, doors: [], api_key_sha256: "HASH2" }]',
    ],
    [
      'keys over plain http',
      'callers: [{ name: a, doors: [], jwt: { issuer: i, audience: a, jwks_uri: "http://x.nl" } }]',
    ],
    ['a kind of fact that is none', 'callers: [{ name: a, doors: [], api_key_sha256: HASH, may_assert: [rumours] }]'],
    ['a list', '- a'],
    ['a URL with a query', 'public_url: "https://x.nl/?a"'],
    ['an active key that is not there', 'pseudonym: { active: k2, keys: [{ id: k1, file: FILE }] }'],
    ['a host that others reach', 'host: 0.0.0.0'],
    ['tls with half', 'tls: { cert: FILE }'],
    ['tls with another word', 'tls: off'],
  ])('refuses %s', (_, yaml) => {
    const written = yaml
      .replaceAll('HASH2', 'cd'.repeat(32))
      .replaceAll('HASH', `'${HASH}'`)
      .replaceAll('FILE', file('some'));
    expect(problemsOf(sources(written))).toHaveLength(1);
  });

  it('says in production everything that is missing', () => {
    const problems = problemsOf({ env: { DATWAT_MODE: 'production', DATWAT_HOST: '0.0.0.0' }, flags: {} });
    const keys = [
      'bundle',
      'bundle_sha256',
      'pseudonym',
      'ledger.folder',
      'ledger.signing_key',
      'facts',
      'callers',
      'public_url',
      'tls',
    ];
    for (const key of keys) expect(problems.join('\n')).toContain(`production needs ${key}`);
    expect(problems).toHaveLength(keys.length);
  });

  it.each([
    ['on this machine', {}, 'loopback'],
    ['on a socket', { socket: '/run/x.sock' }, 'unix_socket'],
    ['behind a proxy, in so many words', { host: '0.0.0.0', tls: 'terminated_upstream' }, 'terminated_upstream'],
  ])('starts in production %s', (_, change, transport) => {
    const config = readConfig(sources(production(change)));
    const shown = { mode: 'production', transport, quorum: 'not_written', config_sha256: config.sha256 };
    expect(configurationForRecords(config)).toEqual(shown);
  });

  it('needs https in production', () => {
    expect(problemsOf(sources(production({ public_url: 'http://pdp.voorbeeld.nl' })))).toEqual([
      'config.yaml:1: production needs a public_url that starts with https',
    ]);
  });

  it('refuses keys that others can read, that lie in the ledger folder, or that are not there', () => {
    const inLedger = file('ledger/key.pem');
    const key = (path: string) => ({ active: 'k1', keys: [{ id: 'k1', file: path }] });
    const problems = (change: object) => problemsOf(sources(production({ ...change })));
    expect(problems({ pseudonym: key(file('open', 0o644)) })[0]).toContain('others can read this key file');
    expect(problems({ pseudonym: key(file('group', 0o640)) })[0]).toContain('others can read this key file');
    expect(problems({ pseudonym: key(inLedger) })[0]).toContain('lies in the ledger folder');
    expect(problems({ pseudonym: key(join(folder, 'absent')) })[0]).toContain(
      `${join(folder, 'absent')}: there is no such file or folder; mend the path`,
    );
    expect(problems({ ledger: { folder: join(folder, 'ledger'), signing_key: inLedger } })[0]).toContain(
      'lies in the ledger',
    );
  });

  it('is frozen, and has one digest for one meaning', () => {
    const one = readConfig(sources('port: 9000\nhost: 127.0.0.1\n'));
    const other = readConfig({ env: { DATWAT_PORT: '9000' }, flags: {} });
    expect(Object.isFrozen(one.limits)).toBe(true);
    expect(one.sha256).toBe(other.sha256);
    expect(readConfig({ env: { DATWAT_PORT: '9001' }, flags: {} }).sha256).not.toBe(one.sha256);
  });

  it('is not confused by what Kubernetes puts in the environment', () => {
    const env = {
      DATWAT_PORT: 'tcp://10.0.0.1:8181',
      DATWAT_SERVICE_HOST: '10.0.0.1',
      DATWAT_PORT_8181_TCP: 'tcp://10.0.0.1:8181',
    };
    expect(readConfig({ env, flags: {} }).place).toEqual({ host: '127.0.0.1', port: 8181 });
  });
});

describe('the generated examples', () => {
  const docker = join(import.meta.dirname, '../../docker');
  const stale = 'run: npm run -s config:example';

  it('are those that are committed', () => {
    expect(readFileSync(join(docker, 'datwat.example.yaml'), 'utf8'), stale).toBe(yamlExample());
    expect(readFileSync(join(docker, 'datwat.env.example'), 'utf8'), stale).toBe(envExample());
  });

  it('are right but for the files that they name', () => {
    const problems = problemsOf({
      file: { name: 'example', ...readYaml(yamlExample(), 'example') },
      env: {},
      flags: {},
    });
    expect(problems.filter((problem) => !problem.endsWith('there is no such file or folder; mend the path'))).toEqual(
      [],
    );
  });

  it('stay right when every comment is made live', () => {
    const live = yamlExample()
      .replace(/^( *)# ((?:- )?[a-z_]+:)/gm, '$1$2')
      .replace(/^ *jwks_file:.*\n| *api_key_sha256:.*\n/gm, '');
    const problems = problemsOf({ file: { name: 'example', ...readYaml(live, 'example') }, env: {}, flags: {} });
    expect(problems.filter((problem) => !problem.endsWith('there is no such file or folder; mend the path'))).toEqual(
      [],
    );
  });

  it('name every setting of the environment', () => {
    for (const { env } of SETTINGS) expect(envExample()).toContain(`#${env}=`);
  });
});
