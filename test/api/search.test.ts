import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { appUnderTest } from '../support/app-under-test.ts';

const subject = { type: 'user', id: 'alice' };
const action = { name: 'read' };
const resource = { type: 'record', id: 'record-1' };
const letters = ['e', 'b', 'd', 'a', 'c', 'a'];
const policy = { search: () => letters.map((id) => ({ id, type: 'user', note: 'x' })) };

async function ask(kind: string, body: object, replacements: Parameters<typeof appUnderTest>[0] = { policy }) {
  const { app, seen } = appUnderTest(replacements);
  return { answer: await request(app).post(`/access/v1/search/${kind}`).send(body), seen };
}

describe('a search', () => {
  it('answers exactly type and id, each once, only of the type that was asked for', async () => {
    const { answer, seen } = await ask('subject', { subject: { type: 'user' }, action, resource }, {});
    expect(answer.text).toBe('{"results":[{"type":"user","id":"alice"},{"type":"user","id":"bob"}]}');
    expect(seen.records[0]).toMatchObject({ eventName: 'adl.search_subject', response: answer.body });
    const none = await ask('subject', { subject: { type: 'spaceship' }, action, resource }, {});
    expect(none.answer.text).toBe('{"results":[]}');
  });

  it('answers names for actions', async () => {
    const names = { policy: { search: () => [{ name: 'write', extra: 1 }, { name: 'read' }] } };
    const { answer } = await ask('action', { subject, resource }, names);
    expect(answer.text).toBe('{"results":[{"name":"read"},{"name":"write"}]}');
  });

  it('keeps from the policy what a search must ignore', async () => {
    const stray = { ...subject, properties: { x: 1 } };
    const bySubject = await ask('subject', { subject: stray, action, resource });
    expect(bySubject.seen.inputs[0]?.subject).toEqual({ type: 'user', properties: { x: 1 } });
    const odd = await ask('resource', { subject, action, resource: { type: 'record', id: 5 } });
    expect(odd.seen.inputs[0]?.resource).toEqual({ type: 'record' });
    const byAction = await ask('action', { subject, action: 'whatever', resource }, { policy: { search: () => [] } });
    expect(byAction.answer.status).toBe(200);
    expect(byAction.seen.inputs[0]).not.toHaveProperty('action');
  });

  it.each([
    ['subject', { subject: { type: 'user' }, resource }, ['/action']],
    ['subject', { action, resource }, ['/subject']],
    ['subject', { subject: { type: 'user' }, action, resource: { type: 'record' } }, ['/resource/id']],
    ['resource', { subject: { type: 'user' }, action, resource: { type: 'record' } }, ['/subject/id']],
    ['resource', { action, resource: {} }, ['/subject', '/resource/type']],
    ['action', { subject }, ['/resource']],
    [
      'action',
      { subject, resource, page: { limit: -1, token: 1, properties: [] } },
      ['/page/token', '/page/limit', '/page/properties'],
    ],
    ['action', { subject, resource, page: 'x' }, ['/page']],
    ['action', { subject, resource, context: [] }, ['/context']],
  ])('of kind %s is refused where members are missing', async (kind, body, pointers) => {
    const { answer, seen } = await ask(kind, body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
    expect(seen.records).toEqual([]);
  });

  it('fails where the policy answers something that is no entity', async () => {
    const { answer, seen } = await ask(
      'subject',
      { subject: { type: 'user' }, action, resource },
      { policy: { search: () => [{ id: 'a' }] } },
    );
    expect(answer.status).toBe(500);
    expect(seen.records[0]?.status).toBe('Error');
  });
});

describe('pages', () => {
  const body = { subject: { type: 'user' }, action, resource, context: { traceparent: 'one' } };
  const page = async (wish: object, change: object = {}) =>
    (await ask('subject', { ...body, ...change, page: wish })).answer;
  const ids = (answer: request.Response) => answer.body.results.map(({ id }: { id: string }) => id);

  it('are followed through next_token until it is empty', async () => {
    const first = await page({ limit: 2, unknown: true });
    expect(Object.keys(first.body)).toEqual(['page', 'results']);
    expect(first.body.page).toEqual({ next_token: expect.stringMatching(/^.+$/), count: 2, total: 5 });
    const second = await page({ token: first.body.page.next_token }, { context: { traceparent: 'two' } });
    const third = await page({ limit: 2, token: second.body.page.next_token });
    expect([...ids(first), ...ids(second), ...ids(third)]).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(third.body.page).toEqual({ next_token: '', count: 1, total: 5 });
  });

  it('have the same token for the same request, whatever the order of its keys', async () => {
    const one = await page({ limit: 1 });
    const other = await page({ limit: 1 }, { resource: { id: 'record-1', type: 'record' } });
    expect(other.body.page.next_token).toBe(one.body.page.next_token);
  });

  it('hold everything, and none, when asked so', async () => {
    expect((await page({ limit: 100 })).body.page).toEqual({ next_token: '', count: 5, total: 5 });
    const none = await page({ limit: 0 });
    expect(none.body).toMatchObject({ page: { count: 0, total: 5 }, results: [] });
    expect(none.body.page.next_token).not.toBe('');
    expect((await page({ token: '' })).body).not.toHaveProperty('page');
  });

  it.each([
    ['another subject', { subject: { type: 'group' } }, {}],
    ['another action', { action: { name: 'write' } }, {}],
    ['another context', { context: { x: 1 } }, {}],
    ['other page properties', {}, { properties: { x: 1 } }],
    ['another limit', {}, { limit: 3 }],
  ])('cannot be continued with %s', async (_, change, wish) => {
    const { next_token } = (await page({ limit: 2 })).body.page;
    expect((await page({ token: next_token, ...wish }, change)).status).toBe(400);
  });

  it.each(['x', 'AAAA', 'a'.repeat(38), '%%%'])('cannot be continued with the token %s', async (token) => {
    expect((await page({ token })).status).toBe(400);
  });
});
