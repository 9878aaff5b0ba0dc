package authz.step_test

import data.authz_test as t

relation(row) := t.value("/facts/case_relation", row)

test_relations_that_suffice if {
	t.answer([relation({"kind": "eigen_caseload"})]).decision
	t.answer([relation({"kind": "waarneming", "since": "2026-09-01", "until": "2026-09-15"})]).decision
	t.answer([relation({"kind": "team_caseload", "domain": "wmo"}), t.level("dat")]).decision
	t.answer([relation({"kind": "meelezer_overleg", "overleg_id": "o1"}), t.value("/context/overleg", {"id": "o1"})]).decision
}

test_relations_that_do_not if {
	every row in [
		null, [], "eigen_caseload", {},
		{"kind": "geen"}, {"kind": "voormalig"}, {"kind": "x"}, {"kind": ["eigen_caseload"]},
		{"kind": "waarneming"}, {"kind": "waarneming", "until": null}, {"kind": "waarneming", "until": "2026-09-14"},
		{"kind": "waarneming", "since": "2026-09-16", "until": "2026-12-31"},
		{"kind": "eigen_caseload", "until": "iets"}, {"kind": "eigen_caseload", "since": " "}, {"kind": "eigen_caseload", "until": "2026-09-14"}, {"kind": "eigen_caseload", "since": 1},
		{"kind": "team_caseload", "domain": "wmo"},
		{"kind": "meelezer_overleg", "overleg_id": "o1"},
	] {
		decided := t.answer([relation(row)])
		decided.record.reason_code == "NO_CASE_RELATION"
		decided.context == t.answer([t.no_relation]).context
	}
}

test_the_team_sees_dat_in_its_own_domain_only if {
	t.code([relation({"kind": "team_caseload", "domain": "jeugd"}), t.level("dat")]) == "NO_CASE_RELATION"
}

# INVARIANT: without a relation nothing about the resident or the file changes a byte.
test_nothing_leaks if {
	plain := t.answer([t.no_relation]).context
	every changes in [
		[t.fact("objections", [{"made_at": "2026-09-01T00:00:00.000Z"}])],
		[t.fact("consents", [t.consent({})]), t.fact("notices", [{"kind": "pet_notice"}])],
		[t.fact("guardianship", [{"person": "inwoner-2", "kind": "curator", "gezag": true}])],
		[t.value("/resource/properties/active", false), t.value("/resource/properties/in_confidence", true)],
		[t.value("/resource/properties/received_under_pet", "toeleider"), t.value("/resource/properties/data_subject/adult", false)],
	] {
		t.answer(array.concat([t.no_relation], changes)).context == plain
	}
}

early_signal := [
	t.role("vroegsignaleerder"), t.purpose("WGS.VROEGSIGNALERING"), t.domain("schuldhulp.vroegsignalering"), t.level("dat"), t.no_relation,
	t.value("/context/overleg", {"id": "o1", "name": "Maandoverleg"}),
	t.fact("agreements", [pact({})]),
]

pact(changes) := object.union(
	{
		"id": "convenant-1", "kind": "convenant", "parties": ["00000001003214345000", "00000003111112340000"], "domains": ["schuldhulp"],
		"max_level": "dat", "overleg": "Maandoverleg", "valid_from": "2026-01-01", "valid_until": "2026-12-31",
	},
	changes,
)

test_a_purpose_that_asks_no_relation_reads_nothing_about_the_resident if {
	plain := t.answer(early_signal)
	plain.decision
	objection := t.fact("objections", [{"made_at": "2026-09-01T00:00:00.000Z"}])
	t.answer(array.concat(early_signal, [objection, t.fact("consents", [t.consent({})])])).context == plain.context
}

test_what_the_application_says_of_the_file_closes_it_there_too if {
	every told in [t.value("/resource/properties/in_confidence", true), t.value("/resource/properties/received_under_pet", "toeleider")] {
		t.outward(array.concat(early_signal, [told])) == "GEEN_TOEGANG"
	}
}

vt := [
	t.role("vt_onderzoeker"), t.pet("hulpverlener"), t.purpose("VT.ONDERZOEK"), t.no_relation,
	t.value("/subject/properties/organisation", {"type": "veilig_thuis", "oin": "00000003777712340000"}),
]

test_veilig_thuis_asks_with_a_case_of_its_own_and_others_give_without if {
	t.code(array.concat(vt, [t.domain("jeugd")])) == "NO_CASE_RELATION"
	t.answer(array.concat(vt, [t.domain("jeugd"), relation({"kind": "eigen_caseload", "domain": "veilig_thuis"})])).decision
	t.answer([
		t.no_relation, t.purpose("VT.ONDERZOEK"), t.value("/action/name", "provide"),
		t.value("/action/properties/recipient", {"type": "veilig_thuis", "domain": "veilig_thuis", "role": "vt_onderzoeker"}),
	]).decision
}

resident(id) := [
	t.role("betrokkene"), t.pet("betrokkene"), t.purpose("AVG.INZAGE"), t.gone("/subject/properties/organisation"),
	t.value("/subject/type", "betrokkene"), t.value("/subject/id", id), t.value("/resource/type", "decision_log"),
	t.no_relation,
]

child(birth_date) := t.value("/resource/properties/data_subject", {"id": "inwoner-1", "relation": "client", "birth_date": birth_date})

parent := t.fact("guardianship", [{"person": "inwoner-2", "relation": "ouder_met_gezag", "gezag": true}])

