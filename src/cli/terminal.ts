/** Where a command writes: answers to standard output, everything else to standard error. */
export interface Terminal {
  out(line: string): void;
  err(line: string): void;
}

export const terminal: Terminal = {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
};

// A reader that stops reading, such as head, is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

/** Exit codes of every command (design.md §8). */
export const YES = 0;
export const NO = 1;
export const WRONG_USE = 2;

/** What went wrong, for a person: never a stack. */
export function saying(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
