import { isObject, type Json, type JsonObject } from '../decision/model.ts';
import { type Bundle, withDataText } from './bundle.ts';

/** What is laid over a bundle's data for a while: by a case, or by a saved `data.yaml`. */
export interface Overlay {
  /** Merged into the document under `data`. */
  readonly data?: JsonObject;
  /** Short keys, such as `profile`; the manifest's `metadata.datwat.case_overlays` says where in the data each stands. */
  readonly shorthands?: JsonObject;
}

/** The short keys that a bundle knows, in its manifest's order. */
export function shorthandsOf(bundle: Bundle): readonly string[] {
  return Object.keys(placesOf(bundle));
}

/** The same policy over other data: objects merge, everything else replaces. Throws an Error for an unknown short key. */
export function withOverlay(bundle: Bundle, { data = {}, shorthands = {} }: Overlay): Bundle {
  const places = placesOf(bundle);
  let document: JsonObject = merged(JSON.parse(bundle.dataText), data);
  for (const [key, value] of Object.entries(shorthands)) {
    const pointer = Object.hasOwn(places, key) ? places[key] : undefined;
    if (typeof pointer !== 'string') throw new Error(`the bundle's manifest names no place in the data for ${key}`);
    document = merged(document, atPointer(pointer, value));
  }
  return withDataText(bundle, JSON.stringify(document));
}

function placesOf(bundle: Bundle): JsonObject {
  const { case_overlays: places } = bundle.manifest.datwat;
  return isObject(places) ? places : {};
}

/** A document that holds only this value, at this JSON pointer (RFC 6901). */
function atPointer(pointer: string, value: Json): JsonObject {
  const parts = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const document = parts.reduceRight<Json>((inner, part) => Object.fromEntries([[part, inner]]), value);
  return isObject(document) ? document : {};
}

/** Entries and not assignments, so that a key `__proto__` stays data. */
function merged(below: JsonObject, above: JsonObject): JsonObject {
  const entries = new Map<string, Json>(Object.entries(below));
  for (const [key, value] of Object.entries(above)) {
    const under = entries.get(key);
    entries.set(key, isObject(under) && isObject(value) ? merged(under, value) : value);
  }
  return Object.fromEntries(entries);
}
