/** The table of failures at the end of standards.md §9, and what every answer has in common. */
import { createHash } from 'node:crypto';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import type { ConfiguredCaller } from '../../src/api/callers.ts';
import { createRateLimit } from '../../src/api/rate-limit.ts';
import { DatwatError } from '../../src/decision/errors.ts';
import { appUnderTest, BSN } from '../support/app-under-test.ts';

const PATH = '/access/v1/evaluation';
const DECIDING = [
  PATH,
  '/access/v1/evaluations',
  '/access/v1/search/subject',
  '/access/v1/search/resource',
  '/access/v1/search/action',
];
const QUESTION = {
  subject: { type: 'user', id: 'alice' },
  action: { name: 'read' },
  resource: { type: 'record', id: 'record-1' },
};
const CALLER: ConfiguredCaller = {
  name: 'backoffice',
  doors: ['authzen'],
  mayAssert: [],
  maySetTime: false,
  maySimulate: false,
  mayLearnPseudonym: false,
  proof: { apiKeySha256: createHash('sha256').update('secret').digest('hex') },
};

function expectProblem(answer: request.Response, status: number, code: string) {
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.body).toMatchObject({ status, code, title: expect.any(String), detail: expect.any(String) });
  expect(answer.headers['api-version']).toMatch(/^\d+\.\d+\.\d+$/);
  expect(answer.headers['x-content-type-options']).toBe('nosniff');
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.text).not.toMatch(/secret cause|\.ts:|node_modules/);
}

describe('requests that are not valid', () => {
  it.each(DECIDING)('%s answers 400 for anything but a JSON object', async (path) => {
    const { app, seen } = appUnderTest();
    const send = (body: string) => request(app).post(path).set('Content-Type', 'application/json').send(body);
    for (const body of ['', '[]', '"x"', '{"subject":', 'null', '{"a":1,"a":2}']) {
      expectProblem(await send(body), 400, 'invalid_request');
    }
    const text = await request(app).post(path).set('Content-Type', 'text/plain').send(JSON.stringify(QUESTION));
    expectProblem(text, 400, 'invalid_request');
    expect(seen.records).toEqual([]);
  });

  it.each([
    ['application/json; charset=utf-8', 200],
    ['application/json;charset="UTF-8"', 200],
    ['APPLICATION/JSON', 200],
    ['application/json; charset=latin1', 400],
    ['application/jsonp', 400],
    ['application/x-www-form-urlencoded', 400],
  ])('content type %s: %i', async (type, status) => {
    const { app } = appUnderTest();
    const answer = await request(app).post(PATH).set('Content-Type', type).send(JSON.stringify(QUESTION));
    expect(answer.status).toBe(status);
  });

  it('refuses a compressed body', async () => {
    const { app } = appUnderTest();
    const answer = await request(app).post(PATH).set('Content-Encoding', 'gzip').send(QUESTION);
    expectProblem(answer, 400, 'invalid_request');
  });

  it('reports every problem at once, with its place and without a value', async () => {
    const { app } = appUnderTest();
    const answer = await request(app)
      .post(PATH)
      .send({
        subject: BSN,
        action: { name: 123 },
        resource: { type: 'd', properties: { data_subject: { bsn: '123456789' } } },
        context: [],
      });
    expectProblem(answer, 400, 'invalid_request');
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/subject',
      '/action/name',
      '/resource/id',
      '/context',
      '/resource/properties/data_subject/bsn',
    ]);
    expect(answer.text).not.toMatch(/999990019|123456789/);
  });

  it.each(['subject', 'action', 'resource'])('needs %s', async (member) => {
    const { app } = appUnderTest();
    const answer = await request(app)
      .post(PATH)
      .send({ ...QUESTION, [member]: undefined });
    expectProblem(answer, 400, 'invalid_request');
    expect(answer.body.errors).toEqual([{ pointer: `/${member}`, detail: `${member} is required` }]);
  });

  it('is not fooled by keys of the prototype', async () => {
    const { app } = appUnderTest();
    const body =
      '{"__proto__":{"subject":{"type":"user","id":"alice"}},"action":{"name":"read"},"resource":{"type":"r","id":"r"}}';
    const answer = await request(app).post(PATH).set('Content-Type', 'application/json').send(body);
    expectProblem(answer, 400, 'invalid_request');
  });

  it('answers 413 over the limit, with and without a declared length', async () => {
    const { app, seen } = appUnderTest({ limits: { body: 1000, depth: 64 } });
    const large = JSON.stringify({ ...QUESTION, padding: 'x'.repeat(2000) });
    expectProblem(await request(app).post(PATH).type('json').send(large), 413, 'body_too_large');
    const chunked = request(app).post(PATH).type('json');
    chunked.write(large.slice(0, 900));
    chunked.write(large.slice(900));
    expectProblem(await chunked, 413, 'body_too_large');
    expect(seen.records).toEqual([]);
  });
});

