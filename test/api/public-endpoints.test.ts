import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { appUnderTest } from '../support/app-under-test.ts';

const METADATA = '/.well-known/authzen-configuration';

describe('the metadata', () => {
  it('names the PDP and its endpoints, cacheable', async () => {
    const { app } = appUnderTest();
    const answer = await request(app).get(METADATA);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.headers['cache-control']).toBe('max-age=60');
    expect(answer.body).toEqual({
      policy_decision_point: 'https://pdp.example.nl',
      access_evaluation_endpoint: 'https://pdp.example.nl/access/v1/evaluation',
      access_evaluations_endpoint: 'https://pdp.example.nl/access/v1/evaluations',
      search_subject_endpoint: 'https://pdp.example.nl/access/v1/search/subject',
      search_resource_endpoint: 'https://pdp.example.nl/access/v1/search/resource',
      search_action_endpoint: 'https://pdp.example.nl/access/v1/search/action',
    });
  });

  it('leaves out what the policy does not offer', async () => {
    const { app } = appUnderTest({ policy: { offers: (entrypoint) => entrypoint === 'authz/search/action' } });
    const { body } = await request(app).get(METADATA);
    expect(Object.keys(body).filter((key) => key.startsWith('search'))).toEqual(['search_action_endpoint']);
  });

  it('stands under the path of the public URL, and the endpoints with it', async () => {
    const { app } = appUnderTest({ publicUrl: () => 'https://h.nl/a+b/(x)/', publicPath: '/a+b/(x)' });
    const { body } = await request(app).get(`${METADATA}/a+b/(x)`).expect(200);
    expect(body.policy_decision_point).toBe('https://h.nl/a+b/(x)/');
    expect(body.access_evaluation_endpoint).toBe('https://h.nl/a+b/(x)/access/v1/evaluation');
    await request(app).get(METADATA).expect(200);
    await request(app).post('/a+b/(x)/access/v1/evaluation').send({}).expect(400);
    await request(app).post('/access/v1/evaluation').send({}).expect(400);
    await request(app).get(`${METADATA}/a`).expect(404);
  });
});

describe('the description of the API', () => {
  const described = async (replacements = {}) => {
    const { app } = appUnderTest(replacements);
    const answer = await request(app).get('/access/v1/openapi.json').expect(200);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    return answer.body;
  };

  it('is OpenAPI 3.1 with a versioned https server, in Dutch, with a contact', async () => {
    const contact = { name: 'Team', url: 'https://x.nl', email: 'a@x.nl' };
    const { openapi, info, servers } = await described({ contact });
    expect(openapi).toBe('3.1.0');
    expect(info).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+$/), contact });
    expect(servers).toEqual([{ url: 'https://pdp.example.nl/access/v1' }]);
  });

  it('has no reference that leads nowhere, and what the design rules ask of each operation', async () => {
    const document = await described();
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#([^"]+)"/g)].map(([, pointer = '']) => pointer);
    const found = (pointer: string) =>
      pointer
        .split('/')
        .slice(1)
        .reduce((here, step) => here?.[step], document);
    expect(references.filter((pointer) => found(pointer) === undefined)).toEqual([]);
    for (const item of Object.values<Record<string, { responses: Record<string, { headers?: object }> }>>(
      document.paths,
    )) {
      for (const [method, { responses }] of Object.entries(item)) {
        if (method === 'post') expect(responses).toHaveProperty('400');
        expect(responses['200']?.headers).toHaveProperty('API-Version');
      }
    }
    expect(document.components.schemas.Problem.required).toEqual(['status', 'title', 'detail']);
  });

  it('describes the endpoints that are offered, and no others', async () => {
    const { paths } = await described({ policy: { offers: (entrypoint: string) => entrypoint.endsWith('action') } });
    expect(Object.keys(paths)).toEqual(['/evaluation', '/evaluations', '/search/action', '/openapi.json']);
  });
});

describe('health and metrics', () => {
  it('answer without credentials', async () => {
    const { app } = appUnderTest({ mode: 'production' });
    for (const path of ['/health/live', '/health/ready', '/metrics', METADATA]) {
      await request(app).get(path).expect(200);
      const head = await request(app).head(path).expect(200);
      expect(head.text ?? '').toBe('');
    }
  });
});
