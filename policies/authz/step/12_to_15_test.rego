package authz.step_test

import data.authz_test as t

signal(row, changes) := t.code(array.concat(array.concat(early_signal, [t.fact("agreements", [row])]), changes))

test_an_agreement if {
	signal(pact({}), []) == "OK"
	signal(pact({"kind": "verwerkersovereenkomst"}), []) == "AGREEMENT_MISSING"
	signal(pact({"parties": ["00000003111112340000"]}), []) == "AGREEMENT_MISSING"
	signal(pact({"domains": ["wonen"]}), []) == "AGREEMENT_MISSING"
	signal(pact({}), [property("holder", {"type": "zorgverzekeraar", "oin": "00000003000000000000"})]) == "AGREEMENT_MISSING"
	signal(pact({}), [property("holder", {"type": "zorgverzekeraar", "oin": "00000003111112340000"})]) == "OK"
	signal(pact({"valid_until": "2026-09-14"}), []) == "AGREEMENT_EXPIRED"
	signal(pact({"valid_until": null}), []) == "AGREEMENT_EXPIRED"
	signal(pact({"valid_from": "2026-09-16"}), []) == "AGREEMENT_EXPIRED"
	signal(pact({}), [t.gone("/context/overleg")]) == "NOT_IN_NAMED_MEETING"
	signal(pact({}), [t.value("/context/overleg", {"name": "Maandoverleg"})]) == "NOT_IN_NAMED_MEETING"
	signal(pact({}), [t.value("/context/overleg", {"id": "o1", "name": "Ander overleg"})]) == "NOT_IN_NAMED_MEETING"
	signal(object.remove(pact({}), ["overleg"]), []) == "NOT_IN_NAMED_MEETING"
	signal(pact({}), [t.level("wat")]) == "LEVEL_ABOVE_CAP"
	signal(pact({"max_level": "wat"}), [t.level("wat")]) == "OK"
	signal(pact({"max_level": 2}), []) == "LEVEL_ABOVE_CAP"
}

test_the_record_names_what_it_rests_on if {
	t.answer(early_signal).record.agreements == ["convenant-1"]
	t.answer([t.domain("participatie"), t.fact("consents", [t.consent({})])]).record.consents == ["toestemming-1"]
}

test_a_training_that_has_run_out_leaves_dat if {
	changes := [t.role("toeleider"), t.pet("toeleider"), t.purpose("TOELEIDING.TRIAGE"), at_notice, t.domain("schuldhulp")]
	over := t.value("/subject/properties/training_valid_until", "2026-09-14")
	dat := t.code(array.concat(changes, [t.level("dat"), over])) with data.settings.wams_in_force as true
	dat == "OK"
	wat := t.code(array.concat(changes, [over])) with data.settings.wams_in_force as true
	wat == "LEVEL_ABOVE_CAP"
}

consented(changes) := t.code([t.domain("participatie"), t.fact("consents", [t.consent(changes)])])

test_consent if {
	t.code([t.domain("participatie")]) == "CONSENT_MISSING"
	consented({}) == "OK"
	consented({"kind": "geen_bezwaar_mondeling"}) == "CONSENT_MISSING"
	consented({"kind": "algemene_voorwaarden"}) == "CONSENT_MISSING"
	consented({"withdrawn_at": "2026-09-02T00:00:00.000Z"}) == "CONSENT_WITHDRAWN"
	consented({"valid_until": "2026-09-14"}) == "CONSENT_EXPIRED"
	consented({"valid_until": "2026-09-15"}) == "OK"
	consented({"valid_until": "iets"}) == "CONSENT_EXPIRED"
	consented({"given_at": "2026-09-16T00:00:00.000Z"}) == "CONSENT_EXPIRED"
	consented({"given_at": 1}) == "CONSENT_EXPIRED"
	consented({"given_by": "inwoner-2"}) == "CONSENT_WRONG_PERSON"
	consented({"purpose": null}) == "CONSENT_NOT_SPECIFIC"
	consented({"to_domain": null}) == "CONSENT_NOT_SPECIFIC"
	consented({"items": []}) == "CONSENT_NOT_SPECIFIC"
	consented({"items": "uitkering"}) == "CONSENT_NOT_SPECIFIC"
	consented({"purpose": "PW.INK.RECHT"}) == "CONSENT_SCOPE"
	consented({"to_domain": "jeugd"}) == "CONSENT_SCOPE"
	consented({"to_domain": null, "to_role": "wmo_consulent"}) == "OK"
	consented({"from_domain": "participatie.inkomen"}) == "OK"
	consented({"from_domain": "schuldhulp"}) == "CONSENT_SCOPE"
	consented({"items": ["schulden"]}) == "CONSENT_SCOPE"
}

