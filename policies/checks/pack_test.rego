# A small sound pack, and what the checks say when a part of it is replaced.
package checks_test

import data.checks

cell := {
	"id": "C1",
	"level": "wat",
	"out_basis": ["PW.65"],
	"in_basis": ["WMO.5.1.1.4"],
	"review_date": "2027-01-01",
}

purpose := {
	"status": "vastgesteld",
	"level_cap": "wat",
	"roles": ["wmo_consulent"],
	"pets": ["consulent"],
	"own_domains": ["participatie"],
	"obligations": ["mask_bsn"],
	"fields": {"participatie.inkomen": {"dat": ["actief"], "wat": {"uitkering": ["norm"]}}},
	"legal_basis": ["WMO.5.1.1.4"],
	"valid_from": "2026-01-01",
	"review_date": "2027-01-01",
}

role := {"domains": ["participatie"], "pets": ["consulent"], "level_cap": "wat"}

profiles := {"PF-STRIKT": {"local_decisions": false, "example": false}, "PF-PRAKTIJK": {"local_decisions": true, "example": false}}

domains := {
	"participatie": {"holder": "gemeente_college", "parts": ["participatie.inkomen"], "dat": [], "categories": {}},
	"participatie.inkomen": {
		"holder": "gemeente_college",
		"parent": "participatie",
		"dat": ["actief"],
		"categories": {"uitkering": {"fields": ["norm", "bedrag"]}},
	},
}

bases := {
	"PW.65": {"in_force": true},
	"WMO.5.1.1.4": {"in_force": true},
	"PW.62": {"in_force": true, "not_a_basis": "Gaat over verhaal."},
	"WAMS.ONDERZOEK": {"in_force": false},
}

reasons := {
	"GEEN_TOEGANG": {"outward": true, "depends_on": "request", "alternatives": [], "user": "Geen.", "client": "Geen.", "yes_if": "Ooit."},
	"CONSENT_MISSING": {"outward": false, "depends_on": "person", "alternatives": ["ask_consent"]},
}

metadata := {
	"title": "T",
	"description": "D",
	"custom": {"rule_id": "R1", "reason_code": "CONSENT_MISSING", "legal_basis": ["PW.65"], "owner": "fg", "review_date": "2027-01-01"},
}

calls_metadata := [{"type": "ref", "value": [{"type": "var", "value": "rego"}, {"type": "string", "value": "metadata"}, {"type": "string", "value": "rule"}]}]

# A file of rules with one rule that reads its own metadata.
module(annotations) := {"file": "policies/authz/a.rego", "syntax": {
	"package": {"path": [{"value": "data"}, {"value": "authz"}]},
	"rules": [{
		"head": {"ref": [{"value": "denial"}]},
		"location": {"row": 9},
		"annotations": annotations,
		"body": [{"terms": calls_metadata}],
	}],
}}

violations_of(changes) := violations if {
	violations := checks.violations with input as {"today": "2026-09-15", "modules": object.get(changes, "modules", [module([metadata])])}
		with data.authorisation_matrix as {"participatie": {"P": {"wmo_consulent": object.get(changes, "cell", cell)}}}
		with data.local_decisions as object.get(changes, "local_decisions", {})
		with data.purposes as {"P": object.get(changes, "purpose", purpose)}
		with data.domains as object.get(changes, "domains", domains)
		with data.roles as object.get(changes, "roles", {"wmo_consulent": role})
		with data.legal_bases as object.get(changes, "legal_bases", bases)
		with data.profiles as object.get(changes, "profiles", profiles)
		with data.settings as {"profile": object.get(changes, "profile", "PF-STRIKT"), "stages": ["onderzoek", "werkplan"]}
		with data.pets as {"consulent": {}, "regisseur": {}}
		with data.notice_kinds as {"pet_notice": {}}
		with data.organisation_types as {"gemeente_college": {}}
		with data.agreement_kinds as {"convenant": {"opens_data": true}, "verwerkersovereenkomst": {"opens_data": false}}
		with data.obligations as {"mask_bsn": {}}
		with data.alternatives as {"ask_consent": {}}
		with data.reasons as object.get(changes, "reasons", reasons)
		with data.questions as object.get(changes, "questions", {"q": {"purposes": {"P": ["participatie"]}, "legal_basis": ["PW.65"]}})
		with data.consent_kinds as object.get(changes, "consent_kinds", {"explicit": {"counts": "always", "laws": []}})
}

# `check where`, for each violation.
found(changes) := {sprintf("%s %s", [v.check, v.where]) | some v in violations_of(changes)}

severities(changes) := {v.severity | some v in violations_of(changes)}

with_change(object_, key, value) := object.union(object.remove(object_, [key]), {key: value})

test_a_sound_pack_gives_nothing if found({}) == set()

test_a_pointer_escapes_its_parts if checks.pointer(["a/b", "c~d"]) == "#/a~1b/c~0d"