test_a_resident_sees_the_own_log if {
	t.answer(resident("inwoner-1")).decision
	t.outward(resident("inwoner-9")) == "GEEN_TOEGANG"
	t.code(array.concat(resident("inwoner-1"), [child("2016-09-16")])) == "NO_CASE_RELATION"
	t.answer(array.concat(resident("inwoner-2"), [child("2010-09-16"), parent])).decision
	t.code(array.concat(resident("inwoner-2"), [child("2010-09-15"), parent])) == "NO_CASE_RELATION"
	t.code(array.concat(resident("inwoner-1"), [t.value("/subject/type", "medewerker")])) == "NO_CASE_RELATION"
}

test_a_curator_asks_for_who_cannot if {
	curator := t.fact("guardianship", [{"person": "inwoner-2", "kind": "curator", "gezag": true}])
	t.answer(array.concat(resident("inwoner-2"), [curator])).decision
	t.code(array.concat(resident("inwoner-1"), [curator])) == "NO_CASE_RELATION"
}

without(key) := t.value("/context/break_glass", object.remove(break_glass, [key]))

break_glass := [change.value | some change in conflict; change.path == "/context/break_glass"][0]

broken(changes) := object.union(break_glass, changes)

test_the_five_questions if {
	t.answer(conflict).context.fields == ["inkomen"]
	every key in ["q1", "q2", "q3", "q4", "q5", "consulted_colleague", "category"] {
		t.code(array.concat(conflict, [without(key)])) == "JUSTIFICATION_INCOMPLETE"
	}
	t.code(array.concat(conflict, [t.value("/context/break_glass", broken({"q3": " \u00a0\u200b"}))])) == "JUSTIFICATION_INCOMPLETE"
	t.code(array.concat(conflict, [t.value("/context/break_glass", broken({"consulted_colleague": "medewerker-1"}))])) == "JUSTIFICATION_INCOMPLETE"
	t.code(array.concat(conflict, [t.names([])])) == "JUSTIFICATION_INCOMPLETE"
	t.code(array.concat(conflict, [without("safety_risk")])) == "NO_SAFETY_GROUND"
	t.code(array.concat(conflict, [without("teamhoofd_ack")])) == "TEAMHOOFD_ACK_MISSING"
	t.code(array.concat(conflict, [t.value("/context/break_glass", broken({"teamhoofd_ack": "medewerker-1"}))])) == "TEAMHOOFD_ACK_MISSING"
	t.code(array.concat(conflict, [t.fact("staff", [{"id": "medewerker-3", "role": "klantmanager"}])])) == "TEAMHOOFD_ACK_MISSING"
	t.code(array.concat(conflict, [t.gone("/subject/properties/secrecy")])) == "SECRECY_MISSING"
	t.code(array.concat(conflict, [t.names(["behandelplan"])])) == "DATA_NOT_NECESSARY"
}

test_who_is_not_known_confirms_in_person if {
	known := t.fact("staff", [{"id": "medewerker-2", "role": "klantmanager"}, {"id": "medewerker-3", "role": "teamhoofd"}])
	"confirm_by_named_person" in {duty.id | some duty in t.answer(conflict).context.obligations}
	not_asked := {duty.id | some duty in t.answer(array.concat(conflict, [known])).context.obligations}
	not "confirm_by_named_person" in not_asked
}

test_the_escape if {
	light := t.value("/context/break_glass", broken({"category": "client_veiligheid"}))
	t.answer(array.concat(conflict, [t.no_relation, light])).decision
	no_ack := t.value("/context/break_glass", object.remove(broken({"category": "client_veiligheid"}), ["teamhoofd_ack"]))
	t.answer(array.concat(conflict, [no_ack])).decision
	t.code(array.concat(conflict, [t.no_relation, no_ack])) == "TEAMHOOFD_ACK_MISSING"
	t.outward(array.concat(conflict, [t.no_relation, t.role("klantmanager")])) == "GEEN_TOEGANG"
}

offered(changes) := {way.type | some way in t.answer(changes).context.alternatives}

test_the_road_is_offered_only_where_it_lies_open if {
	"conflict_van_plichten" in offered([t.domain("participatie")])
	not "conflict_van_plichten" in offered([t.domain("politie")])
	"conflict_van_plichten" in offered([t.no_relation])
	klantmanager := [t.no_relation, t.role("klantmanager"), t.purpose("PW.WERK.REINTEGRATIE"), t.domain("participatie.werk")]
	not "conflict_van_plichten" in offered(klantmanager)
}

test_danger_is_no_ground_to_write_or_to_ask_what_nobody_prepared if {
	t.code(array.concat(conflict, [t.value("/action/name", "write")])) == "DATA_NOT_NECESSARY"
	t.code(array.concat(conflict, [t.value("/action/name", "ask_question")])) == "DATA_NOT_NECESSARY"
}

test_a_domain_that_no_college_holds_says_so_to_everybody if {
	t.outward(array.concat(conflict, [t.domain("zorg_zvw"), t.no_relation])) == "HOLDER_DECIDES"
}

test_a_child_of_unknown_age_does_not_ask_for_itself if {
	t.code(array.concat(resident("inwoner-1"), [t.value("/resource/properties/data_subject/adult", false)])) == "NO_CASE_RELATION"
}

test_content_asked_and_only_that_it_is_there_granted if {
	t.answer(array.concat(conflict, [t.level("dat")])).context.fields == ["actief"]
	t.answer(array.concat(conflict, [t.level("dat"), t.names(["contactpersoon_team"])])).context.fields == ["contactpersoon_team"]
}
