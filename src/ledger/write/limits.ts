/** When the writer does what. All have a default that fits; tests make them small. */
export interface LedgerLimits {
  /** A segment is closed when it has grown to this many bytes. */
  readonly segmentBytes: number;
  /** Or when it was begun this many milliseconds ago. */
  readonly segmentMs: number;
  /** Milliseconds between signed heads, while records are being written. */
  readonly headMs: number;
  /** Text of waiting records, in characters; what comes above it is refused at once. */
  readonly waitingCharacters: number;
  /** A flush that has lasted this many milliseconds means that the disk hangs: new records are refused at once. */
  readonly stalledMs: number;
  /** First pause before a failing disk is tried again; doubled each time, up to 32 times this. */
  readonly retryMs: number;
}

export const DEFAULT_LIMITS: LedgerLimits = {
  segmentBytes: 64 * 1024 * 1024,
  segmentMs: 24 * 60 * 60 * 1000,
  headMs: 2000,
  waitingCharacters: 64 * 1024 * 1024,
  stalledMs: 5000,
  retryMs: 250,
};
