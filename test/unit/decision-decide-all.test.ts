import { describe, expect, it } from 'vitest';
import { createDecideAll } from '../../src/decision/decide-all.ts';
import { DatwatError } from '../../src/decision/errors.ts';
import type { EvaluationRequest, IncompleteItem } from '../../src/decision/model.ts';
import { call, fakeRooms } from '../support/fake-rooms.ts';

const ask = (id: string, person = id): EvaluationRequest => ({
  subject: { type: 'medewerker', id: 'mw-1' },
  action: { name: 'read' },
  resource: { type: 'dossier', id, properties: { data_subject: { id: person } } },
});
const incomplete: IncompleteItem = { missing: ['resource'] };
const body = { evaluations: [] };

function roomsThatPermit(...ids: string[]) {
  const rooms = fakeRooms();
  rooms.decide = (input) => ({ decision: ids.includes(String(input.resource?.id)) });
  return rooms;
}

describe('a batch', () => {
  it('is one call, one look-up, one record', async () => {
    const rooms = roomsThatPermit('a');
    const answer = await createDecideAll(rooms.parts)(call(body), [ask('a'), ask('b')], 'execute_all');
    expect(answer.body).toEqual({ evaluations: [{ decision: true }, { decision: false }] });
    expect(rooms.walk).toEqual(['facts', 'engine', 'engine', 'ledger']);
    expect(rooms.records).toHaveLength(1);
  });

  it.each([
    { semantic: 'deny_on_first_deny', expected: [true, false] },
    { semantic: 'permit_on_first_permit', expected: [true] },
    { semantic: 'execute_all', expected: [true, false, true] },
  ] as const)('$semantic answers up to and including the deciding item', async ({ semantic, expected }) => {
    const rooms = roomsThatPermit('a', 'c');
    const answer = await createDecideAll(rooms.parts)(call(body), [ask('a'), ask('b'), ask('c')], semantic);
    expect(answer.body).toEqual({ evaluations: expected.map((decision) => ({ decision })) });
    expect(rooms.records[0]?.items).toHaveLength(3);
  });

  it('denies an item that lacks a member, says which, and goes on', async () => {
    const rooms = roomsThatPermit('a');
    const answer = await createDecideAll(rooms.parts)(call(body), [incomplete, ask('a')], 'execute_all');
    expect(answer.body).toMatchObject({
      evaluations: [
        { decision: false, context: { error: { status: 400, message: expect.stringContaining('resource') } } },
        { decision: true },
      ],
    });
    expect(rooms.records[0]?.status).toBe('Unset');
  });

  it('denies an item whose evaluation fails, and marks the record', async () => {
    const rooms = fakeRooms();
    rooms.decide = (input) => {
      if (input.resource?.id === 'a') throw new DatwatError('policy_error');
      return { decision: true };
    };
    const answer = await createDecideAll(rooms.parts)(call(body), [ask('a'), ask('b')], 'execute_all');
    expect(answer.body).toMatchObject({ evaluations: [{ decision: false }, { decision: true }] });
    expect(rooms.records[0]?.status).toBe('Error');
  });

  it('a failing item stops deny_on_first_deny', async () => {
    const rooms = fakeRooms();
    rooms.decide = () => {
      throw new DatwatError('policy_error');
    };
    const answer = await createDecideAll(rooms.parts)(call(body), [ask('a'), ask('b')], 'deny_on_first_deny');
    expect(answer.body).toMatchObject({ evaluations: [{ decision: false }] });
  });

  it('fails as a whole, with a record, when the facts fail', async () => {
    const rooms = fakeRooms();
    rooms.facts = () => {
      throw new DatwatError('facts_unavailable');
    };
    const error = await createDecideAll(rooms.parts)(call(body), [ask('a'), incomplete], 'execute_all').catch(
      (caught) => caught,
    );
    expect(error).toMatchObject({ code: 'facts_unavailable', decisionId: expect.any(String) });
    expect(rooms.records[0]).toMatchObject({ status: 'Error', response: null });
    expect(rooms.records[0]?.items).toHaveLength(2);
  });

  it('names its one person, and none where it concerns several', async () => {
    const rooms = roomsThatPermit();
    const decideAll = createDecideAll(rooms.parts);
    expect((await decideAll(call(body), [ask('a', 'p'), ask('b', 'p')], 'execute_all')).dataSubject).toBe('p');
    expect((await decideAll(call(body), [ask('a', 'p'), ask('b', 'q')], 'execute_all')).dataSubject).toBeUndefined();
  });

  it('says per item what differs, and once what all share', async () => {
    const rooms = roomsThatPermit('a');
    await createDecideAll(rooms.parts)(call(body), [ask('a'), ask('b')], 'execute_all');
    const attributes = rooms.records[0]?.attributes;
    expect(attributes?.['datwat.now']).toMatchObject({ source: 'server' });
    expect(attributes?.['datwat.items']).toEqual([{ decision: true }, { decision: false }]);
  });
});
