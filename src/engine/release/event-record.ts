import type { JsonObject } from '../../decision/model.ts';
import type { ReleaseEvent } from './releases.ts';

/** A release event as it stands in the ledger: its name, and its attributes. Holds no personal data. */
export function eventRecord(event: ReleaseEvent): {
  readonly name: `datwat.${string}`;
  readonly attributes: JsonObject;
} {
  if (event.kind === 'refused') {
    const { sha256, step, reason } = event;
    return {
      name: 'datwat.bundle_refused',
      attributes: { 'datwat.bundle_sha256': sha256, 'datwat.step': step, 'datwat.reason': reason },
    };
  }
  const { kind, policy, release } = event;
  const { revision, wasmSha256, dataSha256, release: shown } = policy.identity;
  return {
    name: `datwat.bundle_${kind}`,
    attributes: {
      'datwat.revision': revision,
      'datwat.wasm_sha256': wasmSha256,
      'datwat.data_sha256': dataSha256,
      ...(release === undefined ? {} : { 'datwat.bundle_sha256': release.sha256, 'datwat.claims': release.claims }),
      ...(release === undefined || release.approvedBy === 'none'
        ? {}
        : { 'datwat.approved_by': release.approvedBy.map(({ office, person }) => ({ office, person })) }),
      ...(shown === undefined ? {} : { 'datwat.release': shown }),
    },
  };
}
