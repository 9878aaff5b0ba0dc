import { readFileSync } from 'node:fs';
import { fileError } from '../decision/file-trouble.ts';

/** The bytes of a file that somebody named. Throws an Error that says which file, what is the matter and what to do. */
export function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    // The system does not always say which file it was.
    throw fileError(file, error);
  }
}

/** The same as text. */
export function readText(file: string): string {
  return readBytes(file).toString('utf8');
}
