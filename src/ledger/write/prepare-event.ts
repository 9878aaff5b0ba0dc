import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../decision/model.ts';
import { jcs } from '../jcs.ts';
import { cutAttributes } from './cut-attributes.ts';
import type { LinePrefixes } from './prepare-record.ts';
import type { SealableRecord } from './seal-record.ts';

/** An event that is no decision: the same line without a body, so without pieces. `timestamp` in milliseconds. */
export function prepareEvent(
  name: `datwat.${string}`,
  attributes: JsonObject,
  timestamp: number,
  prefixes: LinePrefixes,
): SealableRecord {
  const traceId = randomBytes(16).toString('hex');
  const spanId = randomBytes(8).toString('hex');
  return {
    ...cutAttributes(attributes, prefixes.configuration),
    commitments: '[]',
    salts: '[]',
    body: [],
    tail: `"event_name":${jcs(name)},${prefixes.resource},"span_id":"${spanId}","status":"Unset","timestamp":${jcs(timestamp)},"trace_id":"${traceId}"}`,
  };
}
