/** The contenders beside each other, in turn in each round, with as much load as each can bear; then at half of that. */
import { type Contender, inBatches, type Places, post, recipes, startContender } from './contenders.ts';
import { atPace, hammer, type Round, typical } from './load.ts';
import { QUESTIONS } from './questions.ts';

export const CONNECTIONS = [16, 64] as const;
export const BATCH = 50;
export const IN_BATCHES = `datwat, batch of ${BATCH}`;

export interface Load extends Round {
  readonly name: string;
  readonly connections: number;
}

export interface SideBySide {
  /** As much as each can bear, medians of the rounds; a batch counts as one request. */
  readonly most: readonly Load[];
  /** The floor and Datwat, each at half of what Datwat can bear over 16 connections. */
  readonly half: readonly Load[];
}

export interface SideBySideExtent {
  readonly rounds: number;
  readonly seconds: number;
  readonly pacedSeconds: number;
}

/** Throws Error where a name or number of connections was not measured. */
export function loadOf(loads: readonly Load[], name: string, connections: number): Load {
  const found = loads.find((load) => load.name === name && load.connections === connections);
  if (found === undefined) throw new Error(`the bench did not measure ${name} at ${connections} connections`);
  return found;
}

/** Leaves none of them running. Throws Error where one answers otherwise than it must, or fails under load. */
export async function sideBySide(
  places: Places,
  extent: SideBySideExtent,
  say: (line: string) => void,
): Promise<SideBySide> {
  const running: Contender[] = [];
  try {
    const { floor, datwat } = await startAll(places, running);
    say(`${QUESTIONS.length} questions, answered alike by ${running.length - 1} contenders`);
    for (const contender of running) await hammer(contender, 16, 1, places.folder);
    const batch = { ...inBatches(datwat, BATCH), name: IN_BATCHES };
    const turns = [
      ...CONNECTIONS.flatMap((connections) => running.map((contender) => ({ contender, connections }))),
      { contender: batch, connections: 16 },
    ];
    say('as much as each can bear');
    const most = await inTurn(turns, extent.rounds, say, ({ contender, connections }) =>
      hammer(contender, connections, extent.seconds, places.folder),
    );
    const pace = loadOf(most, datwat.name, 16).perSecond / 2;
    const paced = [floor, datwat].map((contender) => ({ contender, connections: 64 }));
    say('at half of that');
    const half = await inTurn(paced, extent.rounds, say, ({ contender }) =>
      atPace(contender, pace, extent.pacedSeconds, places.folder),
    );
    return { most, half };
  } finally {
    await Promise.all(running.map((contender) => contender.stop()));
  }
}

/** Into `running`, the floor first. */
async function startAll(places: Places, running: Contender[]): Promise<{ floor: Contender; datwat: Contender }> {
  const started = async (name: string, answer: string) => {
    const recipe = recipes(places, answer).find((one) => one.name === name);
    if (recipe === undefined) throw new Error(`there is no recipe for ${name}`);
    const contender = await startContender(recipe, places.folder);
    running.push(contender);
    return contender;
  };
  const datwat = await started('datwat', '{}');
  // The floor answers what Datwat answers to the first question, to the byte.
  const answer = JSON.stringify(await post(datwat.url, datwat.bodies[0] ?? ''));
  const floor = await started('floor', answer);
  running.reverse();
  for (const { name } of recipes(places, answer)) {
    if (!running.some((contender) => contender.name === name)) await started(name, answer);
  }
  return { floor, datwat };
}

interface Turn {
  readonly contender: Contender;
  readonly connections: number;
}

async function inTurn(
  turns: readonly Turn[],
  rounds: number,
  say: (line: string) => void,
  measure: (turn: Turn) => Promise<Round>,
): Promise<readonly Load[]> {
  const found = turns.map((): Round[] => []);
  for (let round = 1; round <= rounds; round += 1) {
    for (const [index, turn] of turns.entries()) found[index]?.push(await measure(turn));
    say(`round ${round} of ${rounds}`);
  }
  return turns.map(({ contender: { name }, connections }, index) => ({
    name,
    connections,
    ...typical(found[index] ?? []),
  }));
}
