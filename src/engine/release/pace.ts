/** Milliseconds between two looks at the source, at least and at most; failures wait longer each time, up to `failing`. */
export interface Pace {
  /** How long the source may take at a start, where the disk has a bundle that can serve meanwhile. */
  readonly starting: number;
  readonly least: number;
  readonly most: number;
  readonly failing: number;
}

/** Spread, so that many sidecars do not ask at the same moment. */
export function delay({ least, most, failing }: Pace, failures: number): number {
  if (failures === 0) return least + Math.random() * (most - least);
  const longest = Math.min(failing, least * 2 ** Math.min(failures - 1, 20));
  return longest * (0.5 + Math.random() / 2);
}

/** Ends early where the signal says so. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) return Promise.resolve();
  const done = () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', done);
    resolve();
  };
  const timer = setTimeout(done, milliseconds);
  signal.addEventListener('abort', done);
  return promise;
}
