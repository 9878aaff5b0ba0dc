import { textAt } from './opened-record.ts';
import type { Metrics } from './ports.ts';
import type { ItemTrail } from './record-attributes.ts';

/** Counts one item that was recorded, by what the policy answered. */
export function count(metrics: Metrics, trail: ItemTrail, outcome: 'permit' | 'deny' | 'error'): void {
  metrics.decided({
    outcome,
    level: textAt(trail.outcome?.context, 'granted_level') ?? '',
    reason: textAt(trail.outcome?.context, 'reason_code') ?? '',
    domain: textAt(trail.members.resource, 'properties', 'domain') ?? '',
  });
}
