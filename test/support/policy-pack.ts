/** The policy pack as it stands in the folder, built and loaded: the real Wasm, and the data document beside it. */
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../src/decision/model.ts';
import type { ActivePolicy } from '../../src/decision/ports.ts';
import { buildBundle } from '../../src/engine/build-bundle.ts';
import type { Bundle } from '../../src/engine/bundle.ts';
import { type Overlay, withOverlay } from '../../src/engine/data-overlay.ts';
import { loadPolicy } from '../../src/engine/load-policy.ts';
import { committedBundle } from '../../src/engine/open-bundle.ts';
import { readBundle, readBundleFile } from '../../src/engine/read-bundle.ts';
import { findOpa, OpaMissing } from '../../src/engine/toolchain.ts';

export const POLICIES = fileURLToPath(new URL('../../policies', import.meta.url));

export interface Pack {
  readonly policy: ActivePolicy;
  /** The document under `data` that this policy decides on. */
  readonly data: JsonObject;
}

/** Builds the folder where `opa` is there; elsewhere the committed bundle stands for it (another test holds the two equal). */
export async function openPack(): Promise<Bundle> {
  try {
    return await readBundle(await buildBundle(POLICIES, await findOpa(POLICIES)));
  } catch (failure) {
    if (!(failure instanceof OpaMissing)) throw failure;
    return readBundleFile(committedBundle(POLICIES));
  }
}

export async function loadPack(bundle: Bundle, overlay: Overlay = {}): Promise<Pack> {
  const laid = withOverlay(bundle, overlay);
  return { policy: await loadPolicy(laid), data: JSON.parse(laid.dataText) };
}
