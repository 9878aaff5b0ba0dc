/** Step 11: the cell that opens this part, and whether it stands on a ground on both sides (R37). */
import { within } from './calendar.ts';
import { overlap } from './domains.ts';
import type { Cell, Domain, PolicyData, Purpose } from './policy-data.ts';
import type { Question } from './question.ts';

/** A local decision of the profile in force where it applies, else the matrix; the narrower domain first. */
export function cellFor(part: string, question: Question, role: string, data: PolicyData): Cell | undefined {
  const { profile } = data.settings;
  const local = data.profiles[profile]?.local_decisions ? data.local_decisions[profile] : undefined;
  const places = [part, ...ancestors(part)];
  const own = places.map((domain) => local?.[domain]?.[question.purpose ?? '']?.[role]).find((cell) => cell);
  if (own !== undefined && (!own.conditions.college_only || isCollege(question, data))) return own;
  return places
    .map((domain) => data.authorisation_matrix[domain]?.[question.purpose ?? '']?.[role])
    .find((cell) => cell);
}

function ancestors(domain: string): readonly string[] {
  const cut = domain.lastIndexOf('.');
  return cut < 0 ? [] : [domain.slice(0, cut), ...ancestors(domain.slice(0, cut))];
}

export function isCollege(question: Question, data: PolicyData): boolean {
  return data.organisation_types[question.organisation.type ?? '']?.college === true;
}

/** R37: a ground on both sides, or a local decision for the giving one; each in force. */
export function hasBasis(cell: Cell, question: Question, purpose: Purpose, domain: Domain, data: PolicyData): boolean {
  const given = cell.out_basis.length > 0 || cell.local_decision !== undefined;
  const inForce = (id: string) => {
    const basis = data.legal_bases[id];
    if (basis === undefined || !within(basis.valid_from, basis.valid_until, question.today)) return false;
    return basis.in_force || purpose.wams === true;
  };
  const bases = [...cell.out_basis, ...cell.in_basis];
  const { order, holder_college: heldByCollege } = cell.conditions;
  if (order && question.orderRef === undefined) return false;
  if (heldByCollege && data.organisation_types[question.holder.type ?? domain.holder]?.college !== true) return false;
  return given && cell.in_basis.length > 0 && bases.every(inForce);
}

/**
 * Nobody writes in a file where the purpose is not at home, or provides what is another domain's: `provide` is judged as
 * reading by the receiver, from what the giver works with (R49).
 */
export function isOwnToGive(part: string, question: Question, purpose: Purpose, data: PolicyData): boolean {
  if (question.action === 'write') return purpose.own_domains.some((domain) => overlap(domain, part));
  if (question.action !== 'provide') return true;
  return (data.roles[question.role ?? '']?.domains ?? []).some((domain) => overlap(domain, part));
}