test_a_part_does_not_cover_the_whole if {
	t.code([t.domain("participatie.werk"), t.fact("consents", [t.consent({"from_domain": "participatie.inkomen"})])]) == "CONSENT_SCOPE"
}

test_of_several_the_one_that_came_furthest_names_the_reason if {
	t.code([t.domain("participatie"), t.fact("consents", [t.consent({"withdrawn_at": "x"}), t.consent({"items": []}), t.consent({"given_by": "x"})])]) == "CONSENT_NOT_SPECIFIC"
	t.answer([t.domain("participatie"), t.fact("consents", [t.consent({"withdrawn_at": "x"}), t.consent({"items": ["reintegratietraject"]})])]).context.fields == ["reintegratietraject"]
}

test_consent_to_content_shows_that_it_is_there_and_no_more if {
	t.answer([t.domain("participatie"), t.level("dat"), t.fact("consents", [t.consent({})])]).context.fields == ["actief"]
	t.answer([t.domain("participatie"), t.level("dat"), t.fact("consents", [t.consent({"items": ["contactpersoon_team"]})])]).context.fields == ["contactpersoon_team"]
	t.code([t.domain("participatie"), t.fact("consents", [t.consent({"items": ["actief"]})])]) == "CONSENT_SCOPE"
}

# Who decides: under twelve a parent with gezag then and now; from twelve and capable oneself.
young(birth_date, given_by, guardians) := t.code([
	t.domain("participatie"), person({"birth_date": birth_date}),
	t.fact("consents", [t.consent({"given_by": given_by})]), t.fact("guardianship", guardians),
])

with_gezag(changes) := [object.union({"person": "inwoner-2", "relation": "ouder_met_gezag", "gezag": true, "since": "2014-09-16"}, changes)]

test_who_decides_by_age if {
	young("2014-09-16", "inwoner-2", with_gezag({})) == "OK"
	young("2014-09-16", "inwoner-1", with_gezag({})) == "CONSENT_WRONG_PERSON"
	young("2014-09-15", "inwoner-2", with_gezag({})) == "CONSENT_WRONG_PERSON"
	young("2014-09-15", "inwoner-1", with_gezag({})) == "OK"
	young("2014-09-16", "inwoner-2", with_gezag({"gezag": false})) == "CONSENT_WRONG_PERSON"
	young("2014-09-16", "inwoner-2", with_gezag({"since": "2026-09-02"})) == "CONSENT_WRONG_PERSON"
	young("2014-09-16", "inwoner-2", with_gezag({"until": "2026-09-14"})) == "CONSENT_WRONG_PERSON"
}

test_an_age_that_cannot_be_read_opens_nothing if {
	every unreadable in ["onbekend", "", "0000-01-01", null, 7, ["1980-01-01"]] {
		young(unreadable, "inwoner-1", []) == "CONSENT_WRONG_PERSON"
		young(unreadable, "inwoner-1", with_gezag({})) == "CONSENT_WRONG_PERSON"
		young(unreadable, "inwoner-2", with_gezag({})) == "CONSENT_WRONG_PERSON"
	}
	every wrong in [false, null, "ja", 1] {
		ageless({"adult": wrong}, "inwoner-1", []) == "CONSENT_WRONG_PERSON"
	}
}

# Of whose age nothing is said.
ageless(changes, given_by, more) := t.code(array.concat(
	[
		t.domain("participatie"), person(changes),
		t.fact("consents", [t.consent({"given_by": given_by})]),
	],
	more,
))

test_of_whose_age_nothing_is_said_the_own_consent_counts if {
	ageless({}, "inwoner-1", []) == "OK"
	ageless({}, "inwoner-2", []) == "CONSENT_WRONG_PERSON"
}

