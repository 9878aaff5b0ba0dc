/** Facts that an application tells while the service runs, and what a decision then knows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type RunningService, runningService } from '../support/running-service.ts';

const BSN = '999990019';
const relation = { fact: 'case_relation', subject: 'mw-1', kind: 'eigen_caseload', domain: 'wmo' };

let service: RunningService | undefined;
afterEach(async () => {
  await service?.end();
  service = undefined;
});

const KEY_HASH = '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b';

async function start(callers: object[] = []): Promise<RunningService> {
  service = await runningService('certification.tar.gz', {
    name: 'test',
    value: JSON.parse(JSON.stringify({ callers })),
    lineOf: () => 1,
  });
  return service;
}

async function post(running: RunningService, path: string, body: object, headers: Record<string, string> = {}) {
  const answer = await fetch(running.url + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, text: await answer.text() };
}

/** The records of the ledger, oldest first. */
function records(running: RunningService) {
  const text = readFileSync(join(running.ledgerFolder, 'segments/000000000001.ndjson'), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

async function relationThatIsKnown(running: RunningService) {
  const resource = { type: 'dossier', id: 'd', properties: { domain: 'wmo', data_subject: { bsn: BSN } } };
  await post(running, '/access/v1/evaluation', {
    subject: { type: 'medewerker', id: 'mw-1' },
    action: { name: 'read' },
    resource,
  });
  return records(running).at(-1)?.body['adl.core.information']['datwat.facts'][0].case_relation;
}

it('are known to the next decision, and taken away again, each time recorded', async () => {
  const running = await start();
  expect(await relationThatIsKnown(running)).toBeNull();
  const told = { ...relation, person_relation: 'client', data_subject: BSN };
  const answer = await post(running, '/facts/v1/changes', { facts: [told] });
  expect(answer).toEqual({ status: 200, text: '{"applied":{"case_relation":1}}' });
  expect(await relationThatIsKnown(running)).toMatchObject({ kind: 'eigen_caseload', source: 'development' });
  const event = records(running).find(({ event_name }) => event_name === 'datwat.facts_changed');
  expect(event?.attributes).toMatchObject({ 'datwat.source': 'development', 'datwat.applied': { case_relation: 1 } });
  await post(running, '/facts/v1/changes', { facts: [{ ...told, remove: true }] });
  expect(await relationThatIsKnown(running)).toBeNull();
  expect(JSON.stringify(records(running))).not.toContain(BSN);
});

it('are refused whole, with every place and no value', async () => {
  const running = await start();
  const facts = [
    { ...relation, person_relation: 'client', data_subject: BSN },
    { fact: 'rumours' },
    { ...relation, [BSN]: 'Jan' },
    5,
  ];
  const { status, text } = await post(running, '/facts/v1/changes', { facts });
  expect(status).toBe(400);
  expect(text).not.toMatch(/999990019|Jan|rumours/);
  const pointers = JSON.parse(text).errors.map(({ pointer }: { pointer: string }) => pointer);
  for (const place of ['/facts/1', '/facts/2', '/facts/3']) expect(pointers.join()).toContain(place);
  expect(await relationThatIsKnown(running)).toBeNull();
  expect((await post(running, '/facts/v1/changes', { facts: {} })).status).toBe(400);
});

it('are taken only from a caller with that door, and only of kinds that it is a source of', async () => {
  const caller = { name: 'wmo', api_key_sha256: KEY_HASH, doors: ['facts'], may_assert: ['staff'] };
  const running = await start([caller]);
  const key = { Authorization: 'Bearer secret' };
  const staff = { facts: [{ fact: 'staff', id: 'mw-2', role: 'teamhoofd' }] };
  expect((await post(running, '/facts/v1/changes', staff, key)).status).toBe(200);
  const other = { facts: [{ ...relation, person_relation: 'client', data_subject: 'x' }] };
  expect((await post(running, '/facts/v1/changes', other, key)).status).toBe(400);
  expect((await post(running, '/access/v1/evaluation', {}, key)).status).toBe(403);
  await running.end();
  service = undefined;
  const closed = await start([{ ...caller, doors: ['authzen'] }]);
  expect((await post(closed, '/facts/v1/changes', staff, key)).status).toBe(403);
});
