/** Flags, environment and file become one frozen `Config`, or one error that lists every problem with its place. */
import { createHash } from 'node:crypto';
import type { ConfiguredCaller, JwtIdentity } from '../api/callers.ts';
import { isServed } from '../engine/release/bundle-source.ts';
import type { ConfiguredApprover, ConfiguredKey } from '../engine/trust/read-trust.ts';
import { DEFAULT_MAX_AGES, FACT_KINDS } from '../facts/kinds.ts';
import { beside, type Config, type ConfiguredRelease, shadowReportFile } from './config.ts';
import { explain } from './explain.ts';
import { requirements } from './requirements.ts';
import { schema, type Written, type WrittenJwt, type WrittenKey } from './schema.ts';
import { ConfigError, type ConfigSources, merge } from './sources.ts';

/** Throws `ConfigError`. */
export function readConfig(sources: ConfigSources): Config {
  const { value, placeOf, problems } = merge(sources);
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) problems.push(...explain(issue, value, placeOf));
  }
  for (const { pointer, message } of requirements(value)) problems.push({ place: placeOf(pointer), message });
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return configOf(parsed.data);
}

function configOf(written: Written): Config {
  const { socket, host, port, pseudonym, ledger, facts, tls } = written;
  const maxAges = { ...DEFAULT_MAX_AGES };
  for (const kind of FACT_KINDS) {
    const said = facts.max_age[kind];
    if (said !== undefined) maxAges[kind] = milliseconds(said);
  }
  const config: Omit<Config, 'sha256'> = {
    mode: written.mode,
    place: socket === undefined ? { host, port } : { socket },
    ...(written.public_url !== undefined && { publicUrl: written.public_url }),
    ...(written.contact && { contact: written.contact }),
    ...(written.bundle !== undefined && { bundle: written.bundle }),
    ...(written.bundle_sha256 !== undefined && { bundleSha256: written.bundle_sha256.toLowerCase() }),
    engine: written.engine,
    quorum: written.quorum === undefined ? 'not_written' : written.quorum === 'none' ? 'none' : 'asked',
    ...releaseOf(written),
    ...(written.shadow !== undefined && {
      shadow: { bundle: written.shadow, file: shadowReportFile(ledger.folder) },
    }),
    ...(pseudonym && { pseudonym }),
    ledger: {
      folder: ledger.folder,
      mode: ledger.mode,
      ...(ledger.signing_key !== undefined && { signingKey: ledger.signing_key }),
    },
    facts: { file: facts.file, people: pseudonym ? 'real' : 'invented', maxAges },
    callers: written.callers.map(callerOf),
    ...(tls !== undefined && { tls: typeof tls === 'string' ? tls : tlsOf(tls) }),
    limits: written.limits,
    ...(written.rate_limit && { requestsPerSecond: written.rate_limit.requests_per_second }),
  };
  return deepFreeze({ ...config, sha256: createHash('sha256').update(canonical(config)).digest('hex') });
}

/** One bundle with a pin is opened once; what can change while it runs is followed. */
function releaseOf(written: Written): { release?: ConfiguredRelease } {
  const { bundle, bundle_keys: keys, quorum, bundle_source: source } = written;
  if (keys.length === 0 && quorum === undefined && !isServed(bundle ?? '')) return {};
  const { token_file: tokenFile, ca, cert, key, wait, poll } = source;
  return {
    release: {
      trust: {
        keys: keys.map(({ scope, ...named }) => ({ ...keyOf(named), ...(scope !== undefined && { scope }) })),
        ...(written.bundle_sha256 !== undefined && { sha256: written.bundle_sha256.toLowerCase() }),
        unsigned: written.mode === 'production' ? 'refused' : 'accepted',
        freshness: written.freshness,
        approvers: written.approvers.map((named): ConfiguredApprover => {
          const { office, person } = named;
          return { ...keyOf(named), office, person };
        }),
        quorum:
          quorum === undefined || quorum === 'none'
            ? 'none'
            : { offices: quorum.offices, atLeast: quorum.at_least, mayBlock: quorum.may_block },
      },
      state: written.policy_state ?? beside(written.ledger.folder, '-policy'),
      wait,
      poll,
      ...(tokenFile !== undefined && { tokenFile }),
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
    },
  };
}

function keyOf({ id, algorithm, file, valid_from: from, valid_until: until, revoked }: WrittenKey): ConfiguredKey {
  return {
    id,
    algorithm,
    file,
    revoked,
    ...(from !== undefined && { validFrom: Date.parse(from) }),
    ...(until !== undefined && { validUntil: Date.parse(until) }),
  };
}

function callerOf(written: Written['callers'][number]): ConfiguredCaller {
  const { api_key_sha256: key, jwt, organisation } = written;
  return {
    name: written.name,
    ...(organisation !== undefined && { organisation }),
    doors: written.doors,
    mayAssert: written.may_assert,
    maySetTime: written.may_set_time,
    maySimulate: written.may_simulate,
    mayLearnPseudonym: written.may_learn_pseudonym,
    proof: jwt === undefined ? { apiKeySha256: (key ?? '').toLowerCase() } : { jwt: identityOf(jwt) },
  };
}

function identityOf({ issuer, audience, subject, ...keys }: WrittenJwt): JwtIdentity {
  return {
    issuer,
    audience,
    ...(subject !== undefined && { subject }),
    keys: keys.jwks_uri === undefined ? { file: keys.jwks_file ?? '' } : { uri: keys.jwks_uri },
  };
}

function tlsOf({ cert, key, client_ca }: { cert: string; key: string; client_ca?: string | undefined }) {
  return { cert, key, ...(client_ca !== undefined && { clientCa: client_ca }) };
}

function milliseconds(duration: string): number {
  const unit = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[duration.slice(-1)] ?? 0;
  return Number(duration.slice(0, -1)) * unit;
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  return Object.freeze(value);
}
