/** `resource.properties.data_subject.bsn`: the one member of the contract that is meant for a personal number. */
import { isObject, type Json, type JsonObject } from '../decision/model.ts';
import { nineDigits, nineDigitsOf, passesElevenProof } from './personal-number.ts';

type Reading = { readonly digits: string; readonly problem?: never } | { readonly problem: string };

/** Reads a `bsn`: text (separators allowed) or an integer. A problem says what is asked, and never repeats the value. */
export function readBsn(value: Json | undefined): Reading {
  const digits =
    typeof value === 'string' ? nineDigits(value) : typeof value === 'number' ? nineDigitsOf(value) : undefined;
  if (digits === undefined) return { problem: 'must be a personal number of nine digits, leading zeros included' };
  // Nine zeros pass the proof but stand for "unknown": all unknown people would become one person.
  if (!passesElevenProof(digits) || digits === '000000000') return { problem: 'is not a personal number (11-proof)' };
  return { digits };
}

/** Gets a data subject that has a `bsn`, and the pointer to that `bsn`. */
type ReplaceDataSubject = (dataSubject: JsonObject, pointer: string) => JsonObject;

/**
 * Visits each data subject with a `bsn` where the contract has one: in a single question or a search, in the defaults of
 * a batch and in each of its items. What has another shape is left as it is, for the door to refuse.
 */
export function replaceDataSubjects(body: JsonObject, replace: ReplaceDataSubject): JsonObject {
  const question = inQuestion(body, '', replace);
  const items = question.evaluations;
  if (!Array.isArray(items)) return question;
  const replaced = items.map((item: Json, index) =>
    isObject(item) ? inQuestion(item, `/evaluations/${index}`, replace) : item,
  );
  return replaced.every((item, index) => item === items[index]) ? question : { ...question, evaluations: replaced };
}

function inQuestion(question: JsonObject, pointer: string, replace: ReplaceDataSubject): JsonObject {
  const { resource } = question;
  if (!isObject(resource) || !isObject(resource.properties)) return question;
  const dataSubject = resource.properties.data_subject;
  if (!isObject(dataSubject) || !Object.hasOwn(dataSubject, 'bsn')) return question;
  const replaced = replace(dataSubject, `${pointer}/resource/properties/data_subject/bsn`);
  return {
    ...question,
    resource: { ...resource, properties: { ...resource.properties, data_subject: replaced } },
  };
}
