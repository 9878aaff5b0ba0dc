/** Where the time of the thread that answers goes, by room, under as much load as it can bear. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Places, recipes, startContender } from './contenders.ts';
import { hammer } from './load.ts';

/** Microseconds a request. `idle` is what the thread waited. */
export type TimeByRoom = ReadonlyMap<string, number>;

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const HOUSE = new URL('../../src/', import.meta.url).href;
const WARM_SECONDS = 6;
/** Behind the load the service stops: that is not looked at. */
const STOP_MICROS = 500_000;

/** The service writes the profile itself, which costs it some percent. */
export async function timeByRoom(places: Places, connections: number, seconds: number): Promise<TimeByRoom> {
  const recipe = recipes(places, '{}').find(({ name }) => name === 'datwat');
  if (recipe === undefined) throw new Error('there is no recipe for the service');
  const folder = join(places.folder, `profile-${connections}`);
  mkdirSync(folder);
  const args = ['--cpu-prof', '--cpu-prof-dir', folder, ...recipe.args];
  const service = await startContender({ ...recipe, args }, places.folder);
  try {
    await hammer(service, connections, WARM_SECONDS, places.folder);
    const { perSecond } = await hammer(service, connections, seconds, places.folder);
    process.kill(service.pid, 'SIGTERM');
    return byRoom(await profileIn(folder), (seconds * 1e6) / 2, perSecond / 1e6);
  } finally {
    await service.stop();
  }
}

async function profileIn(folder: string): Promise<Profile> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const [name] = readdirSync(folder);
    const text = name === undefined ? '' : readFileSync(join(folder, name), 'utf8');
    if (text.endsWith('}')) return JSON.parse(text);
    await wait(50);
  }
  throw new Error('the service left no profile');
}

/** Of the last so many microseconds of the load. */
function byRoom({ nodes, samples, timeDeltas }: Profile, micros: number, perMicro: number): TimeByRoom {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const roomOf = (id: number): string => {
    const leaf = byId.get(id)?.callFrame.functionName ?? '';
    if (leaf === '(idle)') return 'idle';
    if (leaf === '(garbage collector)') return 'collecting garbage';
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const { url = '', functionName = '' } = byId.get(at)?.callFrame ?? {};
      if (functionName === 'writeUtf8String' || functionName === 'writeLatin1String') return 'writing to the socket';
      const room = url.startsWith(HOUSE) ? /^[a-z-]+/.exec(url.slice(HOUSE.length))?.[0] : undefined;
      if (room !== undefined) return room === 'app' ? 'api' : room;
    }
    return 'Node and Express';
  };
  const total = timeDeltas.reduce((sum, delta) => sum + delta, 0);
  const until = total - STOP_MICROS;
  const found = new Map<string, number>();
  let time = 0;
  for (const [index, sample] of samples.entries()) {
    const delta = timeDeltas[index] ?? 0;
    time += delta;
    if (time <= until - micros || time > until) continue;
    const room = roomOf(sample);
    found.set(room, (found.get(room) ?? 0) + delta / (micros * perMicro));
  }
  return new Map([...found].sort(([, one], [, other]) => other - one));
}
