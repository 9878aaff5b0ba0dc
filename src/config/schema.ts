/**
 * One schema for the configuration. A description is what an operator reads: the commented example and the environment example
 * are generated from what stands here (`cli/config-example.ts`).
 */
import * as z from 'zod';
import { DOORS } from '../api/callers.ts';
import { ALGORITHMS } from '../engine/trust/jws.ts';
import { FACT_KINDS } from '../facts/kinds.ts';
import { isPlainUrl, isSafeUri } from './addresses.ts';

const text = z.string().min(1);
const whole = z.int();
const SHA256 = z.string().regex(/^[0-9a-fA-F]{64}$/, 'must be a SHA-256: 64 hexadecimal digits');
const DURATION = z.string().regex(/^[1-9]\d{0,6}[smhd]$/, 'must be a number with s, m, h or d, such as 24h');
const MOMENT = z
  .string()
  .refine(
    (said) => /^\d{4}-\d{2}-\d{2}/.test(said) && !Number.isNaN(Date.parse(said)),
    'must be a date or a date-time',
  );
const SAFE_URI = z.string().refine(isSafeUri, 'must be an https URL; http only on this machine');

const jwt = z.strictObject({
  issuer: text.describe('`iss` of its tokens.'),
  audience: text.describe('`aud` of its tokens.'),
  jwks_uri: SAFE_URI.optional().describe('Where the keys of the issuer are; they are fetched again when they rotate.'),
  jwks_file: text.optional().describe('Or a file with those keys; it is read again when it changes.'),
  subject: text.optional().describe('`sub` of its tokens, where several callers share one issuer.'),
});

const caller = z.strictObject({
  name: text.describe('How the records call it.'),
  api_key_sha256: SHA256.optional().describe('SHA-256 of its API key, which travels as `Authorization: Bearer …`.'),
  jwt: jwt.optional().describe('Or who signs its tokens.'),
  organisation: text.optional().describe('OIN, in quotes; it then speaks for professionals of that organisation only.'),
  doors: z.array(z.enum(DOORS)).describe('Which doors it may use.'),
  may_assert: z.array(z.enum(FACT_KINDS)).default([]).describe('Of which kinds of fact it is a source.'),
  may_set_time: z.boolean().default(false).describe('Its context.time counts, however far from the clock.'),
  may_simulate: z.boolean().default(false).describe('Its context.simulation counts.'),
  may_learn_pseudonym: z.boolean().default(false).describe('It gets the header Data-Subject.'),
});

const trustedKey = {
  id: text.describe('Its name in signatures (kid).'),
  algorithm: z
    .enum(ALGORITHMS)
    .describe('The one algorithm of this key; what a signature says of itself does not count.'),
  file: text.describe('Public key or certificate in PEM; for HS… the secret.'),
  valid_from: MOMENT.optional().describe('Judged at the moment that a bundle comes into force.'),
  valid_until: MOMENT.optional(),
  revoked: z.boolean().default(false).describe('Counts never again, not for what it signed before either.'),
};

