/**
 * Writes the two examples from the schema, so that they cannot drift from it: `node src/cli/config-example.ts` writes
 * `docker/datwat.example.yaml` and `docker/datwat.env.example`. A test fails where they are stale.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeSchema, type SchemaEntry } from '../config/schema.ts';
import { CONFIG_FILE_ENV, SETTINGS } from '../config/sources.ts';

/** What an operator would write; everything else shows its default. */
const EXAMPLES: Readonly<Record<string, string>> = {
  '/mode': 'production',
  '/socket': '/run/datwat/datwat.sock',
  '/public_url': 'https://datwat.voorbeeldgemeente.nl',
  '/contact/name': 'Team Gegevens',
  '/contact/url': 'https://voorbeeldgemeente.nl/datwat',
  '/contact/email': 'gegevens@voorbeeldgemeente.nl',
  '/bundle': '/etc/datwat/bundle.tar.gz',
  '/bundle_sha256': `'${'0'.repeat(64)}'`,
  '/bundle_keys/0/id': 'uitgave-2026',
  '/bundle_keys/0/algorithm': 'ES256',
  '/bundle_keys/0/file': '/etc/datwat/keys/uitgave-2026.pub.pem',
  '/bundle_keys/0/valid_from': "'2026-01-01'",
  '/bundle_keys/0/valid_until': "'2027-12-31'",
  '/bundle_keys/0/scope': 'productie',
  '/approvers/0/id': 'sociaal-domein-1',
  '/approvers/0/algorithm': 'ES256',
  '/approvers/0/file': '/etc/datwat/keys/sociaal-domein-1.pub.pem',
  '/approvers/0/valid_from': "'2026-01-01'",
  '/approvers/0/valid_until': "'2027-12-31'",
  '/approvers/0/office': 'sociaal_domein',
  '/approvers/0/person': 'Proceseigenaar sociaal domein',
  '/quorum/offices': '[sociaal_domein]',
  '/policy_state': '/var/lib/datwat/policy',
  '/shadow': '/etc/datwat/draft.tar.gz',
  '/bundle_source/token_file': '/etc/datwat/keys/bundle-token',
  '/bundle_source/ca': '/etc/datwat/tls/bundle-ca.pem',
  '/bundle_source/cert': '/etc/datwat/tls/bundle-client.pem',
  '/bundle_source/key': '/etc/datwat/tls/bundle-client-key.pem',
  '/pseudonym/active': "'2026'",
  '/pseudonym/keys/0/id': "'2026'",
  '/pseudonym/keys/0/file': '/etc/datwat/keys/pseudonym-2026',
  '/ledger/folder': '/var/lib/datwat/ledger',
  '/ledger/signing_key': '/etc/datwat/keys/ledger.pem',
  '/facts/file': '/var/lib/datwat/facts/facts.sqlite',
  '/facts/max_age/case_relation': '24h',
  '/callers/0/name': 'wmo-backoffice',
  '/callers/0/api_key_sha256': `'${'0'.repeat(64)}'`,
  '/callers/0/jwt/issuer': 'https://inloggen.voorbeeldgemeente.nl',
  '/callers/0/jwt/audience': 'datwat',
  '/callers/0/jwt/jwks_uri': 'https://inloggen.voorbeeldgemeente.nl/jwks',
  '/callers/0/jwt/jwks_file': '/etc/datwat/jwks.json',
  '/callers/0/jwt/subject': 'wmo-backoffice',
  '/callers/0/organisation': "'00000001821002193000'",
  '/callers/0/doors': '[authzen]',
  '/callers/0/may_assert': '[case_relation]',
  '/tls': 'terminated_upstream',
  '/tls/cert': '/etc/datwat/tls/cert.pem',
  '/tls/key': '/etc/datwat/tls/key.pem',
  '/tls/client_ca': '/etc/datwat/tls/clients.pem',
  '/rate_limit/requests_per_second': '200',
};

/** Written in the example; all else stands there as a comment. */
const LIVE = new Set([
  '/mode',
  '/host',
  '/port',
  '/public_url',
  '/bundle',
  '/bundle_sha256',
  '/pseudonym',
  '/ledger',
  '/facts',
  '/callers',
  '/tls',
]);
const NEVER_LIVE = /^\/(facts\/max_age|callers\/0\/(jwt|organisation|may_)|tls\/client_ca)/;

export function yamlExample(): string {
  const head = [
    '# Every key of the configuration of Datwat. What stands behind a # is optional, with its default or an example.',
    '# Flags win over the environment, the environment over this file. Generated: npm run -s config:example.',
  ];
  return `${[...head, ...describeSchema().flatMap(yamlLines)].join('\n')}\n`;
}

export function envExample(): string {
  const entries = new Map(describeSchema().map((entry) => [entry.pointer, entry]));
  const lines = SETTINGS.flatMap(({ pointer, env }) => {
    const entry = entries.get(pointer);
    return [
      '',
      ...(entry?.description ? [`# ${entry.description}`] : []),
      `#${env}=${exampleOf(pointer, entry).replaceAll("'", '')}`,
    ];
  });
  const head = [
    '# Every setting of Datwat that can stand in the environment. It wins over the configuration file.',
    '# Generated: npm run -s config:example.',
    '',
    '# The configuration file.',
    `${CONFIG_FILE_ENV}=/etc/datwat/config.yaml`,
  ];
  return `${[...head, ...lines].join('\n')}\n`;
}

function yamlLines({ pointer, description, kind, standard }: SchemaEntry): string[] {
  const steps = pointer.split('/').slice(1);
  const key = steps.at(-1) ?? '';
  const live = LIVE.has(`/${steps[0]}`) && !NEVER_LIVE.test(pointer);
  const mark = live ? '' : '# ';
  const inList = steps.filter((step) => step === '0').length;
  const depth = steps.length - 1 - inList;
  const first = steps.at(-2) === '0' && FIRST_KEYS.has(key);
  const indent = `${'  '.repeat(Math.max(0, depth + inList - (first ? 1 : 0)))}${mark}${first ? '- ' : ''}`;
  const comment = description === '' ? [] : [`${'  '.repeat(depth + inList)}# ${description}`];
  const gap = steps.length === 1 ? [''] : [];
  if (kind === 'map' || kind === 'list') return [...gap, ...comment, `${indent}${key}:`];
  return [...gap, ...comment, `${indent}${key}: ${EXAMPLES[pointer] ?? standard ?? ''}`];
}

/** The key that opens an item of a list. */
const FIRST_KEYS = new Set(['name', 'id']);

function exampleOf(pointer: string, entry: SchemaEntry | undefined): string {
  return EXAMPLES[pointer] ?? entry?.standard ?? '';
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, '../../docker');
  writeFileSync(join(folder, 'datwat.example.yaml'), yamlExample());
  writeFileSync(join(folder, 'datwat.env.example'), envExample());
}