describe('callers', () => {
  it('answers 401 with WWW-Authenticate for none and for bad credentials', async () => {
    const { app, seen } = appUnderTest({ mode: 'production', callers: [CALLER] });
    for (const authorization of ['', 'Bearer wrong', 'Bearer ', 'Basic c2VjcmV0', 'secret', 'Bearer secret extra']) {
      const answer = await request(app).post(PATH).set('Authorization', authorization).send(QUESTION);
      expectProblem(answer, 401, 'not_authenticated');
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="datwat"');
    }
    expect(seen.records).toEqual([]);
    await request(app).post(PATH).set('Authorization', 'Bearer secret').send(QUESTION).expect(200);
    expect(seen.records[0]?.attributes['datwat.caller']).toMatchObject({ name: 'backoffice', authenticated: true });
  });

  it('answers 403 for a caller without this door', async () => {
    const { app } = appUnderTest({ mode: 'production', callers: [{ ...CALLER, doors: ['facts'] }] });
    const answer = await request(app).post(PATH).set('Authorization', 'Bearer secret').send(QUESTION);
    expectProblem(answer, 403, 'door_not_allowed');
  });

  it('lets everyone in during development, and says so in the record', async () => {
    const { app, seen } = appUnderTest({ callers: [CALLER] });
    await request(app).post(PATH).set('Authorization', 'Bearer wrong').send(QUESTION).expect(200);
    expect(seen.records[0]?.attributes['datwat.caller']).toMatchObject({
      name: 'development',
      authenticated: false,
      asserts: ['case_relation', 'consents'],
    });
  });

  it('answers 429 over the rate that was configured, per caller, until time passes', async () => {
    let now = 0;
    const { app } = appUnderTest({ limitRate: createRateLimit(2, () => now) });
    await request(app).post(PATH).send(QUESTION).expect(200);
    await request(app).post(PATH).send(QUESTION).expect(200);
    const answer = await request(app).post(PATH).send(QUESTION);
    expectProblem(answer, 429, 'too_many_requests');
    expect(answer.headers['retry-after']).toBe('1');
    now = 500;
    await request(app).post(PATH).send(QUESTION).expect(200);
  });
});

describe('paths and methods', () => {
  it.each([
    '/',
    '/nothing',
    '/access/v1/evaluation/',
    '/access/v1/Evaluation',
    '/access/v1/%E0%A4%A',
    '/access/v1/search',
    '/access/v1/evaluation/..',
    '//access/v1/evaluation',
  ])('%s is 404, and never a stack', async (path) => {
    const { app, seen } = appUnderTest();
    expectProblem(await request(app).post(path).send(QUESTION), 404, 'not_found');
    expect(seen.answered).toEqual([{ route: 'unmatched', status: 404 }]);
  });

  it.each(DECIDING)('%s answers 405 with Allow for other methods', async (path) => {
    const { app } = appUnderTest();
    for (const method of ['get', 'put', 'delete', 'patch'] as const) {
      const answer = await request(app)[method](path);
      expectProblem(answer, 405, 'method_not_allowed');
      expect(answer.headers.allow).toBe('POST, OPTIONS');
    }
    const options = await request(app).options(path);
    expect(options.status).toBe(204);
    expect(options.headers.allow).toBe('POST, OPTIONS');
  });

  it('answers 404 for a search that the policy does not offer, whatever is sent', async () => {
    const { app } = appUnderTest({ policy: { offers: (entrypoint) => entrypoint !== 'authz/search/subject' } });
    expectProblem(await request(app).post('/access/v1/search/subject').send({}), 404, 'not_found');
    expectProblem(await request(app).get('/access/v1/search/subject'), 404, 'not_found');
    expectProblem(await request(app).post('/access/v1/search/resource').send({}), 400, 'invalid_request');
  });
});

