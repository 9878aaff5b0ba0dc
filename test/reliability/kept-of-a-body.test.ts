/** What is remembered between questions to answer sooner holds no body, however long and however often one comes. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { JsonObject } from '../../src/decision/model.ts';
import { developmentKeyRing } from '../../src/pseudonyms/key-ring.ts';
import { createPseudonymiser } from '../../src/pseudonyms/pseudonymiser.ts';
import { factsFolder, importFiles, openFacts, question, RELATION } from '../support/facts.ts';

const BODIES = 64;
const LONG = 2 ** 20;

setFlagsFromString('--expose_gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Bytes that are still in use after it. */
async function keptBy(act: (index: number) => unknown): Promise<number> {
  await act(BODIES);
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < BODIES; index += 1) await act(index);
  collectGarbage();
  return process.memoryUsage().heapUsed - before;
}

it('the spelling of an odd sign is remembered without the text that it stood in', async () => {
  const { pseudonymise } = createPseudonymiser(developmentKeyRing());
  const kept = await keptBy((index) => {
    // Escaped twice, and each time another letter.
    const sign = `%2525c3%2525${(0x80 + (index % BODIES)).toString(16)}`;
    const body: JsonObject = JSON.parse(`{"note":"${'x'.repeat(LONG)}${sign} 12345678${index}"}`);
    pseudonymise(body);
  });
  expect(kept).toBeLessThan((BODIES * LONG) / 4);
});

it('a look-up is remembered without the texts by which a caller called people', async () => {
  const folder = factsFolder();
  expect((await importFiles(folder, { 'facts.ndjson': [RELATION] }, { asOf: '2026-09-15T06:00:00Z' })).code).toBe(0);
  const facts = openFacts(folder);
  const kept = await keptBy((index) => facts.lookup([question({ professional: [`mw-1${'x'.repeat(LONG)}${index}`] })]));
  facts.close();
  expect(kept).toBeLessThan((BODIES * LONG) / 4);
});
