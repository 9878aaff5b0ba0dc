package checks_test

import rego.v1

import data.checks

cell := {
	"id": "C1",
	"level": "wat",
	"out_basis": ["PW.65"],
	"in_basis": ["WMO.5.1.1.4"],
	"review_date": "2027-01-01",
}

bases := {
	"PW.65": {"in_force": true},
	"WMO.5.1.1.4": {"in_force": true},
	"PW.62": {"in_force": true, "not_a_basis": "Gaat over verhaal."},
	"WAMS.ONDERZOEK": {"in_force": false},
}

purpose := {
	"status": "vastgesteld",
	"level_cap": "wat",
	"roles": ["wmo_consulent"],
	"fields": {"participatie.inkomen": {"dat": ["actief"], "wat": {"uitkering": ["norm"]}}},
	"legal_basis": ["WMO.5.1.1.4"],
	"review_date": "2027-01-01",
}

domains := {
	"participatie": {"dat": [], "categories": {}},
	"participatie.inkomen": {"dat": ["actief"], "categories": {"uitkering": {"fields": ["norm", "bedrag"]}}},
}

# The violations with this cell and this purpose in an otherwise sound pack.
violations_of(c, p) := violations if {
	violations := checks.violations with input as {"today": "2026-09-15", "modules": []}
		with data.authorisation_matrix as {"participatie": {"P": {"wmo_consulent": c}}}
		with data.purposes as {"P": p}
		with data.domains as domains
		with data.roles as {"wmo_consulent": {}}
		with data.legal_bases as bases
		with data.profiles as {"PF-STRIKT": {"local_decisions": false}, "PF-PRAKTIJK": {"local_decisions": true}}
		with data.settings as {"profile": "PF-STRIKT"}
		with data.reasons as {}
		with data.questions as {}
		with data.consent_kinds as {}
}

found(c, p) := {sprintf("%s %s", [v.check, v.where]) | some v in violations_of(c, p)}

at := "/authorisation_matrix/participatie/P/wmo_consulent"

test_a_sound_cell_gives_nothing if found(cell, purpose) == set()

test_a_basis_that_is_not_registered if {
	some v in found(object.union(cell, {"in_basis": ["WMO.9.9"]}), purpose)
	v == concat("", ["unknown ", at, "/in_basis/0"])
}

test_a_basis_that_carries_nothing if {
	concat("", ["no-basis ", at, "/out_basis/0"]) in found(object.union(cell, {"out_basis": ["PW.62"]}), purpose)
}

test_draft_law_carries_nothing if {
	concat("", ["not-in-force ", at, "/in_basis/0"]) in found(object.union(cell, {"in_basis": ["WAMS.ONDERZOEK"]}), purpose)
}

test_draft_law_may_be_cited_where_the_purpose_waits_for_it if {
	found(object.union(cell, {"in_basis": ["WAMS.ONDERZOEK"]}), object.union(purpose, {"wams": true})) == set()
}

test_both_sides_need_a_basis if {
	concat("", ["cell-basis ", at]) in found(object.union(cell, {"out_basis": []}), purpose)
	concat("", ["cell-basis ", at]) in found(object.union(cell, {"in_basis": []}), purpose)
}

local := object.union(cell, {"out_basis": [], "local_decision": {"dpia": "D", "fg_advice": "F"}})

test_a_local_decision_stands_for_the_giving_side_in_a_profile_that_has_them if {
	found(object.union(local, {"profiles": ["PF-PRAKTIJK"]}), purpose) == set()
}

test_a_local_decision_is_worth_nothing_elsewhere if {
	wrong := {concat("", ["cell-basis ", at]), concat("", ["cell-local-decision ", at])}
	found(object.union(local, {"profiles": ["PF-STRIKT", "PF-PRAKTIJK"]}), purpose) == wrong
	found(local, purpose) == wrong
}

test_a_cell_without_data if {
	concat("", ["cell-data-set ", at]) in found(cell, object.union(object.remove(purpose, ["fields"]), {"fields": {}}))
	concat("", ["cell-data-set ", at]) in found(object.union(cell, {"fields": []}), purpose)
}

test_a_field_that_the_domain_does_not_have if {
	concat("", ["unknown ", at, "/fields/0"]) in found(object.union(cell, {"fields": ["nrom"]}), purpose)
	"unknown /purposes/P/fields/participatie.inkomen/wat/uitkering/0" in found(cell, object.union(purpose, {"fields": {"participatie.inkomen": {"dat": [], "wat": {"uitkering": ["nrom"]}}}}))
}

test_a_level_above_the_cap if {
	concat("", ["cell-level ", at, "/level"]) in found(cell, object.union(purpose, {"level_cap": "dat"}))
}

test_a_role_without_the_purpose if {
	concat("", ["cell-role ", at]) in found(cell, object.union(purpose, {"roles": []}))
}

test_a_review_date_that_is_past_only_warns if {
	overdue := object.union(cell, {"review_date": "2026-09-14"})
	found(overdue, purpose) == {concat("", ["review-date ", at])}
	{v.severity | some v in violations_of(overdue, purpose)} == {"warning"}
}

test_a_pointer_escapes_its_parts if checks.pointer(["a/b", "c~d"]) == "/a~1b/c~0d"