describe('failures behind the door', () => {
  it('answers 500 for a policy error, recorded, without its cause', async () => {
    const { app, seen } = appUnderTest();
    const answer = await request(app)
      .post(PATH)
      .send({ ...QUESTION, action: { name: 'fail' } });
    expectProblem(answer, 500, 'policy_error');
    expect(seen.records[0]).toMatchObject({ status: 'Error', response: null });
    expect(answer.headers['decision-id']).toBe(`${seen.records[0]?.traceId}-${seen.records[0]?.spanId}`);
  });

  it('answers 500 for anything unforeseen, recorded, never a permit', async () => {
    const { app, seen } = appUnderTest({
      policy: {
        decide() {
          throw new TypeError('secret cause');
        },
      },
    });
    expectProblem(await request(app).post(PATH).send(QUESTION), 500, 'internal_error');
    expect(seen.records).toHaveLength(1);
  });

  it('answers 503 when facts are missing, recorded', async () => {
    const { app, seen } = appUnderTest({
      lookup: async () => {
        throw new DatwatError('facts_unavailable', { cause: new Error('secret cause') });
      },
    });
    const answer = await request(app).post(PATH).send(QUESTION);
    expectProblem(answer, 503, 'facts_unavailable');
    expect(seen.records[0]?.status).toBe('Error');
    expect(answer.headers['decision-id']).toBeDefined();
  });

  it('answers 503 without a decision id when the ledger refuses', async () => {
    const { app } = appUnderTest({
      ledger: {
        append: async () => {
          throw new DatwatError('decision_not_recorded');
        },
      },
    });
    for (const path of DECIDING) {
      const answer = await request(app).post(path).send(QUESTION);
      expectProblem(answer, 503, 'decision_not_recorded');
      expect(answer.headers['decision-id']).toBeUndefined();
    }
  });

  it('answers 503 when no policy is loaded, everywhere but where no policy is needed', async () => {
    const { app } = appUnderTest({
      engine: {
        active() {
          throw new DatwatError('no_policy');
        },
      },
      readiness: () => ['policy'],
    });
    for (const path of DECIDING) expectProblem(await request(app).post(path).send(QUESTION), 503, 'no_policy');
    await request(app).get('/health/live').expect(200);
    const ready = await request(app).get('/health/ready');
    expect(ready.status).toBe(503);
    expect(ready.body.missing).toEqual(['policy']);
  });
});

describe('every answer', () => {
  it.each([
    ['post', PATH, 200],
    ['get', PATH, 405],
    ['get', '/nothing', 404],
    ['get', '/health/live', 200],
    ['get', '/.well-known/authzen-configuration', 200],
  ] as const)('%s %s echoes X-Request-ID exactly', async (method, path, status) => {
    const { app } = appUnderTest();
    const id = 'A-1 2/3; "x"';
    const asking = request(app)[method](path).set('X-Request-ID', id);
    const answer = await (method === 'post' ? asking.send(QUESTION) : asking);
    expect(answer.status).toBe(status);
    expect(answer.headers['x-request-id']).toBe(id);
    const without = await request(app)[method](path);
    expect(without.headers['x-request-id']).toBeUndefined();
  });

  it('logs the route and never the path or the body', async () => {
    const { app, seen } = appUnderTest();
    await request(app).post(`/access/v1/${BSN}?bsn=${BSN}`).send({ bsn: BSN });
    await request(app)
      .post(`${PATH}?bsn=${BSN}`)
      .send({ subject: BSN, [BSN]: BSN });
    expect(seen.logged).toHaveLength(2);
    expect(JSON.stringify(seen)).not.toContain(BSN);
  });

  it('does not tell what it is built with', async () => {
    const { app } = appUnderTest();
    const answer = await request(app).post(PATH).send(QUESTION);
    expect(answer.headers).not.toHaveProperty('x-powered-by');
    expect(answer.headers).not.toHaveProperty('etag');
  });
});
