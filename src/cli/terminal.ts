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
  const file = 'path' in error && typeof error.path === 'string' ? error.path : undefined;
  const trouble = fileTrouble(error);
  return file === undefined || trouble === undefined ? error.message : `${file}: ${trouble}`;
}

/** Why a file cannot be read or written, and what to do; undefined where it is something else. */
export function fileTrouble(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? FILE_TROUBLE[String(error.code)] : undefined;
}

const FILE_TROUBLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder; mend the path',
  ENOTDIR: 'a part of this path is a file and no folder; mend the path',
  EISDIR: 'this is a folder; name a file',
  EACCES: 'this user may not read or write it; change its rights, or run as another user',
  EPERM: 'this user may not read or write it; change its rights, or run as another user',
};
