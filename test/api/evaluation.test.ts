import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { appUnderTest, BSN, PSEUDONYM } from '../support/app-under-test.ts';

const PATH = '/access/v1/evaluation';
const question = (change: object = {}) => ({
  subject: { type: 'user', id: 'alice' },
  action: { name: 'read' },
  resource: { type: 'record', id: 'record-1' },
  ...change,
});

describe('one evaluation', () => {
  it('answers exactly the decision, after its record', async () => {
    const { app, seen } = appUnderTest();
    const answer = await request(app).post(PATH).send(question());
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('{"decision":true}');
    expect(answer.headers['content-type']).toBe('application/json');
    const [record] = seen.records;
    expect(answer.headers['decision-id']).toBe(`${record?.traceId}-${record?.spanId}`);
  });

  it('sends nothing before the record is durable', async () => {
    let durable: () => void = () => {};
    let reached: () => void = () => {};
    const appending = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const { app } = appUnderTest({
      ledger: {
        append: () =>
          new Promise((resolve) => {
            durable = resolve;
            reached();
          }),
      },
    });
    let answered = false;
    const asking = request(app)
      .post(PATH)
      .send(question())
      .then((answer) => {
        answered = true;
        return answer;
      });
    await appending;
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    durable();
    expect((await asking).status).toBe(200);
  });

  it('passes keys that nobody knows to the policy and the record, unchanged', async () => {
    const { app, seen } = appUnderTest();
    const sent = question({
      subject: { type: 'user', id: 'alice', nickname: 'a', properties: { role: 'x', deep: [{ y: null }] } },
      context: { 'ld-context': 'https://voorbeeld.nl', mim: 'm', tracestate: 'a=b', opened_at: 'some day' },
      foo: { bar: 1 },
    });
    await request(app).post(PATH).send(sent).expect(200);
    expect(seen.records[0]?.request).toEqual(sent);
    expect(seen.inputs[0]?.subject).toEqual(sent.subject);
    expect(seen.inputs[0]?.context).toEqual({
      'ld-context': 'https://voorbeeld.nl',
      mim: 'm',
      tracestate: 'a=b',
      opened_at: 'some day',
    });
  });

  it('normalises the times it knows, leaves out those that it cannot read, and notes which', async () => {
    const { app, seen } = appUnderTest();
    const sent = question({
      subject: { type: 'user', id: 'alice', properties: { training_valid_until: '2027-01-01T00:30:00+01:00' } },
      resource: { type: 'record', id: 'r', properties: { data_subject: { id: 'x', birth_date: 'not a date' } } },
      context: {
        time: '2026-11-02T10:14+01:00',
        pet_notice_at: 5,
        casus: { id: 'c', meervoudig_vastgesteld_at: '2026-10-01' },
      },
    });
    await request(app).post(PATH).send(sent).expect(200);
    const [input] = seen.inputs;
    expect(input?.now).toEqual({ time: '2026-11-02T09:14:00.000Z', date: '2026-11-02' });
    expect(input?.subject?.properties).toEqual({ training_valid_until: '2027-01-01' });
    expect(input?.resource?.properties, 'an unreadable birth date is not an unsaid one').toEqual({
      data_subject: { id: 'x', birth_date: null },
    });
    expect(input?.context).toEqual({
      time: '2026-11-02T09:14:00.000Z',
      casus: { id: 'c', meervoudig_vastgesteld_at: '2026-09-30T22:00:00.000Z' },
    });
    expect(seen.records[0]?.request).toEqual(sent);
    expect(seen.records[0]?.attributes['datwat.ignored']).toEqual([
      '/context/pet_notice_at',
      '/resource/properties/data_subject/birth_date',
    ]);
  });

  it('replaces personal numbers before anything sees them, and tells the pseudonym only to those who may learn it', async () => {
    const sent = question({ resource: { type: 'd', id: 'd', properties: { data_subject: { bsn: BSN } } }, note: BSN });
    const quiet = appUnderTest();
    const answer = await request(quiet.app).post(PATH).set('X-Request-ID', `call ${BSN}`).send(sent).expect(200);
    expect(answer.headers['data-subject']).toBeUndefined();
    expect(answer.headers['x-request-id']).toBe(`call ${BSN}`);
    expect(JSON.stringify(quiet.seen)).not.toContain(BSN);

    const apiKeySha256 = '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b';
    const trusted = appUnderTest({
      callers: [
        {
          name: 'backoffice',
          doors: ['authzen'],
          mayAssert: [],
          maySetTime: false,
          maySimulate: false,
          mayLearnPseudonym: true,
          proof: { apiKeySha256 },
        },
      ],
    });
    const told = await request(trusted.app).post(PATH).set('Authorization', 'Bearer secret').send(sent).expect(200);
    expect(told.headers['data-subject']).toBe(PSEUDONYM);
    const opaque = question({ resource: { type: 'd', id: 'd', properties: { data_subject: { id: 'dossier é\n' } } } });
    const untold = await request(trusted.app).post(PATH).set('Authorization', 'Bearer secret').send(opaque).expect(200);
    expect(untold.headers['data-subject']).toBeUndefined();
  });

  it('keeps the trace of the header, and notes another one in the context', async () => {
    const { app, seen } = appUnderTest();
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const other = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
    const context = { traceparent: `00-${other}-00f067aa0ba902b7-00` };
    await request(app)
      .post(PATH)
      .set('traceparent', `00-${trace}-00f067aa0ba902b7-00`)
      .set('Fsc-Transaction-Id', '0190b8f5-2a8b-7e0f-a0f0-1c2d3e4f5a6b')
      .send(question({ context }))
      .expect(200);
    await request(app).post(PATH).send(question({ context })).expect(200);
    const [first, second] = seen.records;
    expect(first).toMatchObject({ traceId: trace, parentSpanId: '00f067aa0ba902b7' });
    expect(first?.attributes).toMatchObject({
      'datwat.other_trace_id': other,
      'adl.fsc.transaction_id': '0190b8f5-2a8b-7e0f-a0f0-1c2d3e4f5a6b',
    });
    expect(second).toMatchObject({ traceId: other, parentSpanId: '00f067aa0ba902b7' });
    expect(second?.attributes).not.toHaveProperty(['adl.fsc.transaction_id']);
  });
});
