/**
 * The description of the API (OpenAPI 3.1), in Dutch as ADR 2.2.1 asks. AuthZEN gives the names. The metadata endpoint is
 * not in it: it lies outside the versioned API (K-5).
 */
import type { JsonObject, SearchKind } from '../decision/model.ts';
import { API_BASE } from './pdp-metadata.ts';
import { API_VERSION } from './responses.ts';

export interface Contact {
  readonly name: string;
  readonly url: string;
  readonly email: string;
}

export function openApi(publicUrl: string, offers: (kind: SearchKind) => boolean, contact?: Contact): JsonObject {
  const searches = SEARCHES.filter(({ kind }) => offers(kind));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Datwat',
      version: API_VERSION,
      description:
        'Datwat beslist of een medewerker in het sociaal domein iets van een inwoner mag zien: niets, alleen dát er iets is, of ook wát het is. De API volgt AuthZEN Authorization API 1.0 met het Nederlandse profiel.',
      contact: contact === undefined ? { name: 'Datwat', url: publicUrl } : { ...contact },
      license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
    },
    servers: [{ url: publicUrl.replace(/\/$/, '') + API_BASE }],
    security: [{ bearer: [] }],
    tags: [
      { name: 'beslissen', description: 'Mag deze medewerker dit zien of doen?' },
      { name: 'zoeken', description: 'Wie mag dit, wat mag iemand zien, en wat mag iemand doen?' },
      { name: 'beschrijving', description: 'De beschrijving van deze API.' },
    ],
    paths: {
      '/evaluation': {
        post: operation({
          id: 'evaluate',
          tag: 'beslissen',
          summary: 'Stel één vraag',
          description: 'Geeft één beslissing. Een weigering is een gewoon antwoord met status 200.',
          request: 'EvaluationRequest',
          response: 'Decision',
        }),
      },
      '/evaluations': {
        post: operation({
          id: 'evaluateAll',
          tag: 'beslissen',
          summary: 'Stel meer vragen tegelijk',
          description:
            'Wat bovenaan staat, geldt voor elke vraag die dat onderdeel niet zelf heeft. Zonder `evaluations` is het antwoord één beslissing.',
          request: 'EvaluationsRequest',
          response: 'EvaluationsResponse',
        }),
      },
      ...Object.fromEntries(searches.map(({ kind, summary }) => [`/search/${kind}`, { post: search(kind, summary) }])),
      '/openapi.json': {
        get: {
          operationId: 'describe',
          tags: ['beschrijving'],
          summary: 'Lees deze beschrijving',
          security: [],
          responses: {
            '200': {
              description: 'De beschrijving van deze API.',
              headers: VERSION_HEADER,
              content: { 'application/json': { schema: { type: 'object' } } },
            },
          },
        },
      },
    },
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'Een API-sleutel, of een token van een vertrouwde uitgever.',
        },
      },
      headers: {
        ApiVersion: { description: 'De versie van deze API.', schema: { type: 'string', examples: [API_VERSION] } },
        DecisionId: {
          description: 'Het kenmerk waaronder deze beslissing in het logboek staat.',
          schema: { type: 'string', pattern: '^[0-9a-f]{32}-[0-9a-f]{16}$' },
        },
        RequestId: { description: 'Het kenmerk dat u meestuurde, onveranderd.', schema: { type: 'string' } },
      },
      parameters: {
        RequestId: {
          name: 'X-Request-ID',
          in: 'header',
          description: 'Uw eigen kenmerk voor deze vraag. Zet er geen persoonsgegevens in.',
          schema: { type: 'string' },
        },
        Traceparent: {
          name: 'traceparent',
          in: 'header',
          description: 'W3C Trace Context, om de beslissing met uw eigen logregels te verbinden.',
          schema: { type: 'string' },
        },
      },
      responses: Object.fromEntries(
        FAILURES.map(({ name, description }) => [name, { description, ...PROBLEM_CONTENT }]),
      ),
      schemas: SCHEMAS,
    },
  };
}

const SEARCHES: readonly { readonly kind: SearchKind; readonly summary: string }[] = [
  { kind: 'subject', summary: 'Zoek wie dit mag' },
  { kind: 'resource', summary: 'Zoek wat iemand mag zien' },
  { kind: 'action', summary: 'Zoek wat iemand hier mag doen' },
];

const FAILURES = [
  {
    status: '400',
    name: 'InvalidRequest',
    description: 'De vraag klopt niet. Alle fouten staan erbij, met hun plaats.',
  },
  { status: '401', name: 'NotAuthenticated', description: 'De toepassing heeft zich niet of niet goed bekendgemaakt.' },
  { status: '403', name: 'DoorNotAllowed', description: 'Deze toepassing mag dit endpoint niet gebruiken.' },
  { status: '413', name: 'BodyTooLarge', description: 'De vraag is te groot.' },
  { status: '429', name: 'TooManyRequests', description: 'Te veel vragen in korte tijd.' },
  {
    status: '500',
    name: 'PolicyError',
    description: 'De regels konden niet worden uitgevoerd. Er is niets toegestaan.',
  },
  {
    status: '503',
    name: 'Unavailable',
    description: 'De regels, de feiten of het logboek zijn er nu niet. Er is niets toegestaan.',
  },
] as const;

