import { describe, expect, it } from 'vitest';
import { createDecide } from '../../src/decision/decide.ts';
import { DatwatError } from '../../src/decision/errors.ts';
import type { EvaluationRequest, JsonObject } from '../../src/decision/model.ts';
import { call, fakeRooms } from '../support/fake-rooms.ts';

const request: EvaluationRequest & JsonObject = {
  subject: { type: 'medewerker', id: 'mw-1', properties: { organisation: { oin: '00000001003214345000' } } },
  action: { name: 'read', properties: { requested_level: 'wat', purpose: 'P.DOEL' } },
  resource: { type: 'dossier', id: 'd-1', properties: { domain: 'x', data_subject: { id: 'psn:k1:abc' } } },
};

describe('one evaluation', () => {
  it('walks facts, engine, ledger, and answers only then', async () => {
    const rooms = fakeRooms();
    const answer = await createDecide(rooms.parts)(call(request), request);
    expect(rooms.walk).toEqual(['facts', 'engine', 'ledger']);
    expect(answer).toEqual({
      body: { decision: true },
      decisionId: `${'a'.repeat(32)}-${'b'.repeat(16)}`,
      dataSubject: 'psn:k1:abc',
    });
  });

  it('gives no answer before the record is durable', async () => {
    const rooms = fakeRooms();
    let durable = () => {};
    rooms.append = () => new Promise((resolve) => (durable = resolve));
    let answered = false;
    const answer = createDecide(rooms.parts)(call(request), request).then(() => (answered = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(rooms.walk).toContain('ledger');
    expect(answered).toBe(false);
    durable();
    await answer;
    expect(answered).toBe(true);
  });

  it('never lets what the policy says to the ledger reach the caller', async () => {
    const rooms = fakeRooms();
    rooms.decide = () => ({
      decision: false,
      context: { reason_code: 'GEEN_TOEGANG' },
      record: { reason_code: 'NO_CASE_RELATION' },
    });
    const { body } = await createDecide(rooms.parts)(call(request), request);
    expect(body).toEqual({ decision: false, context: { reason_code: 'GEEN_TOEGANG' } });
    expect(rooms.records[0]?.items[0]?.record).toEqual({ reason_code: 'NO_CASE_RELATION' });
    expect(rooms.records[0]?.attributes['datwat.reason']).toBe('NO_CASE_RELATION');
  });

  it('records a failed evaluation as Error and never permits', async () => {
    const rooms = fakeRooms();
    rooms.decide = () => {
      throw new DatwatError('policy_error', { cause: 'secret detail' });
    };
    const error = await createDecide(rooms.parts)(call(request), request).catch((caught) => caught);
    expect(error).toMatchObject({ code: 'policy_error', decisionId: `${'a'.repeat(32)}-${'b'.repeat(16)}` });
    expect(rooms.records[0]).toMatchObject({ status: 'Error', response: null });
    expect(JSON.stringify(rooms.records)).not.toContain('secret detail');
  });

  it('answers decision_not_recorded, without an id, when a failure cannot be recorded either', async () => {
    const rooms = fakeRooms();
    rooms.facts = () => {
      throw new DatwatError('facts_unavailable');
    };
    rooms.append = async () => {
      throw new DatwatError('decision_not_recorded');
    };
    const error = await createDecide(rooms.parts)(call(request), request).catch((caught) => caught);
    expect(error).toMatchObject({ code: 'decision_not_recorded' });
    expect(error.decisionId).toBeUndefined();
  });

  it('keeps the trace of the caller and makes a new span', async () => {
    const rooms = fakeRooms();
    const trace = { traceId: 'c'.repeat(32), parentSpanId: 'd'.repeat(16) };
    await createDecide(rooms.parts)({ ...call(request), trace }, request);
    expect(rooms.records[0]).toMatchObject({
      traceId: trace.traceId,
      parentSpanId: trace.parentSpanId,
      spanId: 'b'.repeat(16),
    });
  });
});

describe('what a caller may say of time and simulation', () => {
  const asked = (context: JsonObject) => ({ ...request, context });

  it.each([
    {
      told: 'within five minutes counts for everyone',
      time: '2026-09-15T09:04:59.000Z',
      maySetTime: false,
      counts: true,
    },
    { told: 'further away is ignored', time: '2026-09-15T09:05:01.000Z', maySetTime: false, counts: false },
    {
      told: 'further away counts for who may set it',
      time: '2024-01-01T00:00:00.000Z',
      maySetTime: true,
      counts: true,
    },
  ])('context.time $told', async ({ time, maySetTime, counts }) => {
    const rooms = fakeRooms();
    const question = asked({ time });
    await createDecide(rooms.parts)(call(question, { maySetTime }), question);
    expect(rooms.inputs[0]?.now.time).toBe(counts ? time : '2026-09-15T09:00:00.000Z');
    expect(rooms.records[0]?.attributes['datwat.now']).toMatchObject({ source: counts ? 'context' : 'server' });
    expect(rooms.records[0]?.attributes['datwat.ignored']).toEqual(counts ? undefined : ['/context/time']);
  });

  it('simulation is taken away from who may not simulate, and the record says so', async () => {
    const rooms = fakeRooms();
    const question = asked({ simulation: true, explain: true });
    await createDecide(rooms.parts)(call(question), question);
    expect(rooms.inputs[0]?.context).toEqual({ explain: true });
    expect(rooms.records[0]?.attributes['datwat.ignored']).toEqual(['/context/simulation']);
    expect(rooms.records[0]?.attributes['datwat.simulation']).toBeUndefined();
    expect(rooms.records[0]?.request).toEqual(question);
  });

  it('simulation reaches the policy and the record from who may', async () => {
    const rooms = fakeRooms();
    const question = asked({ simulation: true });
    await createDecide(rooms.parts)(call(question, { maySimulate: true }), question);
    expect(rooms.inputs[0]?.context).toEqual({ simulation: true });
    expect(rooms.records[0]?.attributes['datwat.simulation']).toBe(true);
  });
});
