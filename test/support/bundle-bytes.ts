import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject, PolicyInput } from '../../src/decision/model.ts';
import { type Bundle, createBundle } from '../../src/engine/bundle.ts';
import { readBundle } from '../../src/engine/read-bundle.ts';

const FOLDER = join(import.meta.dirname, 'bundles');

/** The bytes of a small bundle that the real opa built from the folder of the same name beside it. */
export function bundleBytes(name: 'alice-reads' | 'troubles' | 'needs-clock'): Uint8Array {
  return readFileSync(join(FOLDER, `${name}.tar.gz`));
}

export async function bundleNamed(name: Parameters<typeof bundleBytes>[0]): Promise<Bundle> {
  return readBundle(bundleBytes(name));
}

/** The same bundle with some files replaced, added, or (undefined) taken away. */
export function bundleWith(bundle: Bundle, changes: Readonly<Record<string, string | Uint8Array | undefined>>): Bundle {
  const files = new Map(bundle.files);
  for (const [name, content] of Object.entries(changes)) {
    if (content === undefined) files.delete(name);
    else files.set(name, typeof content === 'string' ? new TextEncoder().encode(content) : content);
  }
  return createBundle(files);
}

/** A question of someone who does something to a file. */
export function question(subject: string, action: string, context: JsonObject = {}): PolicyInput {
  return {
    caller: { name: 'test', asserts: [] },
    subject: { type: 'user', id: subject },
    action: { name: action },
    resource: { type: 'file', id: '1' },
    context,
    facts: {},
    now: { time: '2026-11-24T09:00:00.000Z', date: '2026-11-24' },
  };
}
