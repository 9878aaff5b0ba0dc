import { isObject, type Json, type JsonObject } from '../../decision/model.ts';
import { BODY, DATA_SUBJECT, DATA_SUBJECTS, FACTS, ITEM_MEMBERS } from '../record-form.ts';

/**
 * The private part of a record, cut up again: written apart from the write side, from README.md, so that each checks the
 * other. INVARIANT: what a record holds outside its pieces and outside the hashed form, `whyUncovered` refuses.
 */
export interface Pieces {
  /** Piece 0 is what is common, piece i is item i. */
  readonly list: readonly JsonObject[];
  /** Pieces that are said to be erased, and by which order. */
  readonly erased: ReadonlyMap<number, ErasedMark>;
  /** What each piece looks like when it is erased: anything else would be something that nobody vouches for. */
  isEmpty(piece: number): boolean;
}

export interface ErasedMark {
  readonly order: string;
  readonly at: number;
}

const BODY_NAMES = new Set<string>(Object.values(BODY));
const ITEM = new Set<string>(ITEM_MEMBERS);

/** Throws SyntaxError where the body or the naming attributes hold something that no piece covers. */
export function piecesOf(record: JsonObject, attributes: JsonObject): Pieces {
  const body = record.body;
  const one = attributes[DATA_SUBJECT];
  const many = attributes[DATA_SUBJECTS];
  if (body === undefined) {
    if (one !== undefined || many !== undefined) throw new SyntaxError('a record without a body names a data subject');
    return { list: [], erased: new Map(), isEmpty: () => false };
  }
  if (!isObject(body)) throw new SyntaxError('the body is no object');
  const stranger = Object.keys(body).find((name) => !BODY_NAMES.has(name));
  if (stranger !== undefined) throw new SyntaxError('the body has a member that no commitment covers');

  const request = objectAt(body, BODY.request);
  const batch = batchItems(record, request);
  const count = batch?.length ?? 1;
  const facts = factsIn(body, count);
  const records = listAt(body, BODY.record, count);
  const response = body[BODY.response];
  const answers = batch === undefined ? undefined : answersIn(response, count);
  const erased = erasedIn(body, count);
  const subjects = subjectsIn(one, many, count, erased);

  const common: JsonObject = {
    request: pick(request, (name) => (batch === undefined ? !ITEM.has(name) : name !== 'evaluations')),
    ...(batch !== undefined && response !== undefined && { response: commonAnswer(response, answers) }),
  };
  const list = [common];
  for (let i = 0; i < count; i++) {
    const subject = subjects[i];
    const answer = batch === undefined ? response : answers?.[i];
    list.push({
      ...(subject !== undefined && { data_subject: subject }),
      facts: facts[i] ?? null,
      record: records[i] ?? null,
      request: batch === undefined ? pick(request, (name) => ITEM.has(name)) : (batch[i] ?? null),
      ...(answer !== undefined && { response: answer }),
    });
  }
  return {
    list,
    erased,
    isEmpty: (piece) => (piece === 0 ? isEmptyCommon(common) : isEmptyItem(list[piece] ?? {}, batch !== undefined)),
  };
}

function batchItems(record: JsonObject, request: JsonObject): readonly Json[] | undefined {
  const items = request.evaluations;
  return record.event_name === 'adl.access_evaluations' && isList(items) && items.length > 0 ? items : undefined;
}

function answersIn(response: Json | undefined, count: number): readonly Json[] | undefined {
  const answers = isObject(response) ? response.evaluations : undefined;
  if (!isList(answers)) return undefined;
  if (answers.length > count) throw new SyntaxError('there are more answers than questions');
  return answers;
}

function commonAnswer(response: Json, answers: readonly Json[] | undefined): Json {
  return answers === undefined || !isObject(response) ? response : pick(response, (name) => name !== 'evaluations');
}

function factsIn(body: JsonObject, count: number): readonly Json[] {
  const information = objectAt(body, BODY.information);
  if (Object.keys(information).length !== 1) throw new SyntaxError(`${BODY.information} has another source than facts`);
  return listAt(information, FACTS, count);
}

function erasedIn(body: JsonObject, count: number): Map<number, ErasedMark> {
  const marks = new Map<number, ErasedMark>();
  const given = body[BODY.erased];
  if (given === undefined) return marks;
  if (!isList(given)) throw new SyntaxError(`${BODY.erased} is no list`);
  for (const mark of given) {
    const { piece, order, at, ...rest } = isObject(mark) ? mark : {};
    const sound =
      typeof piece === 'number' && piece >= 0 && piece <= count && typeof order === 'string' && typeof at === 'number';
    if (!sound || Object.keys(rest).length > 0 || marks.has(piece)) {
      throw new SyntaxError(`${BODY.erased} is not in its form`);
    }
    marks.set(piece, { order, at });
  }
  return marks;
}

/** One person for all items stands there until the last of them is erased. */
function subjectsIn(
  one: Json | undefined,
  many: Json | undefined,
  count: number,
  erased: ReadonlyMap<number, ErasedMark>,
): (string | undefined)[] {
  if (one !== undefined && many !== undefined) throw new SyntaxError('the data subject is named twice');
  if (one !== undefined) {
    if (typeof one !== 'string') throw new SyntaxError(`${DATA_SUBJECT} is no string`);
    const subjects = Array.from({ length: count }, (_, i) => (erased.has(i + 1) ? undefined : one));
    if (!subjects.includes(one)) throw new SyntaxError(`${DATA_SUBJECT} is left behind by an erasure`);
    return subjects;
  }
  if (many === undefined) return [];
  if (!isList(many) || many.length !== count) throw new SyntaxError(`${DATA_SUBJECTS} has not one place per item`);
  return many.map((subject) => {
    if (subject !== null && typeof subject !== 'string') throw new SyntaxError(`${DATA_SUBJECTS} holds no string`);
    return subject ?? undefined;
  });
}

function isEmptyCommon(common: JsonObject): boolean {
  return Object.values(common).every((value) => isObject(value) && Object.keys(value).length === 0);
}

function isEmptyItem(item: JsonObject, batch: boolean): boolean {
  const { facts, record, request, response, ...rest } = item;
  const noRequest = batch ? request === null : isObject(request) && Object.keys(request).length === 0;
  const noResponse = response === undefined || (batch && response === null);
  return facts === null && record === null && noRequest && noResponse && Object.keys(rest).length === 0;
}

function pick(object: JsonObject, wanted: (name: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => wanted(name)));
}

function objectAt(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  if (!isObject(value)) throw new SyntaxError(`${name} is no object`);
  return value;
}

function listAt(object: JsonObject, name: string, count: number): readonly Json[] {
  const value = object[name];
  if (!isList(value) || value.length !== count) throw new SyntaxError(`${name} has not one place per item`);
  return value;
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
