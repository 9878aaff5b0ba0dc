/**
 * The certification scenario of AuthZEN 1.0 (standards.md §1.3), and what suites check beyond its text (§8), against the whole
 * service with the fixture as an outside bundle. Numbers are those of the scenario.
 */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBundle } from '../../src/engine/build-bundle.ts';
import { findOpa, OpaMissing } from '../../src/engine/toolchain.ts';
import { type RunningService, runningService } from '../support/running-service.ts';

const FIXTURE = join(import.meta.dirname, '../support/bundles/certification');

let service: RunningService;
beforeAll(async () => {
  service = await runningService('certification.tar.gz');
});
afterAll(() => service.end());

type Body = Record<string, unknown>;
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what comes over the wire is what is under test
  readonly body: any;
}

async function send(
  path: string,
  body: string,
  headers: Record<string, string> = {},
  method = 'POST',
): Promise<Answer> {
  const answer = await fetch(service.url + path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(method !== 'GET' && { body }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: text.startsWith('{') ? JSON.parse(text) : text };
}

const post = (path: string, body: Body, headers?: Record<string, string>) =>
  send(`/access/v1/${path}`, JSON.stringify(body), headers);

const user = (id: string, properties?: Body) => ({ type: 'user', id, ...(properties && { properties }) });
const does = (name: string, properties?: Body) => ({ name, ...(properties && { properties }) });
const record = (id: string, properties?: Body) => ({ type: 'record', id, ...(properties && { properties }) });
const alice = user('alice');
const bob = user('bob');
const admin = user('bob', { role: 'admin' });
const active = record('record-1');
const archived = record('record-2', { status: 'archived' });
const rule1 = { subject: alice, action: does('read'), resource: active };
const CONTEXT = { time: '2025-06-27T18:03-07:00', ip: '192.0.2.1' };

describe('the fixture', () => {
  it('is built from its rules', async ({ skip }) => {
    const opa = await findOpa(join(import.meta.dirname, '../../policies')).catch((failure: unknown) => {
      if (failure instanceof OpaMissing) return undefined;
      throw failure;
    });
    if (opa === undefined) return skip('opa is not here; the committed fixture was used');
    const built = await buildBundle(join(FIXTURE, 'policies'), opa);
    const stale = `build it: npm run -s datwat -- policy build --policies ${relative('.', FIXTURE)}/policies -o ${relative('.', FIXTURE)}.tar.gz`;
    expect(Buffer.compare(Buffer.from(built), readFileSync(`${FIXTURE}.tar.gz`)), stale).toBe(0);
  });
});

describe('basic', () => {
  it.each([
    ['2.2.1 rule 1', rule1, true],
    ['rule 2', { ...rule1, action: does('write') }, true],
    ['rule 3', { ...rule1, subject: bob }, true],
    ['2.2.2 rule 4', { subject: bob, action: does('write'), resource: active }, false],
    ['2.2.3 with a context', { ...rule1, context: CONTEXT }, true],
    ['2.2.4 rule 5', { subject: alice, action: does('write'), resource: archived }, false],
    ['2.2.5 rule 6', { subject: admin, action: does('write'), resource: archived }, true],
    ['2.2.6 rule 7', { ...rule1, action: does('delete', { soft: true }) }, true],
    ['2.2.7 rule 8', { ...rule1, action: does('delete', { soft: false }) }, false],
    [
      '2.2.8 extra properties',
      {
        subject: user('alice', { department: 'Sales', role: 'manager' }),
        action: does('read', { method: 'GET' }),
        resource: record('record-1', { status: 'active', owner: 'alice' }),
      },
      true,
    ],
    ['2.2.9 unknown fields', { ...rule1, foo: 'bar', futureField: { nested: true } }, true],
    [
      'unknown fields inside',
      { subject: { ...alice, x: 1 }, action: { ...does('read'), x: 1 }, resource: { ...active, x: [] } },
      true,
    ],
    ['alice reads record-2', { ...rule1, resource: record('record-2') }, true],
  ])('%s', async (_, body, decision) => {
    const answer = await post('evaluation', body);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.body).toEqual({ decision });
  });

  it.each([
    ['2.4.1 no subject', { ...rule1, subject: undefined }],
    ['2.4.1 no action', { ...rule1, action: undefined }],
    ['2.4.1 no resource', { ...rule1, resource: undefined }],
    ['2.4.2 no subject.type', { ...rule1, subject: { id: 'alice' } }],
    ['2.4.2 no subject.id', { ...rule1, subject: { type: 'user' } }],
    ['2.4.2 no action.name', { ...rule1, action: {} }],
    ['2.4.2 no resource.type', { ...rule1, resource: { id: 'record-1' } }],
    ['2.4.2 no resource.id', { ...rule1, resource: { type: 'record' } }],
    ['2.4.6 subject is a text', { ...rule1, subject: 'alice' }],
    ['2.4.6 action.name is a number', { ...rule1, action: { name: 123 } }],
  ])('%s is 400', async (_, body) => expect((await post('evaluation', body)).status).toBe(400));

  it.each([
    ['2.4.3 another content type', JSON.stringify(rule1), { 'Content-Type': 'text/plain' }],
    ['2.4.4 invalid JSON', '{"subject":', {}],
    ['2.4.5 an empty body', '', {}],
    ['an array', '[]', {}],
  ])('%s is 400', async (_, body, headers) =>
    expect((await send('/access/v1/evaluation', body, headers)).status).toBe(400),
  );

  it('accepts the content type with a charset', async () => {
    const answer = await post('evaluation', rule1, { 'Content-Type': 'application/json; charset=utf-8' });
    expect(answer.body).toEqual({ decision: true });
  });

  it('2.5 echoes X-Request-ID exactly, and does not need it', async () => {
    const id = 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716';
    expect((await post('evaluation', rule1, { 'X-Request-ID': id })).headers.get('x-request-id')).toBe(id);
    expect((await post('evaluation', {}, { 'X-Request-ID': id })).headers.get('x-request-id')).toBe(id);
    expect((await post('evaluation', rule1)).status).toBe(200);
  });
});

