import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { DecisionDoor } from '../../src/api/decision-door.ts';
import { createWalk } from '../../src/api/decision-walk.ts';
import { createDecide } from '../../src/decision/decide.ts';
import { createGather } from '../../src/decision/in-step.ts';
import type { EvaluationRequest, JsonObject } from '../../src/decision/model.ts';
import { developmentKeyRing } from '../../src/pseudonyms/key-ring.ts';
import { createPseudonymiser } from '../../src/pseudonyms/pseudonymiser.ts';
import { call, fakeRooms } from '../support/fake-rooms.ts';

const request: EvaluationRequest & JsonObject = {
  subject: { type: 'medewerker', id: 'mw-1' },
  action: { name: 'read' },
  resource: { type: 'dossier', id: 'd-1' },
};

/** Whatever waits for the end of this turn has not had it yet. */
async function withinThisTurn(): Promise<void> {
  for (let at = 0; at < 50; at += 1) await new Promise<void>((resolve) => process.nextTick(resolve));
}

describe('calls that come in together', () => {
  it('are all decided before the first of them is recorded', async () => {
    const rooms = fakeRooms();
    const decide = createDecide(rooms.parts);
    await Promise.all([1, 2, 3].map(() => decide(call(request), request)));
    expect(rooms.walk).toEqual(['facts', 'engine', 'ledger'].flatMap((room) => [room, room, room]));
  });

  it('wait at the door for who comes in the same turn, and are read before the first of them is asked', async () => {
    const seen: string[] = [];
    const walk = walkThat(seen);
    const first = walk(...incoming('a'));
    await withinThisTurn();
    const second = walk(...incoming('b'));
    await Promise.all([first, second]);
    expect(seen).toEqual(['reads a', 'reads b', 'asks a', 'asks b', 'answers a', 'answers b']);
  });

  it('are not held up by one that fails', async () => {
    const seen: string[] = [];
    const walk = walkThat(seen);
    const calls = [walk(...incoming('a')), walk(...incoming('wrong')), walk(...incoming('c'))];
    const [first, failed, last] = await Promise.allSettled(calls);
    expect([first?.status, failed?.status, last?.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(seen.filter((step) => step.startsWith('answers'))).toEqual(['answers a', 'answers c']);
  });

  it('do not wait for those of a later turn', async () => {
    const gather = createGather();
    const seen: string[] = [];
    const first = gather().then(() => seen.push('first'));
    await new Promise((resolve) => setImmediate(resolve));
    const second = gather().then(() => seen.push('second'));
    expect(seen).toEqual(['first']);
    await Promise.all([first, second]);
  });
});

/** A door that notes who is read, asked and answered; `wrong` cannot be asked. */
function walkThat(seen: string[]) {
  const door: DecisionDoor = {
    problems: ({ name }) => {
      seen.push(`reads ${name}`);
      return [];
    },
    question: (body) => ({
      leftOut: [],
      async ask() {
        if (body.name === 'wrong') throw new Error('it fails');
        seen.push(`asks ${body.name}`);
        return { body: { decision: false, context: { name: body.name ?? null } }, decisionId: 'x' };
      },
    }),
  };
  return createWalk(
    {
      authenticate: async () => ({ caller: call(request).caller, mayEnter: () => true }),
      limitRate: () => {},
      pseudonymiser: createPseudonymiser(developmentKeyRing()),
      limits: { body: 1000, depth: 8 },
      responses: {
        send: () => {},
        problem: () => {},
        json: (_response, _status, body) => seen.push(`answers ${JSON.parse(JSON.stringify(body)).context.name}`),
      },
    },
    'authzen',
    door,
  );
}

function incoming(name: string): Parameters<ReturnType<typeof createWalk>> {
  const message = new IncomingMessage(new Socket());
  message.headers = { 'content-type': 'application/json' };
  message.push(JSON.stringify({ name }));
  message.push(null);
  return [message, Object.assign(new ServerResponse(message), { locals: {} })];
}
