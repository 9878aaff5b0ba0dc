/**
 * What the system says about a file, in words. All rooms say it so: what they throw ends up in readiness, in the log and on a
 * terminal alike, where a bare ENOENT helps nobody.
 */

/** An Error that names the file, what is the matter and what to do. */
export function fileError(file: string, cause: unknown): Error {
  return new Error(`${file}: ${fileTrouble(cause) ?? unheardOf(cause)}`, { cause });
}

/** Why a file cannot be read or written, and what to do; undefined where it is something else. */
export function fileTrouble(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? FILE_TROUBLE[String(error.code)] : undefined;
}

/** The code alone: the whole message of a library could quote what was read. */
function unheardOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
  return `it cannot be read or written${code}; look at the file and the disk that it is on`;
}

const NOT_ALLOWED = 'this user may not read or write it; change its rights, or run as another user';
const FILE_TROUBLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder; mend the path',
  ENOTDIR: 'a part of this path is a file and no folder; mend the path',
  EEXIST: 'there is something of this name already; name another place',
  EISDIR: 'this is a folder; name a file',
  EACCES: NOT_ALLOWED,
  EPERM: NOT_ALLOWED,
  EROFS: 'what it lies on can only be read; name another place',
  ENOSPC: 'the disk is full; make room',
};