describe('batch', () => {
  it.each([
    [
      '3.2.1 two resources',
      { subject: alice, action: does('read'), evaluations: [{ resource: active }, { resource: record('record-2') }] },
      [true, true],
    ],
    [
      '3.2.2 two actions',
      { subject: bob, resource: active, evaluations: [{ action: does('read') }, { action: does('write') }] },
      [true, false],
    ],
    [
      '3.2.3 two records',
      {
        subject: alice,
        action: does('write'),
        evaluations: [{ resource: record('record-1', { status: 'active' }) }, { resource: archived }],
      },
      [true, false],
    ],
    [
      '3.2.4 two subjects',
      { action: does('write'), resource: archived, evaluations: [{ subject: alice }, { subject: admin }] },
      [false, true],
    ],
    [
      '3.2.5 whole items',
      { evaluations: [rule1, { subject: bob, action: does('write'), resource: active }] },
      [true, false],
    ],
    [
      '3.2.6 a context of its own',
      { ...rule1, context: CONTEXT, evaluations: [{}, { context: { ip: 'x' } }] },
      [true, true],
    ],
    [
      '3.2.7 a default is replaced whole',
      {
        subject: alice,
        action: does('write'),
        resource: record('record-1', { status: 'active' }),
        evaluations: [{}, { resource: archived }],
      },
      [true, false],
    ],
    [
      'execute_all said',
      { ...rule1, evaluations: [{}, { subject: user('x') }, {}], options: { evaluations_semantic: 'execute_all' } },
      [true, false, true],
    ],
    [
      'deny_on_first_deny',
      {
        ...rule1,
        evaluations: [{}, { subject: user('x') }, {}],
        options: { evaluations_semantic: 'deny_on_first_deny' },
      },
      [true, false],
    ],
    [
      'permit_on_first_permit',
      {
        ...rule1,
        evaluations: [{ subject: user('x') }, {}, {}],
        options: { evaluations_semantic: 'permit_on_first_permit' },
      },
      [false, true],
    ],
  ])('%s', async (_, body, decisions) => {
    const answer = await post('evaluations', body);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ evaluations: decisions.map((decision) => ({ decision })) });
  });

  it('3.4.1 an item that lacks a member is false, the others are answered', async () => {
    const body = { subject: alice, action: does('read'), evaluations: [{ resource: active }, {}] };
    const { status, body: answer } = await post('evaluations', body);
    expect(status).toBe(200);
    expect(answer.evaluations.map(({ decision }: { decision: boolean }) => decision)).toEqual([true, false]);
  });

  it('3.4.2 and 3.4.3 without items it is one evaluation', async () => {
    expect((await post('evaluations', rule1)).body).toEqual({ decision: true });
    expect((await post('evaluations', { ...rule1, evaluations: [] })).body).toEqual({ decision: true });
  });

  it('a subject that is missing everywhere gives false for each item', async () => {
    const { status, body } = await post('evaluations', {
      action: does('read'),
      resource: active,
      evaluations: [{}, {}],
    });
    expect(status).toBe(200);
    expect(body.evaluations.map(({ decision }: { decision: boolean }) => decision)).toEqual([false, false]);
  });

  it('an unknown semantic is 400', async () => {
    const body = { ...rule1, evaluations: [{}], options: { evaluations_semantic: 'some' } };
    expect((await post('evaluations', body)).status).toBe(400);
  });
});