const PROBLEM_CONTENT: JsonObject = {
  headers: { 'API-Version': { $ref: '#/components/headers/ApiVersion' } },
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const VERSION_HEADER: JsonObject = { 'API-Version': { $ref: '#/components/headers/ApiVersion' } };

interface Operation {
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  readonly request: string;
  readonly response: string;
}

function operation({ id, tag, summary, description, request, response }: Operation): JsonObject {
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    parameters: [{ $ref: '#/components/parameters/RequestId' }, { $ref: '#/components/parameters/Traceparent' }],
    requestBody: { required: true, content: { 'application/json': { schema: schema(request) } } },
    responses: {
      '200': {
        description: 'Het antwoord. Het staat al in het logboek.',
        headers: {
          ...VERSION_HEADER,
          'Decision-Id': { $ref: '#/components/headers/DecisionId' },
          'X-Request-ID': { $ref: '#/components/headers/RequestId' },
        },
        content: { 'application/json': { schema: schema(response) } },
      },
      ...Object.fromEntries(FAILURES.map(({ status, name }) => [status, { $ref: `#/components/responses/${name}` }])),
    },
  };
}

function search(kind: SearchKind, summary: string): JsonObject {
  const Kind = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
  return operation({
    id: `search${Kind}`,
    tag: 'zoeken',
    summary,
    description: 'Met `page.limit` komt het antwoord in delen; `page.next_token` is leeg bij het laatste deel.',
    request: `${Kind}SearchRequest`,
    response: kind === 'action' ? 'ActionSearchResponse' : 'EntitySearchResponse',
  });
}

function schema(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

const ANY_OBJECT: JsonObject = { type: 'object', additionalProperties: true };
const MEMBERS: JsonObject = {
  subject: schema('Entity'),
  action: schema('Action'),
  resource: schema('Entity'),
  context: { ...ANY_OBJECT, description: 'De omstandigheden, zoals het moment en de casus.' },
};
const PAGE: JsonObject = { page: schema('PageRequest') };

const SCHEMAS: JsonObject = {
  Entity: {
    type: 'object',
    description: 'Een medewerker of een dossier.',
    required: ['type', 'id'],
    properties: { type: { type: 'string' }, id: { type: 'string' }, properties: ANY_OBJECT },
  },
  TypeOnly: {
    type: 'object',
    description: 'Het soort dat wordt gezocht; een `id` telt hier niet mee.',
    required: ['type'],
    properties: { type: { type: 'string' }, properties: ANY_OBJECT },
  },
  Action: {
    type: 'object',
    description: 'Wat iemand wil doen.',
    required: ['name'],
    properties: { name: { type: 'string' }, properties: ANY_OBJECT },
  },
  EvaluationRequest: { type: 'object', required: ['subject', 'action', 'resource'], properties: MEMBERS },
  EvaluationsRequest: {
    type: 'object',
    properties: {
      ...MEMBERS,
      evaluations: { type: 'array', items: { type: 'object', properties: MEMBERS } },
      options: {
        type: 'object',
        properties: {
          evaluations_semantic: {
            type: 'string',
            enum: ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'],
            default: 'execute_all',
          },
        },
      },
    },
  },
  Decision: {
    type: 'object',
    required: ['decision'],
    properties: {
      decision: { type: 'boolean', description: 'Alleen `true` als het gevraagde niveau helemaal mag.' },
      context: { ...ANY_OBJECT, description: 'Niveau, velden, reden, plichten en wat wel kan.' },
    },
  },
  EvaluationsResponse: {
    description: 'Eén beslissing per vraag, in dezelfde volgorde; of één beslissing als er geen `evaluations` waren.',
    oneOf: [
      {
        type: 'object',
        required: ['evaluations'],
        properties: { evaluations: { type: 'array', items: schema('Decision') } },
      },
      schema('Decision'),
    ],
  },
  SubjectSearchRequest: {
    type: 'object',
    required: ['subject', 'action', 'resource'],
    properties: { ...MEMBERS, ...PAGE, subject: schema('TypeOnly') },
  },
  ResourceSearchRequest: {
    type: 'object',
    required: ['subject', 'action', 'resource'],
    properties: { ...MEMBERS, ...PAGE, resource: schema('TypeOnly') },
  },
  ActionSearchRequest: {
    type: 'object',
    required: ['subject', 'resource'],
    properties: { ...PAGE, subject: schema('Entity'), resource: schema('Entity'), context: ANY_OBJECT },
  },
  EntitySearchResponse: {
    type: 'object',
    required: ['results'],
    properties: { page: schema('PageResponse'), results: { type: 'array', items: schema('Entity') } },
  },
  ActionSearchResponse: {
    type: 'object',
    required: ['results'],
    properties: { page: schema('PageResponse'), results: { type: 'array', items: schema('Action') } },
  },
  PageRequest: {
    type: 'object',
    properties: {
      token: { type: 'string', description: '`next_token` van het vorige deel; de rest van de vraag blijft gelijk.' },
      limit: { type: 'integer', minimum: 0, description: 'Hoeveel er ten hoogste in één deel staan.' },
      properties: ANY_OBJECT,
    },
  },
  PageResponse: {
    type: 'object',
    required: ['next_token'],
    properties: {
      next_token: { type: 'string', description: 'Leeg als dit het laatste deel is.' },
      count: { type: 'integer', minimum: 0 },
      total: { type: 'integer', minimum: 0 },
    },
  },
  Problem: {
    type: 'object',
    description: 'RFC 9457. Herhaalt nooit wat u stuurde.',
    required: ['status', 'title', 'detail'],
    properties: {
      status: { type: 'integer' },
      title: { type: 'string' },
      detail: { type: 'string' },
      code: { type: 'string', description: 'Een vast woord voor deze fout.' },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          required: ['pointer', 'detail'],
          properties: {
            pointer: { type: 'string', description: 'De plaats in de vraag, als JSON-pointer.' },
            detail: { type: 'string' },
          },
        },
      },
    },
  },
};
