import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../decision/model.ts';
import type { Bundle } from '../engine/bundle.ts';
import { checkSchemas, readSchemas } from './check/check-schemas.ts';
import { readPolicyData } from './check/read-policy-data.ts';

/** All data files of the policies as one document, and every error in them with its file and line. */
export async function readCheckedData(
  policies: string,
): Promise<{ document: JsonObject; problems: readonly string[] }> {
  const { document, findings, placeOf } = await readPolicyData(policies);
  const all = [...findings, ...checkSchemas(document, await readSchemas(policies), placeOf)];
  const problems = all
    .filter(({ severity }) => severity === 'error')
    .map(({ where, message }) => `${where}: ${message}`);
  return { document, problems };
}

/** Whether a bundle holds this data: the compiler may write a text otherwise than we do, so what counts is what it says. */
export function holdsThisData(bundle: Bundle, document: JsonObject): boolean {
  return isDeepStrictEqual(JSON.parse(bundle.dataText), document);
}
