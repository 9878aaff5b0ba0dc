package checks_test

at := "#/authorisation_matrix/participatie/P/wmo_consulent"

cell_found(key, value) := found({"cell": with_change(cell, key, value)})

at_cell(check, rest) := sprintf("%s %s%s", [check, at, rest])

test_a_basis_that_is_not_registered if cell_found("in_basis", ["WMO.9.9"]) == {at_cell("unknown", "/in_basis/0")}

test_a_basis_that_carries_nothing if cell_found("out_basis", ["PW.62"]) == {at_cell("no-basis", "/out_basis/0")}

test_draft_law_carries_nothing if cell_found("in_basis", ["WAMS.ONDERZOEK"]) == {at_cell("not-in-force", "/in_basis/0")}

test_draft_law_may_be_cited_where_the_purpose_waits_for_it if {
	found({"cell": with_change(cell, "in_basis", ["WAMS.ONDERZOEK"]), "purpose": with_change(purpose, "wams", true)}) == set()
}

test_both_sides_need_a_basis if {
	cell_found("out_basis", []) == {at_cell("cell-basis", "")}
	cell_found("in_basis", []) == {at_cell("cell-basis", "")}
}

local := object.union(with_change(cell, "out_basis", []), {"id": "L1", "local_decision": {"dpia": "D", "fg_advice": "F"}})

locally(profile, c) := {"local_decisions": {profile: {"participatie": {"P": {"wmo_consulent": c}}}}}

at_local(profile) := sprintf("#/local_decisions/%s", [profile])

test_a_local_decision_stands_for_the_giving_side_in_a_profile_that_has_them if {
	found(locally("PF-PRAKTIJK", local)) == set()
}

test_a_local_decision_without_the_advice_stands_for_nothing if {
	found(locally("PF-PRAKTIJK", with_change(local, "local_decision", {"dpia": "D"}))) == {sprintf("cell-basis %s/participatie/P/wmo_consulent", [at_local("PF-PRAKTIJK")])}
}

test_a_local_decision_is_worth_nothing_in_a_profile_without_them if {
	found(locally("PF-STRIKT", local)) == {
		sprintf("cell-basis %s/participatie/P/wmo_consulent", [at_local("PF-STRIKT")]),
		sprintf("cell-local-decision %s", [at_local("PF-STRIKT")]),
	}
}

test_a_local_decision_in_a_profile_that_does_not_exist if {
	sprintf("unknown %s", [at_local("PF-RUIM")]) in found(locally("PF-RUIM", local))
}

test_an_invented_reference_shows_on_its_profile if {
	invented := locally("PF-PRAKTIJK", with_change(local, "local_decision", {"dpia": "D", "fg_advice": "F", "example": true}))
	found(invented) == {sprintf("cell-local-decision %s/participatie/P/wmo_consulent", [at_local("PF-PRAKTIJK")])}
	marked := with_change(profiles, "PF-PRAKTIJK", {"local_decisions": true, "example": true})
	found(object.union(invented, {"profiles": marked})) == set()
}

test_an_agreement_that_opens_no_data if {
	asked := {"agreement": {"kinds": ["convenant", "verwerkersovereenkomst"]}}
	cell_found("conditions", asked) == {at_cell("unknown", "/conditions/agreement/kinds/1")}
}

test_an_obligation_that_does_not_exist if cell_found("obligations", ["mask_bns"]) == {at_cell("unknown", "/obligations/0")}

test_a_cell_without_data if {
	cell_found("fields", []) == {at_cell("cell-data-set", "")}
	found({"purpose": with_change(purpose, "fields", {})}) == {at_cell("cell-data-set", "")}
}

test_a_dat_cell_needs_dat_fields if {
	found({
		"cell": with_change(cell, "level", "dat"),
		"purpose": with_change(purpose, "fields", {"participatie": {"dat": [], "wat": {}}}),
	}) == {at_cell("cell-data-set", "")}
}

test_a_field_that_the_domain_does_not_have if cell_found("fields", ["nrom"]) == {at_cell("unknown", "/fields/0")}

test_a_level_above_the_cap if {
	found({"purpose": with_change(purpose, "level_cap", "dat")}) == {at_cell("cell-level", "/level")}
}

test_a_level_above_the_cap_of_the_role if {
	found({"roles": {"wmo_consulent": with_change(role, "level_cap", "dat")}}) == {at_cell("cell-level", "/level")}
}

test_a_role_that_gives_for_the_purpose if {
	other := object.union(with_change(purpose, "roles", []), {"givers": {"roles": ["wmo_consulent"], "pets": ["consulent"]}})
	found({"purpose": other}) == set()
}

test_a_role_without_the_purpose if found({"purpose": with_change(purpose, "roles", [])}) == {at_cell("cell-role", "")}

test_a_role_that_does_not_exist if {
	found({"roles": {}}) == {at_cell("unknown", ""), "unknown #/purposes/P/roles/0"}
}

test_a_review_date_that_is_past_only_warns if {
	overdue := {"cell": with_change(cell, "review_date", "2026-09-14")}
	found(overdue) == {at_cell("review-date", "")}
	severities(overdue) == {"warning"}
}
