/** Personal numbers stop here (design.md §3): what comes after the door knows pseudonyms only. */
import { DatwatError, type Problem } from '../decision/errors.ts';
import type { JsonObject } from '../decision/model.ts';
import type { Pseudonymiser } from '../decision/ports.ts';
import { readBsn, replaceDataSubjects } from './data-subject.ts';
import { createPseudonymsOf, type KeyRing } from './key-ring.ts';
import { replaceNumbers } from './personal-number.ts';
import { type Replace, replaceInBody, replaceInScalar } from './replacing.ts';

/**
 * INVARIANT: equal stays equal. The same number as text, with separators, as integer and as `bsn` becomes the same text.
 * @throws Error where the ring is unusable.
 */
export function createPseudonymiser(ring: KeyRing): Pseudonymiser {
  const pseudonymsOf = createPseudonymsOf(ring);
  return {
    pseudonymise(body) {
      const made = new Map<string, string>();
      const aliases = new Map<string, readonly string[]>();
      const problems: Problem[] = [];
      const replace: Replace = (digits) => {
        const known = made.get(digits);
        if (known !== undefined) return known;
        const all = pseudonymsOf(digits);
        made.set(digits, all[0]);
        aliases.set(all[0], all);
        return all[0];
      };
      const named = replaceDataSubjects(body, (dataSubject, pointer) => {
        const reading = readBsn(dataSubject.bsn);
        if (reading.problem === undefined) {
          const pseudonym = replace(reading.digits);
          return withId(dataSubject, pseudonym, aliases.get(pseudonym) ?? [], replace);
        }
        problems.push({ pointer, detail: reading.problem });
        return dataSubject;
      });
      const clean = replaceInBody(named, replace, problems);
      if (problems.length > 0) throw new DatwatError('invalid_request', { problems });
      return { body: clean, aliases };
    },
    holdsPersonalNumber(text) {
      return replaceNumbers(text, () => '') !== text;
    },
  };
}

/**
 * `bsn` becomes `id`. Where an `id` says something else both stay, for the policy refuses a double identity and the
 * record shows it. An `id` under an older key becomes the pseudonym that is looked up under every key.
 */
function withId(dataSubject: JsonObject, pseudonym: string, aliases: readonly string[], replace: Replace): JsonObject {
  const { bsn: _, ...rest } = dataSubject;
  const id = rest.id === undefined ? pseudonym : replaceInScalar(rest.id, replace);
  const same = typeof id === 'string' && (id === pseudonym || aliases.includes(id));
  return same ? { ...rest, id: pseudonym } : { ...dataSubject, bsn: pseudonym };
}
