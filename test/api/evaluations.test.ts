import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { appUnderTest } from '../support/app-under-test.ts';

const PATH = '/access/v1/evaluations';
const alice = { type: 'user', id: 'alice' };
const bob = { type: 'user', id: 'bob' };
const read = { name: 'read' };
const record = { type: 'record', id: 'record-1' };

async function ask(body: object, replacements = {}) {
  const { app, seen } = appUnderTest(replacements);
  return { answer: await request(app).post(PATH).send(body), seen };
}

async function decisions(body: object): Promise<boolean[]> {
  const { answer } = await ask(body);
  expect(answer.status).toBe(200);
  expect(Object.keys(answer.body)).toEqual(['evaluations']);
  return answer.body.evaluations.map(({ decision }: { decision: boolean }) => decision);
}

describe('a batch', () => {
  it('answers each item in the order of the request, with exactly the decision', async () => {
    const { answer, seen } = await ask({
      action: read,
      resource: record,
      evaluations: [{ subject: alice }, { subject: bob }],
    });
    expect(answer.text).toBe('{"evaluations":[{"decision":true},{"decision":false}]}');
    expect(seen.records).toHaveLength(1);
    expect(answer.headers['decision-id']).toBe(`${seen.records[0]?.traceId}-${seen.records[0]?.spanId}`);
  });

  it.each([
    ['execute_all', [true, false, true]],
    ['deny_on_first_deny', [true, false]],
    ['permit_on_first_permit', [true]],
  ])('%s stops right after the item that decides', async (evaluations_semantic, expected) => {
    const evaluations = [{ subject: alice }, { subject: bob }, { subject: alice }];
    const options = { evaluations_semantic, unknown: 1 };
    expect(await decisions({ action: read, resource: record, evaluations, options })).toEqual(expected);
  });

  it('stops at a failure as at a denial', async () => {
    const { answer, seen } = await ask({
      subject: alice,
      resource: record,
      evaluations: [{ action: { name: 'fail' } }, { action: read }],
      options: { evaluations_semantic: 'deny_on_first_deny' },
    });
    expect(answer.body.evaluations).toHaveLength(1);
    expect(answer.body.evaluations[0]).toMatchObject({ decision: false, context: { error: { status: 500 } } });
    expect(seen.records[0]?.status).toBe('Error');
  });

  it('is one evaluation where there are no items', async () => {
    for (const evaluations of [undefined, []]) {
      const { answer } = await ask({ subject: alice, action: read, resource: record, evaluations });
      expect(answer.text).toBe('{"decision":true}');
      const incomplete = await ask({ subject: alice, action: read, evaluations });
      expect(incomplete.answer.status).toBe(400);
    }
  });

  it('replaces a default whole, and never merges', async () => {
    const { seen } = await ask({
      subject: { ...alice, properties: { role: 'x' } },
      action: read,
      resource: record,
      context: { a: 1 },
      evaluations: [{ subject: bob, context: { b: 2 } }, {}],
    });
    expect(seen.inputs.map(({ subject, context }) => ({ subject, context }))).toEqual([
      { subject: bob, context: { b: 2 } },
      { subject: { ...alice, properties: { role: 'x' } }, context: { a: 1 } },
    ]);
  });

  it.each([
    ['lacks a member everywhere', { action: read }],
    ['replaces a default by null', { subject: null }],
    ['has a member of the wrong type', { subject: 'alice' }],
    ['has an incomplete member', { subject: { type: 'user' } }],
    ['has a context that is no object', { subject: alice, resource: record, context: 'x' }],
    ['has properties that are no object', { subject: { ...alice, properties: [] }, resource: record }],
  ])('denies an item that %s, and answers the others', async (_, item) => {
    const { answer, seen } = await ask({ action: read, evaluations: [item, { subject: alice, resource: record }] });
    expect(answer.status).toBe(200);
    expect(answer.body.evaluations[0]).toMatchObject({ decision: false, context: { error: { status: 400 } } });
    expect(answer.body.evaluations[1]).toEqual({ decision: true });
    expect(seen.records[0]?.status).toBe('Unset');
  });

  it('answers false for each item when a subject is missing everywhere', async () => {
    expect(await decisions({ action: read, resource: record, evaluations: [{}, {}] })).toEqual([false, false]);
  });

  it.each([
    ['evaluations is no array', { evaluations: {} }, ['/evaluations']],
    ['an item is no object', { evaluations: [{}, 5, []] }, ['/evaluations/1', '/evaluations/2']],
    [
      'the semantic is unknown',
      { evaluations: [{}], options: { evaluations_semantic: 'first' } },
      ['/options/evaluations_semantic'],
    ],
    [
      'the semantic is no text',
      { evaluations: [{}], options: { evaluations_semantic: null } },
      ['/options/evaluations_semantic'],
    ],
    ['options is no object', { evaluations: [{}], options: 'x' }, ['/options']],
    [
      'a default has the wrong type',
      { evaluations: [{}], subject: 'alice', action: { name: 1 } },
      ['/subject', '/action/name'],
    ],
    ['there are too many items', { evaluations: Array.from({ length: 501 }, () => ({})) }, ['/evaluations']],
  ])('is refused whole where %s', async (_, body, pointers) => {
    const { answer, seen } = await ask(body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
    expect(seen.records).toEqual([]);
  });

  it('takes as many items as the limit allows', async () => {
    const evaluations = Array.from({ length: 500 }, () => ({}));
    expect(await decisions({ subject: alice, action: read, resource: record, evaluations })).toHaveLength(500);
  });

  it('notes the times that it left out, at the default or at the item', async () => {
    const { seen } = await ask({
      subject: alice,
      action: read,
      resource: record,
      context: { pet_notice_at: 'never' },
      evaluations: [{}, { context: { pet_notice_at: 'x' } }],
    });
    expect(seen.records[0]?.attributes['datwat.ignored']).toEqual([
      '/context/pet_notice_at',
      '/evaluations/1/context/pet_notice_at',
    ]);
  });
});
