/** The policies of the checkout as they stand now, for development: without the compiler where only data changed. */
import type { Log } from '../decision/ports.ts';
import { builtFromTheseRules } from '../engine/build-bundle.ts';
import { type Bundle, withDataText } from '../engine/bundle.ts';
import { BundleRefused } from '../engine/bundle-refused.ts';
import { canonicalJson } from '../engine/canonical-json.ts';
import { committedBundle, openBundle } from '../engine/open-bundle.ts';
import { holdsThisData, readCheckedData } from './checked-data.ts';

/**
 * The committed bundle with the data as saved laid under it. Rules that differ from it are built anew where there is a
 * compiler; where there is none, the log says that older rules decide. Throws `BundleRefused`.
 */
export async function openDevelopmentBundle(policies: string, log: Log): Promise<Bundle> {
  const committed = await openBundle(committedBundle(policies), { mode: 'development' });
  if (!(await builtFromTheseRules(committed, policies))) {
    try {
      return await openBundle(policies, { mode: 'development' });
    } catch (error) {
      if (!(error instanceof BundleRefused)) throw error;
      log.warn('older_rules_decide', { reason: error.reason });
    }
  }
  const { document, problems } = await readCheckedData(policies);
  if (problems.length > 0) {
    log.warn('older_data_decide', { problems });
    return committed;
  }
  if (holdsThisData(committed, document)) return committed;
  return withDataText(committed, `${canonicalJson(JSON.stringify(document))}\n`);
}