test_a_sign_of_a_child_needs_an_age if {
	ageless({"relation": "minderjarig_kind"}, "inwoner-1", []) == "CONSENT_WRONG_PERSON"
	ageless({}, "inwoner-1", [t.value("/facts/case_relation/person_relation", "minderjarig_kind")]) == "CONSENT_WRONG_PERSON"
	ageless({}, "inwoner-1", [t.value("/facts/case_relation/domain", "jeugd")]) == "CONSENT_WRONG_PERSON"
	own := t.consent({"from_domain": "jeugd", "items": ["gezinsplan.afspraken"]})
	ageless({}, "inwoner-1", [t.domain("jeugd"), t.fact("consents", [own])]) == "CONSENT_WRONG_PERSON"
	ageless({"birth_date": "2014-09-15"}, "inwoner-1", [t.domain("jeugd"), t.fact("consents", [own])]) == "OK"
}

test_gezag_tells_of_a_child_until_it_has_ended if {
	every guardians in [with_gezag({}), with_gezag({"until": "iets"})] {
		ageless({}, "inwoner-1", [t.fact("guardianship", guardians)]) == "CONSENT_WRONG_PERSON"
		ageless({}, "inwoner-2", [t.fact("guardianship", guardians)]) == "CONSENT_WRONG_PERSON"
	}
	ageless({}, "inwoner-1", [t.fact("guardianship", with_gezag({"until": "2026-09-14"}))]) == "OK"
	ageless({}, "inwoner-1", [t.fact("guardianship", with_gezag({"gezag": false}))]) == "OK"
}

test_the_incapable if {
	curator := [{"person": "inwoner-2", "kind": "curator", "gezag": true}]
	young("1950-01-01", "inwoner-1", curator) == "CONSENT_WRONG_PERSON"
	young("1950-01-01", "inwoner-2", curator) == "OK"
	young("1950-01-01", "inwoner-1", [{"person": "inwoner-2", "kind": "curator", "gezag": true, "until": "2026-09-14"}]) == "OK"
	young("1950-01-01", "inwoner-1", [{"person": "inwoner-2", "kind": "curator", "gezag": true, "since": "2026-09-16"}]) == "OK"
}

test_the_period_of_a_curator_that_cannot_be_read_closes_both_ways if {
	every unreadable in ["iets", 7, ["2026-01-01"]] {
		young("1950-01-01", "inwoner-1", [{"person": "inwoner-2", "kind": "curator", "gezag": true, "until": unreadable}]) == "CONSENT_WRONG_PERSON"
		young("1950-01-01", "inwoner-2", [{"person": "inwoner-2", "kind": "curator", "gezag": true, "until": unreadable}]) == "CONSENT_WRONG_PERSON"
	}
}

test_a_declaration_of_no_objection_counts_where_a_law_names_it if {
	changes := [t.role("jeugdconsulent"), t.purpose("JW.TOEGANG.BEPALEN"), t.domain("participatie")]
	written := t.consent({"kind": "geen_bezwaar_schriftelijk", "purpose": "JW.TOEGANG.BEPALEN", "to_domain": "jeugd"})
	t.answer(array.concat(changes, [t.fact("consents", [written])])).decision
	t.code([t.domain("jeugd"), t.fact("consents", [t.consent({"kind": "geen_bezwaar_schriftelijk", "from_domain": "jeugd"})])]) == "CONSENT_MISSING"
}

test_no_objection_does_not_count_where_either_law_asks_explicit_consent if {
	declared := t.fact("consents", [t.consent({"kind": "geen_bezwaar_schriftelijk"})])
	explicit := t.fact("consents", [t.consent({})])
	t.code([t.domain("participatie"), explicit]) == "OK"
	t.code([t.domain("participatie"), declared]) == "CONSENT_MISSING"
}

test_special_data_ask_which_decision_is_at_hand if {
	changes := [
		t.role("jeugdhulpverlener"), t.pet("hulpverlener"), t.purpose("JW.HULP.VERLENEN"), t.domain("jeugd"),
		t.value("/subject/properties/organisation", {"type": "jeugdhulpaanbieder"}),
	]
	t.answer(changes).decision
	t.code(array.concat(changes, [t.gone("/context/decision_at_hand")])) == "AFWEGING_MISSING"
	t.answer(array.concat(changes, [t.gone("/context/decision_at_hand"), t.names(["hulpvraag"])])).decision
}

test_a_part_that_is_closed_takes_its_fields_away if {
	only_income := t.fact("consents", [t.consent({"from_domain": "participatie.inkomen", "items": ["uitkering", "reintegratietraject"]})])
	t.answer([t.domain("participatie"), only_income]).context.fields == ["uitkering_soort"]
}
