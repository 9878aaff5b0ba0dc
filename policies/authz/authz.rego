# METADATA
# title: The decision
# description: >
#   None, dat or wat (design.md §5). Data decide; the rules only combine them, in the order of domain.md §2.8: the first
#   step that fails names the reason.
package authz

import data.authz.agreement
import data.authz.answer
import data.authz.consent
import data.authz.facts
import data.authz.judgement
import data.authz.question

default decision := {"decision": false, "context": {"granted_level": "none", "fields": [], "reason_code": "REQUEST_UNDERSPECIFIED"}}

decision := {
	"decision": true,
	"context": answer.granted(judgement.grant),
	"record": record(judgement.grant.rule_id, "OK"),
} if {
	judgement.grant
} else := {
	"decision": false,
	"context": answer.denied(judgement.outward),
	"record": record(judgement.denial.rule_id, judgement.denial.code),
}

record(rule_id, code) := {
	"reason_code": code,
	"rule_id": rule_id,
	"determining": judgement.determining,
	"steps": answer.steps(code),
	"profile": data.settings.profile,
	"case_relation": object.get(facts.relation_row, "kind", null),
	"consents": consents,
	"agreements": agreements,
	"simulation": object.get(question.context, "simulation", false) == true,
}

# What a grant rests on.
consents := consent.ids if {
	judgement.grant
} else := []

agreements := agreement.ids if {
	judgement.grant
} else := []
