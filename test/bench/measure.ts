/** All that the bench measures, one part after the other, so that none disturbs the next. */
import { openBundle } from '../../src/engine/open-bundle.ts';
import { type ActivationFigures, activations } from './activation.ts';
import type { Places } from './contenders.ts';
import { median } from './median.ts';
import { type TimeByRoom, timeByRoom } from './rooms.ts';
import { CONNECTIONS, type SideBySide, type SideBySideExtent, sideBySide } from './side-by-side.ts';
import { costByCells, costByEngine, costByFacts, type FactCosts } from './sizes.ts';
import { start } from './starting.ts';
import { type SwapExtent, type SwapFigures, swapsUnderLoad } from './swaps.ts';

export interface Extent {
  readonly contenders: SideBySideExtent;
  readonly profileSeconds: number;
  readonly swaps: SwapExtent;
  /** Of what is measured in process. */
  readonly rounds: number;
  readonly engineRounds: number;
  readonly cells: readonly number[];
  readonly facts: readonly number[];
  readonly starts: number;
  readonly activations: number;
}

export interface Measured {
  readonly extent: Extent;
  readonly contenders: SideBySide;
  /** Connections → microseconds a request. */
  readonly rooms: ReadonlyMap<number, TimeByRoom>;
  readonly swaps: SwapFigures;
  /** Processor microseconds a decision: by engine, and in the order of the extent's sizes. */
  readonly engines: { readonly plan: number; readonly wasm: number };
  readonly cells: readonly number[];
  readonly facts: FactCosts;
  /** Medians. */
  readonly start: { readonly millis: number; readonly megabytes: number };
  readonly activation: ActivationFigures;
}

export async function measure(places: Places, extent: Extent, say: (line: string) => void): Promise<Measured> {
  const contenders = await sideBySide(places, extent.contenders, say);
  say('where the time goes');
  const rooms = new Map<number, TimeByRoom>();
  for (const connections of CONNECTIONS) {
    rooms.set(connections, await timeByRoom(places, connections, extent.profileSeconds));
  }
  say(`${extent.swaps.swaps} swaps`);
  const swaps = await swapsUnderLoad(places, extent.swaps);
  say('sizes');
  const bundle = await openBundle(places.wasmBundle, { mode: 'development' });
  // First: an engine that has run other policies too is slower on each.
  const engines = await costByEngine(bundle, extent.engineRounds);
  const cells = await costByCells(bundle, extent.cells, extent.rounds);
  const facts = await costByFacts(bundle, places.folder, extent.facts, extent.rounds);
  say('starts');
  const starts: { millis: number; megabytes: number }[] = [];
  for (let round = 0; round < extent.starts; round += 1) starts.push(await start(places, round));
  say('activation');
  const activation = await activations(Math.max(...extent.cells), extent.activations);
  return {
    extent,
    contenders,
    rooms,
    swaps,
    engines,
    cells,
    facts,
    start: {
      millis: median(starts.map(({ millis }) => millis)),
      megabytes: median(starts.map(({ megabytes }) => megabytes)),
    },
    activation,
  };
}
