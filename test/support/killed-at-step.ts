/**
 * Loaded before a program (`node --import`): kills it with SIGKILL at the n-th step that it takes on the files in a folder, as a loss
 * of power would between two of them. A write counts twice: half of it on the disk, and all of it not yet begun.
 * `KILLED_AT_STEP` is `n:folder`; the program itself knows nothing of it.
 */
import { writeSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const [, count = '', folder = ''] = /^(\d+):(.+)$/s.exec(process.env.KILLED_AT_STEP ?? '') ?? [];
let left = Number(count);

function step(half?: () => void): void {
  left -= 1;
  if (left > 0) return;
  half?.();
  process.kill(process.pid, 'SIGKILL');
}

/** Calls on a path in the folder. */
for (const name of ['mkdir', 'readFile', 'readdir', 'rename', 'unlink'] as const) guard(fs, name);

function guard(on: object, name: string, half?: (args: readonly unknown[], self: { fd?: number }) => void): void {
  const real: unknown = Reflect.get(on, name);
  if (typeof real !== 'function') throw new Error(`there is no ${name} to watch`);
  Reflect.set(on, name, function (this: { fd?: number }, ...args: unknown[]) {
    if (on !== fs || String(args[0]).startsWith(folder)) {
      if (half !== undefined) step(() => half(args, this));
      step();
    }
    return Reflect.apply(real, this, args);
  });
}

/** Files that are opened in the folder are watched one by one; others are left alone. */
const open = fs.open;
fs.open = async (path, ...rest) => {
  if (!String(path).startsWith(folder)) return open(path, ...rest);
  step();
  const handle = await open(path, ...rest);
  for (const name of ['sync', 'close']) guard(handle, name);
  guard(handle, 'writeFile', ([content]) => {
    const bytes = Buffer.from(content as string | Uint8Array);
    writeSync(handle.fd, bytes.subarray(0, bytes.length / 2));
  });
  return handle;
};
syncBuiltinESMExports();