/** A description is what an operator reads in the generated example. */
export const schema = z.strictObject({
  mode: z
    .enum(['development', 'production'])
    .default('development')
    .describe('production starts only with everything that a production system needs.'),
  host: text.default('127.0.0.1').describe('Where it listens. Development allows this machine only.'),
  port: whole.min(0).max(65_535).default(8181).describe('0 picks a free one.'),
  socket: text.optional().describe('A Unix socket instead of host and port.'),
  public_url: z
    .string()
    .refine(isPlainUrl, 'must be a URL without query, fragment and credentials')
    .optional()
    .describe('What the metadata names. Production: https.'),
  contact: z
    .strictObject({ name: text, url: z.url(), email: z.email() })
    .optional()
    .describe('Who answers questions about this API; stands in its description.'),
  bundle: text
    .optional()
    .describe('The policies: a bundle file, an https URL, oci://host/repository:tag, in development also a folder.'),
  bundle_sha256: SHA256.optional().describe('SHA-256 of the bundle file. Production loads no other.'),
  engine: z
    .enum(['plan', 'wasm', 'both'])
    .default('plan')
    .describe(
      'Who answers: plan is fast, and one in a hundred answers is checked by the Wasm; both asks each, always.',
    ),
  bundle_keys: z
    .array(
      z.strictObject({
        ...trustedKey,
        scope: text.optional().describe('Must equal the scope in the signature.'),
      }),
    )
    .default([])
    .describe('Or the keys that sign bundles: new ones come into force while it runs.'),
  freshness: z
    .enum(['sequence', 'unordered'])
    .default('sequence')
    .describe('unordered takes signed bundles without a sequence, as plain opa makes them; each record then shows it.'),
  approvers: z
    .array(
      z.strictObject({
        ...trustedKey,
        office: text.describe('For which office it speaks.'),
        person: text.describe('Who holds it; a person counts once.'),
      }),
    )
    .default([])
    .describe('The keys that approve and block bundles, beside the bundle in `<bundle>.approvals.json`.'),
  quorum: z
    .union([
      z.literal('none'),
      z.strictObject({
        offices: z.array(text).min(1).describe('Each must approve, by another person.'),
        at_least: whole.min(1).default(2).describe('How many persons.'),
        may_block: z.array(text).default(['fg']).describe('Offices that can stop a bundle, and lift that again.'),
      }),
    ])
    .optional()
    .describe('Whose approval a bundle needs. Or the word none, which each record then shows.'),
  policy_state: text
    .optional()
    .describe(
      'Folder for the last good bundle and the highest sequence; by default beside the ledger, as `<ledger folder>-policy`.',
    ),
  bundle_source: z
    .strictObject({
      poll: whole.min(1).default(20).describe('Seconds between two looks, on average.'),
      wait: whole
        .min(0)
        .max(600)
        .default(30)
        .describe('Seconds that a bundle server may hold a request (long polling).'),
      token_file: text
        .optional()
        .describe('Holds the bearer token, for a registry `name:password`; only its owner may read it.'),
      ca: text.optional().describe('PEM file.'),
      cert: text.optional().describe('PEM file.'),
      key: text.optional().describe('PEM file; only its owner may read it.'),
    })
    .prefault({})
    .describe('How the bundle is looked after.'),
  shadow: text
    .optional()
    .describe(
      'Bundle file of a draft that answers the same questions unseen; its report lies beside the ledger, as `<ledger folder>-shadow.json`.',
    ),
  pseudonym: z
    .strictObject({
      active: text.describe('Which key makes new pseudonyms.'),
      keys: z
        .array(z.strictObject({ id: text, file: text.describe('Holds the secret; only its owner may read it.') }))
        .min(1)
        .describe('Every key that ever made pseudonyms which are still in use.'),
    })
    .optional()
    .describe('The keys that turn personal numbers into pseudonyms.'),
  ledger: z
    .preprocess(
      (value) => (typeof value === 'string' ? { folder: value } : value),
      z.strictObject({
        folder: text.default('.datwat/ledger').describe('Where every decision is written down.'),
        signing_key: text.optional().describe('Ed25519 or P-256 private key in PEM; not inside the folder.'),
        mode: z
          .enum(['sync', 'write'])
          .default('sync')
          .describe('sync survives a power failure, write only a killed process.'),
      }),
    )
    .prefault({})
    .describe('The decision log.'),
  facts: z
    .preprocess(
      (value) => (typeof value === 'string' ? { file: value } : value),
      z.strictObject({
        file: text.default('.datwat/facts.sqlite').describe('SQLite file; `datwat facts init` makes one.'),
        max_age: z
          .partialRecord(z.enum(FACT_KINDS), DURATION)
          .default({})
          .describe(
            'How old a feed may be, by kind; by default case_relation 24h, consents and objections 72h, the rest 7d.',
          ),
      }),
    )
    .prefault({})
    .describe('What the PDP knows itself.'),
  callers: z.array(caller).default([]).describe('The applications that may ask.'),
  tls: z
    .union([
      z.literal('terminated_upstream'),
      z.strictObject({
        cert: text.describe('PEM file.'),
        key: text.describe('PEM file; only its owner may read it.'),
        client_ca: text.optional().describe('PEM file; only clients with a certificate of this authority get through.'),
      }),
    ])
    .optional()
    .describe('Or the words terminated_upstream, which every record then shows.'),
  limits: z
    .strictObject({
      body: whole.min(1024).default(1_048_576).describe('Bytes.'),
      depth: whole.min(8).max(512).default(64).describe('Levels of nesting.'),
      items: whole.min(1).default(500).describe('Questions in a batch.'),
    })
    .prefault({})
    .describe('What is larger is refused.'),
  rate_limit: z
    .strictObject({ requests_per_second: whole.min(1).describe('For each caller.') })
    .optional()
    .describe('Off where it is not written.'),
});

