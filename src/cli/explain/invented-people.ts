import { existsSync } from 'node:fs';
import { holdsInventedPeople, openForReading } from '../../facts/facts-file.ts';
import { keysInUse } from '../../facts/keys-in-use.ts';
import { developmentKeyRing } from '../../pseudonyms/key-ring.ts';

/**
 * An explanation leaves no record, so it may not look into the file of a real person.
 * Throws Error for a facts file that is not marked as one of invented people, that holds people under another
 * key than that of development all the same (as pseudonyms in a feed), or that is not there.
 */
export function refuseRealPeople(factsFile: string): void {
  if (!existsSync(factsFile)) {
    throw new Error(`there is no facts file ${factsFile}; make one with: datwat facts import --facts ${factsFile} …`);
  }
  const db = openForReading(factsFile);
  try {
    if (!holdsInventedPeople(db)) {
      throw new Error(
        `${factsFile} is not marked as one of invented people: it was made or filled with configured pseudonym keys, or by an older Datwat. An explanation is not recorded, so it looks at invented people only; put those in a file of their own, without a configuration: datwat facts import --facts OTHER.sqlite …`,
      );
    }
    const real = keysInUse(db).filter((key) => key !== developmentKeyRing().active);
    if (real.length === 0) return;
    throw new Error(
      `${factsFile} holds people under pseudonym key ${real.join(', ')}; an explanation is not recorded, so it looks at invented people only`,
    );
  } finally {
    db.close();
  }
}