describe('search', () => {
  const S1 = { subject: { type: 'user' }, action: does('read'), resource: active };
  const S2 = { subject: alice, action: does('read'), resource: { type: 'record' } };
  const S3 = { subject: alice, resource: active };
  const users = (...ids: string[]) => ids.map((id) => ({ type: 'user', id }));
  const records = (...ids: string[]) => ids.map((id) => ({ type: 'record', id }));
  const names = (...all: string[]) => all.map((name) => ({ name }));

  it.each([
    ['4.2.1', 'subject', S1, users('alice', 'bob')],
    ['4.2.2 with a context', 'subject', { ...S1, context: CONTEXT }, users('alice', 'bob')],
    ['4.2.3 with a stray id', 'subject', { ...S1, subject: alice }, users('alice', 'bob')],
    ['4.2.4 by stored properties', 'subject', { ...S1, action: does('write'), resource: archived }, users('bob')],
    ['4.3.1', 'resource', S2, records('record-1', 'record-2')],
    ['4.3.2 with a context', 'resource', { ...S2, context: CONTEXT }, records('record-1', 'record-2')],
    ['4.3.3 with a stray id', 'resource', { ...S2, resource: active }, records('record-1', 'record-2')],
    ['4.3.4 by stored properties', 'resource', { ...S2, subject: admin, action: does('write') }, records('record-2')],
    ['4.4.1', 'action', S3, names('read', 'write')],
    ['4.4.2 with a context', 'action', { ...S3, context: CONTEXT }, names('read', 'write')],
    ['4.4.3', 'action', { subject: admin, resource: archived }, names('read', 'write')],
    ['a stray action', 'action', { ...S3, action: does('fly') }, names('read', 'write')],
    ['4.6.1 an unknown subject', 'resource', { ...S2, subject: user('nobody') }, []],
    ['4.6.1 an unknown subject', 'action', { ...S3, subject: user('nobody') }, []],
    ['4.6.2 an unknown type', 'resource', { ...S2, resource: { type: 'spaceship' } }, []],
    ['4.6.2 an unknown type', 'subject', { ...S1, subject: { type: 'spaceship' } }, []],
    ['4.6.2 an unknown type', 'subject', { ...S1, resource: { type: 'spaceship', id: '1' } }, []],
  ])('%s: %s', async (_, kind, body, results) => {
    const answer = await post(`search/${kind}`, body);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ results });
    for (const result of answer.body.results) {
      expect(Object.keys(result)).toEqual(kind === 'action' ? ['name'] : ['type', 'id']);
    }
  });

  it('4.5 pages are followed through next_token', async () => {
    const found: unknown[] = [];
    let page: Body = { limit: 1, unknown: 'ignored' };
    for (let round = 0; round < 2; round += 1) {
      const { status, body } = await post('search/subject', { ...S1, page });
      expect(status).toBe(200);
      expect(body.results).toHaveLength(1);
      found.push(...body.results);
      page = { limit: 1, token: body.page.next_token };
    }
    expect(found).toEqual(users('alice', 'bob'));
    expect(page.token).toBe('');
  });

  it.each([
    ['subject', { ...S1, action: undefined }],
    ['resource', { ...S2, subject: undefined }],
    ['action', { ...S3, resource: undefined }],
    ['subject', { ...S1, resource: { type: 'record' } }],
    ['resource', { ...S2, subject: { type: 'user' } }],
    ['action', { ...S3, subject: { type: 'user' } }],
  ])('4.7 a %s search that lacks something is 400', async (kind, body) => {
    expect((await post(`search/${kind}`, body)).status).toBe(400);
  });
});

describe('discovery', () => {
  it('names the PDP and every endpoint that it offers', async () => {
    const { status, headers, body } = await send('/.well-known/authzen-configuration', '', {}, 'GET');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json');
    expect(body.policy_decision_point).toBe(service.url);
    const endpoints = Object.entries(body).filter(([key]) => key.endsWith('_endpoint'));
    expect(endpoints).toHaveLength(5);
    for (const [, url] of endpoints) {
      expect(String(url).startsWith(`${service.url}/access/v1/`)).toBe(true);
      expect((await send(String(url).slice(service.url.length), '{}')).status).toBe(400);
    }
  });
});

describe('all endpoints', () => {
  const questions: readonly [string, Body][] = [
    ['evaluation', rule1],
    ['evaluations', { ...rule1, evaluations: [{}, { subject: bob }, { resource: null }] }],
    ['search/subject', { subject: { type: 'user' }, action: does('read'), resource: active }],
    ['search/resource', { subject: alice, action: does('read'), resource: { type: 'record' }, page: { limit: 1 } }],
    ['search/action', { subject: alice, resource: active }],
  ];

  it.each(questions)('2.6 %s gives the same body to the same question, byte for byte', async (path, body) => {
    const answers = [await post(path, body), await post(path, body), await post(path, body)];
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(new Set(answers.map(({ headers }) => headers.get('decision-id'))).size).toBe(3);
  });

  it.each(questions)('%s accepts no other method, no array and no other content type', async (path, body) => {
    for (const method of ['GET', 'PUT']) expect((await send(`/access/v1/${path}`, '{}', {}, method)).status).toBe(405);
    expect((await send(`/access/v1/${path}`, '[]')).status).toBe(400);
    expect((await send(`/access/v1/${path}`, JSON.stringify(body), { 'Content-Type': 'text/plain' })).status).toBe(400);
    expect((await post(path, { ...body, unknownTopLevel: [1] })).status).toBe(200);
  });

  it.each(questions)('%s is not influenced by the context', async (path, body) => {
    const plain = await post(path, body);
    const dressed = await post(path, { ...body, context: { ...CONTEXT, role: 'admin', status: 'archived' } });
    const pageless = (answer: Answer) => JSON.stringify({ ...answer.body, page: undefined });
    expect(pageless(dressed)).toBe(pageless(plain));
  });
});
