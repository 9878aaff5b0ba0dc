import type { Terminal } from '../terminal.ts';

export async function demo(_options: { port: string; policies: string }, { err }: Terminal): Promise<number> {
  err('not yet');
  return 2;
}
