import { makeFactsFile } from '../facts/facts-file.ts';

export interface FactsInitOptions {
  /** The facts file to make. */
  readonly facts: string;
}

export interface Output {
  out(line: string): void;
  err(line: string): void;
}

/** `datwat facts init`: makes an empty facts file. Exit code: 0 made, 2 it could not be, also where there is one already. */
export async function factsInit({ facts }: FactsInitOptions, output: Output): Promise<number> {
  try {
    makeFactsFile(facts);
  } catch (error) {
    output.err(`facts init: ${makingProblem(facts, error)}`);
    return 2;
  }
  output.out(`${facts}: made; fill it with facts import`);
  return 0;
}

export function makingProblem(facts: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EEXIST') return `${facts} is there already, and was left as it is`;
  return `${facts} cannot be made (${code ?? 'unknown error'})`;
}
