/** Step 2: what no fact can change. */
import type { PolicyData, Purpose } from './policy-data.ts';
import type { Question } from './question.ts';
import type { Stop } from './verdict.ts';

export function stopAtLimits(question: Question, purpose: Purpose, data: PolicyData): Stop {
  if (isBulk(question)) return ['BULK_NOT_ALLOWED'];
  if (!purpose.needs_individual_data) return ['USE_AGGREGATE'];
  if (isElsewhere(question, data)) return ['WRONG_MUNICIPALITY'];
  if (purpose.break_glass && holderDecides(question, data)) return ['HOLDER_DECIDES'];
  if (purpose.production_data === false || isIncompatible(question, purpose, data)) return ['INCOMPATIBLE_PURPOSE'];
  return undefined;
}

/** R17, R93: no export, no list of contents, no list of nobody in particular. The decision log is a list by itself, that its readers may take along (A19, R22). */
function isBulk({ action, level, person, resourceType }: Question): boolean {
  if (resourceType === 'decision_log') return false;
  return action === 'export' || (action === 'list' && (level === 'wat' || person === undefined));
}

function isElsewhere(question: Question, data: PolicyData): boolean {
  const { caller, organisation, municipality } = question;
  // Residents have no organisation; who else names none is stopped for want of a mandate.
  if (organisation.type === undefined && organisation.oin === undefined) return false;
  if (caller.organisation !== undefined && caller.organisation !== organisation.oin) return true;
  const type = data.organisation_types[organisation.type ?? ''];
  if (type === undefined || !(type.college || type.burgemeester)) return false;
  // The decision log is this PDP's own, and need not say of which municipality.
  if (municipality === undefined && question.resourceType === 'decision_log') return false;
  return municipality === undefined || organisation.municipality !== municipality;
}

/** Conflict van plichten on what is hard (such as who reported to Veilig Thuis), or on a file whose holder is not a college (R130). */
function holderDecides(question: Question, data: PolicyData): boolean {
  const domain = data.domains[question.domain ?? ''];
  const holder = data.organisation_types[question.holder.type ?? domain?.holder ?? ''];
  const parts = [question.domain ?? '', ...(domain?.parts ?? [])];
  const hard = parts.flatMap((part) =>
    Object.entries(data.domains[part]?.categories ?? {}).flatMap(([id, { hard, fields }]) =>
      hard ? [id, ...fields] : [],
    ),
  );
  const asksHard = question.categories?.some((item) => hard.includes(item)) === true;
  return domain === undefined || domain.hard || asksHard || holder?.college !== true;
}

/** R66: what was gathered for help does not serve enforcement. Only what is asked for by name can be seen here. */
function isIncompatible(question: Question, purpose: Purpose, data: PolicyData): boolean {
  const attitudes = [purpose.attitude].flat();
  const domain = data.domains[question.domain ?? ''];
  const parts = [question.domain ?? '', ...(domain?.parts ?? [])];
  return parts.some((part) =>
    Object.entries(data.domains[part]?.categories ?? {}).some(
      ([id, category]) =>
        category.not_for?.some((attitude) => attitudes.includes(attitude)) === true &&
        [id, ...category.fields].some((item) => question.categories?.includes(item)),
    ),
  );
}
