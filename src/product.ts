/** What this is, and where what it ships lies. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const VERSION: string = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')).version;
/** The folder of policies of this checkout, and the bundle that is committed in it. */
export const POLICIES = join(import.meta.dirname, '../policies');
