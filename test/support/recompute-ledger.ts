import { createHash, createHmac } from 'node:crypto';

/**
 * A ledger line recomputed by what src/ledger/README.md says, and by nothing of the ledger's own code: what an outsider
 * would write.
 */
type Value = null | boolean | number | string | Value[] | { [name: string]: Value };
type Record_ = { [name: string]: Value };

export function canonical(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name] as Value)}`).join(',')}}`;
}

function only(object: Record_, wanted: (name: string) => boolean): Record_ {
  return Object.fromEntries(Object.entries(object).filter(([name]) => wanted(name)));
}

export function recomputedPieces(line: string): Record_[] {
  const record = JSON.parse(line) as Record_ & { attributes: Record_; body?: Record_ };
  const { attributes, body } = record;
  if (body === undefined) return [];
  const request = body['adl.core.request'] as Record_;
  const response = body['adl.core.response'] as Record_ | undefined;
  const facts = (body['adl.core.information'] as Record_)['datwat.facts'] as Value[];
  const records = body['datwat.record'] as Value[];
  const subjects = facts.map(
    (_, i) =>
      (attributes['datwat.data_subject_ids'] as Value[] | undefined)?.[i] ?? attributes['dpl.core.data_subject_id'],
  );
  const items = (request.evaluations as Value[] | undefined) ?? [];
  const batch = record.event_name === 'adl.access_evaluations' && items.length > 0;
  const answers = response?.evaluations as Value[] | undefined;
  const ofItem = (name: string) => ['subject', 'action', 'resource', 'context'].includes(name);
  const notList = (name: string) => name !== 'evaluations';

  const first: Record_ = batch ? { request: only(request, notList) } : { request: only(request, (n) => !ofItem(n)) };
  if (batch && response !== undefined) first.response = answers === undefined ? response : only(response, notList);
  const rest = facts.map((fact, i) => {
    const piece: Record_ = { facts: fact, record: records[i] as Value };
    piece.request = batch ? (items[i] as Value) : only(request, ofItem);
    const answer = batch ? answers?.[i] : response;
    if (answer !== undefined) piece.response = answer;
    const subject = subjects[i];
    if (subject !== undefined && subject !== null) piece.data_subject = subject;
    return piece;
  });
  return [first, ...rest];
}

export function recomputedCommitments(line: string): string[] {
  const salts = (JSON.parse(line) as { attributes: Record_ }).attributes['datwat.ledger.salts'] as string[];
  return recomputedPieces(line).map((piece, i) =>
    createHmac('sha256', Buffer.from(salts[i] as string, 'base64url'))
      .update(canonical(piece), 'utf8')
      .digest('hex'),
  );
}

export function recomputedHash(line: string): string {
  const { body: _, ...record } = JSON.parse(line) as Record_ & { attributes: Record_ };
  const left = ['dpl.core.data_subject_id', 'datwat.data_subject_ids', 'datwat.ledger.salts', 'datwat.ledger.hash'];
  const hashed = { ...record, attributes: only(record.attributes as Record_, (name) => !left.includes(name)) };
  return createHash('sha256').update(canonical(hashed), 'utf8').digest('hex');
}
