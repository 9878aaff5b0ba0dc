# METADATA
# title: The answer
# description: The words, duties and alternatives around a judgement. Deterministic, no times and no random ids.
package authz.answer

import data.authz.facts
import data.authz.judgement
import data.authz.question
import data.authz.step

granted(grant) := with_extras(
	{
		"granted_level": grant.level,
		"fields": grant.fields,
		"reason_code": "OK",
		"reason_user": worded(ok_texts.user),
		"uitleg_client": worded(ok_texts.client),
		"legal_basis": grant.legal_basis,
		"rule_id": grant.rule_id,
		"disclosure": "may",
		"obligations": [obligation(id) | some id in sort(duties)],
		"alternatives": [],
	},
	"OK",
)

denied(found) := with_extras(
	{
		"granted_level": "none",
		"fields": [],
		"reason_code": found.code,
		"reason_user": worded(advice(reason)),
		"uitleg_client": worded(reason.client),
		"legal_basis": found.legal_basis,
		"rule_id": found.rule_id,
		"disclosure": "may",
		"obligations": [obligation(id) | some id in sort(denial_duties(found.code))],
		"alternatives": [alternative(type) | some type in alternatives(found.code)],
	},
	found.code,
) if {
	reason := data.reasons[found.code]
}

# The sentence, and what would make it a yes (R8).
advice(reason) := reason.user if reason.yes_if == ""

advice(reason) := concat(" ", [reason.user, reason.yes_if]) if reason.yes_if != ""

ok_texts := data.reasons.OK.by_level.log if {
	question.is_log
} else := data.reasons.OK.by_level.answer if {
	question.action == "ask_question"
} else := data.reasons.OK.by_level[question.level]

# INVARIANT: names that the request made up never come back in a text; only titles from the data.
worded(text) := strings.replace_n(titles, text) if {
	contains(text, "{")
} else := text

titles := {"{purpose}": purpose_title, "{domain}": domain_title, "{role}": role_title}

purpose_title := question.purpose.title if {
	question.purpose.title
} else := "dit doel"

domain_title := data.domains[question.domain].title if {
	data.domains[question.domain].title
} else := "dit domein"

role_title := data.roles[question.role].title if {
	data.roles[question.role].title
} else := "deze rol"

with_extras(said, code) := object.union(said, {"simulation": true, "steps": steps(code)}) if {
	question.simulation
	question.explain
} else := object.union(said, {"simulation": true}) if {
	question.simulation
} else := object.union(said, {"steps": steps(code)}) if {
	question.explain
} else := said

# --- the four steps of the stappenplan (R2): passed, failed, or not reached

# Written out, so that only the one that is told is built.
steps(code) := [passed("taak"), passed("activiteit_doel"), passed("gegevens"), passed("grondslag")] if {
	code == "OK"
} else := [failed("taak"), not_reached("activiteit_doel"), not_reached("gegevens"), not_reached("grondslag")] if {
	layer(code) == 0
} else := [passed("taak"), failed("activiteit_doel"), not_reached("gegevens"), not_reached("grondslag")] if {
	layer(code) == 1
} else := [passed("taak"), passed("activiteit_doel"), failed("gegevens"), not_reached("grondslag")] if {
	layer(code) == 2
} else := [passed("taak"), passed("activiteit_doel"), passed("gegevens"), failed("grondslag")]

passed(name) := {"step": name, "outcome": "passed"}

failed(name) := {"step": name, "outcome": "failed"}

not_reached(name) := {"step": name, "outcome": "not_reached"}

# Steps 1 to 5 are about the task, 6 about activity and purpose, 11, 12 and 14 about the basis, the rest about the data.
# GEEN_TOEGANG stops where an unknown file would.
layer(code) := 2 if {
	code == "GEEN_TOEGANG"
} else := 0 if {
	data.reasons[code].step <= 5
} else := 1 if {
	data.reasons[code].step == 6
} else := 3 if {
	data.reasons[code].step in {11, 12, 14}
} else := 2

# --- duties

duties := ((({"show_only_fields", "log_consultation"} | {id | some id in question.purpose.obligations}) | judgement.grant.obligations) | situational) | simulated_duties

simulated_duties := {"do_not_disclose"} if {
	question.simulation
} else := set()

situational := {id | some id, true in situations}

situations["record_justification"] if refused_but_statutory

situations["involve_client"] if {
	question.purpose.needs_client
	not involvement_said
}

situations["separate_family_members"] if {
	not question.is_log
	not question.purpose.break_glass
	facts.has_relation
	facts.person_relation != "client"
}

situations["confirm_by_named_person"] if {
	question.purpose.break_glass
	step.to_be_confirmed
}

# Where a statute makes necessity enough, a refusal by the resident asks for a reason and does not close (domain.md §2.8).
refused_but_statutory if {
	question.purpose.objection_blocks == false
	some part in question.parts
	step.objected(part)
}

denial_duties(code) := family_duty(code) | simulated_duties

family_duty("ADULT_FAMILY_MEMBER") := {"separate_family_members"}

family_duty(code) := set() if code != "ADULT_FAMILY_MEMBER"

obligation("show_only_fields") := {
	"id": "show_only_fields",
	"type": data.obligations.show_only_fields.type,
	"properties": {"level": judgement.grant.level, "fields": judgement.grant.fields},
}

obligation(id) := {
	"id": id,
	"type": data.obligations[id].type,
	"properties": object.get(data.obligations[id], "default_properties", {}),
} if {
	id != "show_only_fields"
}

# --- what is possible instead

alternatives(code) := array.concat(
	[type | some type in data.reasons[code].alternatives; type != "ask_lower_level"],
	array.concat(lower_level(code), weigh_duties(code)),
)

# Offered only where it would be granted.
lower_level(code) := ["ask_lower_level"] if {
	code != "GEEN_TOEGANG"
	judgement.lower_would_do
} else := []

weigh_duties(code) := ["conflict_van_plichten"] if {
	opens_for_danger(code)
	judgement.may_weigh_duties
} else := ["conflict_van_plichten"] if {
	code == "GEEN_TOEGANG"
	on_the_common_road
	judgement.may_escape
} else := []

# The road exists where data are closed, not where the question itself is wrong.
opens_for_danger(code) if {
	on_the_common_road
	data.reasons[code].step >= 8
}

on_the_common_road if judgement.on_the_common_road

alternative(type) := {"type": type, "title": data.alternatives[type].title, "user": data.alternatives[type].user}

involvement_said if question.text(question.context.client_involved)
