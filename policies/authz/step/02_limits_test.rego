package authz.step_test

import data.authz_test as t

action(name) := t.value("/action/name", name)

test_no_lists_of_content if {
	t.code([action("list")]) == "BULK_NOT_ALLOWED"
	t.code([action("list"), t.level("dat"), t.gone("/resource/properties/data_subject")]) == "BULK_NOT_ALLOWED"
	t.code([action("export"), t.level("dat")]) == "BULK_NOT_ALLOWED"
}

test_a_row_of_a_list_is_asked_for_dat if t.answer([action("list"), t.level("dat")]).context.granted_level == "dat"

test_prevention_needs_no_person if t.code([t.purpose("PREVENTIE.OVERLAST")]) == "USE_AGGREGATE"

municipality(code) := t.value("/resource/properties/municipality", code)

test_another_municipality if {
	t.code([municipality("0518")]) == "WRONG_MUNICIPALITY"
	t.code([municipality(null)]) == "WRONG_MUNICIPALITY"
	t.code([t.gone("/subject/properties/organisation/municipality")]) == "WRONG_MUNICIPALITY"
}

test_a_caller_speaks_for_its_own_organisation if {
	t.code([t.value("/caller/organisation", "00000009999999999000")]) == "WRONG_MUNICIPALITY"
	t.answer([t.value("/caller/organisation", t.college.oin)]).decision
}

test_what_was_told_to_helpers_is_not_for_enforcement if {
	t.code([t.role("inkomensconsulent"), t.pet("handhaver"), t.purpose("PW.HANDHAVING"), t.names(["overlegnotities"])]) == "INCOMPATIBLE_PURPOSE"
}

test_no_testing_on_real_files if {
	t.code([t.role("applicatiebeheerder"), t.pet("beheerder"), t.purpose("TEST")]) == "INCOMPATIBLE_PURPOSE"
}

conflict := [
	t.purpose("CONFLICT_VAN_PLICHTEN"), t.names(["inkomen"]), t.domain("participatie"),
	t.value("/context/break_glass", {
		"q1": "a", "q2": "b", "q3": "c", "q4": "d", "q5": "e",
		"consulted_colleague": "medewerker-2", "category": "kind_veiligheid", "teamhoofd_ack": "medewerker-3", "safety_risk": "gevaar",
	}),
]

holder(type) := t.value("/resource/properties/holder", {"type": type})

test_police_data_are_never_opened_by_a_conflict_of_duties if {
	t.outward(array.concat(conflict, [t.domain("politie")])) == "HOLDER_DECIDES"
	t.outward(array.concat(conflict, [t.domain("politie"), t.no_relation])) == "HOLDER_DECIDES"
	t.outward(array.concat(conflict, [holder("jeugdhulpaanbieder")])) == "HOLDER_DECIDES"
}

test_without_a_relation_the_holder_tells_nothing if {
	changes := array.concat(conflict, [t.no_relation, t.role("klantmanager")])
	plain := t.answer(changes)
	held := t.answer(array.concat(changes, [holder("jeugdhulpaanbieder")]))
	held.record.reason_code == "HOLDER_DECIDES"
	held.context == plain.context
}

test_a_log_that_names_no_municipality if {
	t.answer([
		t.role("fg"), t.pet("auditor"), t.purpose("AVG.TOEZICHT"),
		t.value("/resource", {"type": "decision_log", "id": "log", "properties": {}}),
	]).decision
}
