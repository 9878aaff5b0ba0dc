/**
 * Calls that come in together at one door walk the rooms in step: all are read, then all looked up, then all decided, then all
 * recorded. Each room's code and data stay in the processor's caches meanwhile (src/README.md, "Decisions").
 * No call waits for a timer or for another's disk, and a call alone goes on at once. They are in step as long as all pass the
 * same number of awaits; one that takes another way loses its place in the row and nothing else. A batch goes room by room itself.
 */

/** Resolves in the same turn of the event loop for all that called it since the last one. */
export type Gather = () => Promise<void>;

export function createGather(): Gather {
  let waiting: (() => void)[] = [];
  const letAllGoOn = () => {
    const together = waiting;
    waiting = [];
    for (const goOn of together) goOn();
  };
  return () =>
    new Promise((resolve) => {
      if (waiting.push(resolve) === 1) setImmediate(letAllGoOn);
    });
}

/** Lets the other calls of this turn come as far as this one before it enters the next room. */
export function nextRoom(): Promise<void> {
  return Promise.resolve();
}
