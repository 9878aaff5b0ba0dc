import { fileTrouble } from '../decision/file-trouble.ts';

/** Where a command writes: answers to standard output, everything else to standard error. */
export interface Terminal {
  out(line: string): void;
  err(line: string): void;
}

export const terminal: Terminal = {
  out: (line) => process.stdout.write(`${withoutControls(line)}\n`),
  err: (line) => process.stderr.write(`${withoutControls(line)}\n`),
};

/**
 * INVARIANT: nothing that was read rewrites the reader's terminal: a name in a bundle or a case may hold any character.
 * Line ends and tabs stay.
 */
export function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it takes away
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

// A reader that stops reading, such as head, is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

/** Exit codes of every command (design.md §8). */
export const YES = 0;
export const NO = 1;
export const WRONG_USE = 2;

/** What went wrong, for a person: never a stack, and a file in words. */
export function saying(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return placeTrouble(error) ?? troubleOfNamedFile(error) ?? error.message;
}

function troubleOfNamedFile(error: Error): string | undefined {
  const trouble = fileTrouble(error);
  if (trouble === undefined || !('path' in error) || typeof error.path !== 'string') return undefined;
  return `${error.path}: ${trouble}`;
}

/** Where nobody can listen; of a Unix socket the address is its path, and the port is negative. */
function placeTrouble(error: Error): string | undefined {
  if (!('port' in error && 'address' in error && 'code' in error)) return undefined;
  const trouble = PLACE_TROUBLE[String(error.code)];
  if (trouble === undefined) return undefined;
  const place = Number(error.port) < 0 ? `the socket ${error.address}` : `port ${error.port} of ${error.address}`;
  return `${place} ${trouble}; name another place to listen (--port, --host or --socket, or the configuration)`;
}

const PLACE_TROUBLE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another process',
  EADDRNOTAVAIL: 'is not of this machine',
  EACCES: 'is not for this user to listen on',
};