export type Written = z.infer<typeof schema>;
export type WrittenKey = Omit<Written['bundle_keys'][number], 'scope'>;
export type WrittenJwt = z.infer<typeof jwt>;

/** The keys that the schema knows at a place. */
export function keysAt(path: readonly PropertyKey[]): string[] {
  let here: z.core.$ZodType | undefined = schema;
  for (const step of path) {
    const inner: z.core.$ZodType | undefined = here === undefined ? undefined : unwrapped(here);
    here =
      inner instanceof z.ZodObject
        ? inner.shape[String(step)]
        : inner instanceof z.ZodArray
          ? inner.element
          : undefined;
  }
  const found = here === undefined ? undefined : unwrapped(here);
  if (found instanceof z.ZodRecord) return [...FACT_KINDS];
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

/** The schema itself, without default, optional and short form. */
function unwrapped(type: z.core.$ZodType): z.core.$ZodType {
  if (type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodPrefault) {
    return unwrapped(type.def.innerType);
  }
  if (type instanceof z.ZodPipe) return unwrapped(type.def.out);
  if (type instanceof z.ZodUnion) return unwrapped(type.def.options.at(-1) ?? type);
  return type;
}

/** One key of the schema, in the order in which it stands there. */
export interface SchemaEntry {
  /** With `0` for an item of a list. */
  readonly pointer: string;
  readonly description: string;
  readonly kind: 'map' | 'list' | 'value';
  /** The default, as it would be written. */
  readonly standard?: string;
}

export function describeSchema(): SchemaEntry[] {
  return entriesOf(schema, '');
}

function entriesOf(type: z.core.$ZodType, pointer: string): SchemaEntry[] {
  const inner = unwrapped(type);
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape).flatMap(([key, member]) => entryOf(member, `${pointer}/${key}`));
  }
  return [];
}

function entryOf(type: z.core.$ZodType, pointer: string): SchemaEntry[] {
  const description = (type instanceof z.ZodType ? type.description : undefined) ?? '';
  const inner = unwrapped(type);
  if (inner instanceof z.ZodObject) return [{ pointer, description, kind: 'map' }, ...entriesOf(inner, pointer)];
  if (inner instanceof z.ZodRecord) {
    const example: SchemaEntry = { pointer: `${pointer}/${FACT_KINDS[0]}`, description: '', kind: 'value' };
    return [{ pointer, description, kind: 'map' }, example];
  }
  if (inner instanceof z.ZodArray && unwrapped(inner.element) instanceof z.ZodObject) {
    return [{ pointer, description, kind: 'list' }, ...entriesOf(inner.element, `${pointer}/0`)];
  }
  const standard =
    type instanceof z.ZodDefault ? { standard: JSON.stringify(type.def.defaultValue).replaceAll('"', '') } : {};
  return [{ pointer, description, kind: 'value', ...standard }];
}
