/** Step 6 of the walk: what was decided, or what failed, becomes durable before anyone hears of it. */
import { DatwatError } from './errors.ts';
import type { DecisionRecord, Entrypoint, EventName, JsonObject, PolicyIdentity, RecordItem } from './model.ts';
import type { OpenedRecord } from './opened-record.ts';
import type { Parts } from './parts.ts';

export interface Recording {
  readonly opened: OpenedRecord;
  readonly eventName: EventName;
  readonly entrypoint: Entrypoint;
  readonly policy: PolicyIdentity;
  readonly request: JsonObject;
}

/** INVARIANT: resolves only when the record is durable; a decision leaves only after that. */
export async function recordAnswer(
  parts: Pick<Parts, 'ledger'>,
  recording: Recording,
  status: DecisionRecord['status'],
  response: JsonObject | null,
  items: readonly RecordItem[],
  attributes: JsonObject,
): Promise<void> {
  const { opened, eventName, entrypoint, policy, request } = recording;
  await parts.ledger.append({
    traceId: opened.traceId,
    spanId: opened.spanId,
    ...(opened.parentSpanId !== undefined && { parentSpanId: opened.parentSpanId }),
    eventName,
    timestamp: opened.timestamp,
    status,
    policy,
    entrypoint,
    request,
    response,
    items,
    attributes,
  });
}

/**
 * A failed evaluation is recorded too (ADL-01), and only then told.
 * The error's public code stands in the record; its cause goes to the application log, for it may hold anything.
 */
export async function recordFailure(
  parts: Pick<Parts, 'ledger'>,
  recording: Recording,
  error: unknown,
  items: readonly RecordItem[],
  attributes: JsonObject,
): Promise<DatwatError> {
  const failure = error instanceof DatwatError ? error : new DatwatError('internal_error', { cause: error });
  await recordAnswer(parts, recording, 'Error', null, items, { ...attributes, 'datwat.error': failure.code });
  failure.decisionId = recording.opened.decisionId;
  return failure;
}
