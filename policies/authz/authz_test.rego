# A question that is granted, and what happens to it when a part of it changes. The step tests stand beside the steps.
package authz_test

import data.authz

today := {"time": "2026-09-15T09:00:00.000Z", "date": "2026-09-15"}

college := {"oin": "00000001003214345000", "type": "gemeente_college", "municipality": "0363"}

# A Wmo-consulent with an own case reads in the own domain.
asked := {
	"caller": {"name": "backoffice", "asserts": []},
	"subject": {"type": "medewerker", "id": "medewerker-1", "properties": {
		"role": "wmo_consulent",
		"active_pet": "consulent",
		"organisation": college,
		"secrecy": "ambts",
	}},
	"action": {"name": "read", "properties": {"requested_level": "wat", "purpose": "WMO.ONDERZOEK.BEHOEFTE"}},
	"resource": {"type": "dossier", "id": "dossier-1", "properties": {
		"domain": "wmo",
		"municipality": "0363",
		"active": true,
		"data_subject": {"id": "inwoner-1", "relation": "client", "adult": true},
	}},
	"context": {"casus": {"id": "casus-1", "type": "meervoudig", "stage": "onderzoek"}, "client_involved": "informed", "decision_at_hand": "wat past"},
	"facts": {
		"case_relation": {"kind": "eigen_caseload", "domain": "wmo"},
		"consents": [],
		"objections": [],
		"agreements": [],
		"mandates": [],
		"guardianship": [],
		"notices": [],
		"staff": [],
		"feeds": {kind: {"stale": false} |
			some kind in ["case_relation", "consents", "objections", "agreements", "mandates", "guardianship", "notices", "staff"]
		},
	},
	"now": today,
}

# The answer where some members are others: [{"path": "/subject/…", "value": …}].
answer(changes) := decided if {
	changed := json.patch(asked, [object.union({"op": "add"}, change) | some change in changes])
	decided := authz.decision with input as changed
}

code(changes) := answer(changes).record.reason_code

outward(changes) := answer(changes).context.reason_code

gone(path) := {"op": "remove", "path": path}

value(path, new) := {"path": path, "value": new}

purpose(id) := value("/action/properties/purpose", id)

level(asked_level) := value("/action/properties/requested_level", asked_level)

domain(id) := value("/resource/properties/domain", id)

role(id) := value("/subject/properties/role", id)

pet(id) := value("/subject/properties/active_pet", id)

names(categories) := value("/action/properties/categories", categories)

fact(kind, rows) := value(concat("", ["/facts/", kind]), rows)

no_relation := value("/facts/case_relation", null)

# A consent for what is asked, with what differs.
consent(changes) := object.union(
	{
		"id": "toestemming-1",
		"kind": "explicit",
		"purpose": "WMO.ONDERZOEK.BEHOEFTE",
		"from_domain": "participatie",
		"to_domain": "wmo",
		"items": ["uitkering"],
		"given_by": "inwoner-1",
		"given_at": "2026-09-01T00:00:00.000Z",
		"given_on": "2026-09-01",
		"valid_until": "2027-08-31",
	},
	changes,
)

test_the_question_is_granted if {
	decided := answer([])
	decided.decision
	decided.context.granted_level == "wat"
	decided.context.fields == ["beperking", "hulpvraag", "ondersteuningsplan", "zelfredzaamheid"]
	decided.context.disclosure == "may"
	{duty.id | some duty in decided.context.obligations} == {"show_only_fields", "log_consultation"}
	decided.record.rule_id == "cel.wmo.wmo-onderzoek-behoefte.wmo-consulent"
}

test_an_empty_input_is_refused_by_the_first_step if {
	decided := authz.decision with input as {}
	decided.record.reason_code == "REQUEST_UNDERSPECIFIED"
	not decided.decision
}

test_members_of_another_type_are_refused if {
	every member in ["subject", "action", "resource", "context", "facts", "caller"] {
		every wrong in [null, [], "x", 7, true] {
			decided := answer([value(concat("", ["/", member]), wrong)])
			decided.record.reason_code
			harmless(member, decided)
		}
	}
}

# Without a context or a caller there is nothing that this purpose needs from them.
harmless(member, _) if member in {"context", "caller"}

harmless(_, decided) if not permitted(decided)

permitted(decided) if decided.decision

test_explaining_shows_the_four_steps if {
	decided := answer([value("/context/explain", true), domain("participatie")])
	[step.outcome | some step in decided.context.steps] == ["passed", "passed", "passed", "failed"]
}

test_simulating_discloses_nothing if {
	decided := answer([value("/context/simulation", true)])
	decided.decision
	decided.context.simulation
	"do_not_disclose" in {duty.id | some duty in decided.context.obligations}
}

test_simulating_and_explaining_at_once if {
	decided := answer([value("/context/simulation", true), value("/context/explain", true)])
	decided.context.simulation
	count(decided.context.steps) == 4
}

test_a_special_field_has_a_category_of_its_own_name if {
	every found in data.domains {
		every id, category in found.categories {
			marked_alone(id, category)
		}
	}
}

marked_alone(_, category) if {
	not category.special
	not category.criminal
}

marked_alone(id, category) if category.fields == [id]

# Every code that a rule can name is in the registry, and a reason that depends on a person never shows without a relation.
test_reasons_are_registered if {
	every changes in [[], [purpose("X")], [no_relation], [domain("participatie")]] {
		data.reasons[outward(changes)]
	}
}
