/** A small pack with two cells, of which its two cases open one; built by the real opa from the folder of the same name. */
import { join } from 'node:path';

export const TWO_CELLS = join(import.meta.dirname, 'bundles/two-cells/policies');
export const TWO_CELLS_BUNDLE = join(import.meta.dirname, 'bundles/two-cells.tar.gz');

/** A terminal that remembers, and what it was told. */
export function rememberingTerminal() {
  const said: string[] = [];
  const told: string[] = [];
  const terminal = { out: (line: string) => said.push(line), err: (line: string) => told.push(line) };
  return { terminal, said, told };
}
