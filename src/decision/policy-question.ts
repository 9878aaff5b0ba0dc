/** From a request to what `facts/` is asked and what the policy is given (steps 4 and 5 of the walk). */
import type { Call, Caller, JsonObject, PolicyInput } from './model.ts';
import { at, type ItemContext, textAt } from './opened-record.ts';
import type { FactQuery } from './ports.ts';

/** The members of a request that a policy may look at; a search leaves some out. */
export interface Members {
  readonly subject?: JsonObject;
  readonly action?: JsonObject;
  readonly resource?: JsonObject;
}

/** The data subject as the policy sees it: a pseudonym, or the opaque id that the application uses. */
export function dataSubjectOf(resource: JsonObject | undefined): string | undefined {
  return textAt(resource, 'properties', 'data_subject', 'id');
}

export function factQuery(call: Call, members: Members, item: ItemContext): FactQuery {
  const { subject, resource } = members;
  const domain = textAt(resource, 'properties', 'domain');
  const organisation = textAt(subject, 'properties', 'organisation', 'oin');
  const casusId = textAt(item.context, 'casus', 'id');
  const overlegId = textAt(item.context, 'overleg', 'id');
  const asserted = at(item.context, 'asserted');
  const named = ['consulted_colleague', 'teamhoofd_ack'].map((key) => textAt(item.context, 'break_glass', key));
  return {
    dataSubject: everyAlias(call, dataSubjectOf(resource)),
    professional: everyAlias(call, textAt(subject, 'id')),
    ...(domain !== undefined && { domain }),
    ...(organisation !== undefined && { organisation }),
    ...(casusId !== undefined && { casusId }),
    ...(overlegId !== undefined && { overlegId }),
    ...(asserted !== undefined && { asserted }),
    people: named.filter((id) => id !== undefined),
    now: item.now,
    mayAssert: call.caller.mayAssert,
    assertedBy: call.caller.name,
  };
}

/** After a key rotation a person may still stand under an older key, so every live pseudonym is looked up. */
function everyAlias(call: Call, id: string | undefined): readonly string[] {
  if (id === undefined) return [];
  return call.aliases.get(id) ?? [id];
}

export function policyInput(caller: Caller, members: Members, item: ItemContext, facts: JsonObject): PolicyInput {
  return {
    caller: {
      name: caller.name,
      ...(caller.organisation !== undefined && { organisation: caller.organisation }),
      asserts: caller.mayAssert,
    },
    ...(members.subject && { subject: members.subject }),
    ...(members.action && { action: members.action }),
    ...(members.resource && { resource: members.resource }),
    context: item.context,
    facts,
    now: item.now,
  };
}
