#!/usr/bin/env node
/**
 * Starts the command line with Node's compile cache. In plain JavaScript, for it comes before Node strips types: from the
 * second start on that is not done again, nor is its stripper loaded.
 * The cache lies beside the code and is trusted as the code is; where nobody may write there, Node goes on without it.
 */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// In the environment, so that worker threads and child processes have it too.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../../node_modules/.cache/datwat');
enableCompileCache(process.env.NODE_COMPILE_CACHE);
await import('./main.ts');
