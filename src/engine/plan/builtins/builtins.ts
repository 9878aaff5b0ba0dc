import { AGGREGATES } from './aggregates.ts';
import { ARITHMETIC } from './arithmetic.ts';
import type { Builtin } from './budget.ts';
import { COLLECTIONS } from './collections.ts';
import { COMPARISON } from './comparison.ts';
import { ENCODINGS } from './encodings.ts';
import { JSON_FUNCTIONS } from './json.ts';
import { NETWORKS } from './networks.ts';
import { PATTERNS } from './patterns.ts';
import { STRINGS } from './strings.ts';
import { TEMPLATE } from './template.ts';
import { TYPES } from './types.ts';

/** Every builtin that policies/capabilities.json allows and that is still a call after compilation, by Rego's name. */
export const BUILTINS: Readonly<Record<string, Builtin>> = {
  ...AGGREGATES,
  ...ARITHMETIC,
  ...COLLECTIONS,
  ...COMPARISON,
  ...ENCODINGS,
  ...JSON_FUNCTIONS,
  ...NETWORKS,
  ...PATTERNS,
  ...STRINGS,
  ...TEMPLATE,
  ...TYPES,
};
