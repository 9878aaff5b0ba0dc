/** `npm start`: a running Datwat on invented people, three answers, and what became of them. Leaves nothing behind. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Service, startService } from '../../main.ts';
import { createLog } from '../../observability/log.ts';
import { developmentKeyRing } from '../../pseudonyms/key-ring.ts';
import { createPseudonymiser } from '../../pseudonyms/pseudonymiser.ts';
import { openDevelopmentBundle } from '../development-bundle.ts';
import { factsImport } from '../facts-import.ts';
import { followPolicies } from '../follow-policies.ts';
import { loadConfig } from '../load-config.ts';
import { toldToStop } from '../stop-signal.ts';
import { NO, saying, type Terminal, WRONG_USE, YES } from '../terminal.ts';
import { askQuestion, type DemoAnswer, readQuestions } from './questions.ts';
import { curl, instead, ledgerLine, table, WHAT_HAPPENED } from './show.ts';

export interface DemoOptions {
  readonly port: string;
  readonly policies: string;
}

/** Resolves with the exit code once it has been told to stop. */
export async function demo(options: DemoOptions, terminal: Terminal): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'datwat-demo-'));
  try {
    return await run(options, folder, terminal);
  } catch (error) {
    terminal.err(`The demo does not start:\n${saying(error)}`);
    return WRONG_USE;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run({ port, policies }: DemoOptions, folder: string, { out, err }: Terminal): Promise<number> {
  const log = createLog();
  const ledger = join(folder, 'ledger');
  const facts = join(folder, 'facts.sqlite');
  const pseudonymiser = createPseudonymiser(developmentKeyRing());
  const files = [join(import.meta.dirname, 'facts.ndjson')];
  if (
    (await factsImport({ files, facts: { file: facts, people: 'invented' }, pseudonymiser }, { out() {}, err })) !== YES
  )
    return NO;

  const bundle = await openDevelopmentBundle(policies, log);
  const start = (at: string) =>
    startService(loadConfig({ mode: 'development', port: at, ledger, facts }, {}), bundle, log);
  const service = await startOnFreePort(start, port, out);
  const stopping = toldToStop(log);
  let answers = await askAll(service.url);
  out(`\nDatwat luistert op ${service.url}. Drie vragen van een Wmo-consulent, en de antwoorden:\n`);
  for (const line of table(answers)) out(line);
  const refusal = answers.at(-1);
  if (refusal) {
    out('\nBij de weigering, wat wel kan:');
    for (const line of instead(refusal)) out(line);
    out(`\nStel die laatste vraag zelf nog eens:\n\n${curl(service.url, refusal)}`);
    out('\nDe regel die zij achterliet in het logboek:');
    for (const line of ledgerLine(ledger, refusal.decisionId)) out(line);
  }
  out('\nWat is er nu gebeurd?');
  for (const line of WHAT_HAPPENED) out(line);
  out(
    `\nDatwat blijft aan en volgt ${policies}: sla een wijziging op en zie welke antwoorden veranderen. Stoppen: Ctrl-C.`,
  );

  const follow = await followPolicies({
    policies,
    engine: service.engine,
    bundle,
    log,
    tell: out,
    async also() {
      const now = await askAll(service.url);
      const other = now.filter(({ body }, index) => JSON.stringify(body) !== JSON.stringify(answers[index]?.body));
      out(`  ${now.length} demovragen: ${other.length} geven een ander antwoord.`);
      for (const line of table(other)) out(line);
      answers = now;
    },
  });
  await stopping;
  await follow.close();
  await service.stop();
  return YES;
}

function askAll(url: string): Promise<readonly DemoAnswer[]> {
  return Promise.all(readQuestions().map((question) => askQuestion(url, question)));
}

/** A newcomer may have something else on the port. */
async function startOnFreePort(
  start: (port: string) => Promise<Service>,
  port: string,
  out: Terminal['out'],
): Promise<Service> {
  try {
    return await start(port);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    out(`Poort ${port} is bezet; Datwat kiest een vrije.`);
    return start('0');
  }
}
