import { fileTrouble } from '../decision/file-trouble.ts';
import { type FactsFile, makeFactsFile } from '../facts/facts-file.ts';
import { saying, type Terminal, WRONG_USE, YES } from './terminal.ts';

export interface FactsInitOptions {
  /** The facts file to make. */
  readonly facts: FactsFile;
}

/** `datwat facts init`: makes an empty facts file. Exit code: 0 made, 2 it could not be, also where there is one already. */
export async function factsInit({ facts }: FactsInitOptions, output: Terminal): Promise<number> {
  let madeFolder: string | undefined;
  try {
    madeFolder = makeFactsFile(facts);
  } catch (error) {
    output.err(`facts init: ${makingProblem(facts.file, error)}`);
    return WRONG_USE;
  }
  output.out(`${facts.file}: made${inFolder(madeFolder)}; fill it with facts import`);
  return YES;
}

/** Said, because a folder that had to be made may be a path that was mistyped. */
export function inFolder(made: string | undefined): string {
  return made === undefined ? '' : ` in the folder ${made}, which was not there`;
}

export function makingProblem(facts: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EEXIST') return `${facts} is there already, and was left as it is`;
  return `${facts} cannot be made: ${fileTrouble(error) ?? saying(error)}`;
}
