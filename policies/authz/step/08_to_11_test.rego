package authz.step_test

import data.authz_test as t

property(key, new) := t.value(concat("", ["/resource/properties/", key]), new)

person(changes) := t.value("/resource/properties/data_subject", object.union({"id": "inwoner-1", "relation": "client"}, changes))

test_what_closes_the_file_itself if {
	t.code([property("received_under_pet", "toeleider")]) == "RECEIVED_UNDER_OTHER_PET"
	t.answer([property("received_under_pet", "consulent")]).decision
	t.code([property("in_confidence", true)]) == "SECRECY"
	t.code([property("in_confidence", "ja")]) == "SECRECY"
	t.code([t.value("/context/in_confidence", true)]) == "SECRECY"
	t.answer([property("in_confidence", false)]).decision
	t.code([t.gone("/subject/properties/secrecy")]) == "SECRECY_MISSING"
	t.code([t.value("/subject/properties/secrecy", "geen")]) == "SECRECY_MISSING"
	t.answer([t.gone("/subject/properties/secrecy"), t.level("dat")]).decision
	"ask_lower_level" in offered([t.gone("/subject/properties/secrecy")])
}

test_adults_are_kept_apart if {
	every relation_kind in ["partner", "meerderjarig_gezinslid", "ouder_met_gezag", "derde"] {
		t.code([person({"relation": relation_kind})]) == "ADULT_FAMILY_MEMBER"
	}
	t.code([person({"relation": "minderjarig_kind", "birth_date": "2008-09-15"})]) == "ADULT_FAMILY_MEMBER"
	t.answer([person({"relation": "minderjarig_kind", "birth_date": "2008-09-16"})]).decision
	t.code([person({"relation": null})]) == "ADULT_FAMILY_MEMBER"
	t.code([relation({"kind": "eigen_caseload", "person_relation": "partner"})]) == "ADULT_FAMILY_MEMBER"
	t.code([relation({"kind": "eigen_caseload", "person_relation": 7})]) == "ADULT_FAMILY_MEMBER"
	t.answer([person({"relation": "partner", "adult": true}), relation({"kind": "eigen_caseload", "person_relation": "client"})]).decision
	"separate_family_members" in {duty.id | some duty in t.answer([person({"relation": "partner"})]).context.obligations}
}

test_an_adult_relative_may_consent if {
	partner := [t.domain("participatie"), person({"relation": "partner", "adult": true})]
	t.answer(array.concat(partner, [t.fact("consents", [t.consent({})])])).decision
	t.code(array.concat(partner, [t.fact("consents", [t.consent({"given_by": "inwoner-9"})])])) == "ADULT_FAMILY_MEMBER"
}

test_sensitive_is_that_it_exists if {
	t.code([t.domain("justitie"), t.level("dat")]) == "DAT_GEVOELIG"
	t.code([t.domain("veilig_thuis"), t.level("dat")]) == "DAT_GEVOELIG"
}

test_what_has_ended if {
	in_force([property("active", false)]) == "NOT_ACTIVE"
	in_force([property("active", null)]) == "NOT_ACTIVE"
	in_force([t.gone("/resource/properties/active")]) == "OK"
	in_force([property("active", false), t.domain("oov.woonoverlast")]) == "OK"
	t.answer([property("active", false)]).decision
}

objection(changes) := t.fact("objections", [object.union({"made_at": "2026-09-10T00:00:00.000Z"}, changes)])

test_an_objection if {
	in_force([objection({})]) == "OBJECTION"
	in_force([objection({"domain": "schuldhulp"})]) == "OBJECTION"
	in_force([objection({"domain": "schuldhulp.vroegsignalering"})]) == "OBJECTION"
	in_force([objection({"domain": "jeugd"})]) == "OK"
	in_force([objection({"purpose": "AFSTEMMING.HULP"})]) == "OK"
	in_force([objection({"domain": "participatie.werk"}), t.domain("participatie")]) == "OK"
	in_force([objection({"domain": "participatie"}), t.domain("participatie")]) == "OBJECTION"
}

plan := [
	t.purpose("AFSTEMMING.HULP"), t.domain("jeugd"), t.level("dat"),
]

agreed(changes) := t.fact("consents", [t.consent(object.union({"purpose": "AFSTEMMING.HULP", "from_domain": "jeugd", "items": ["actief"]}, changes))])

test_a_later_consent_takes_an_objection_away if {
	t.answer(array.concat(plan, [agreed({})])).decision
	t.code(array.concat(plan, [agreed({}), objection({})])) == "OBJECTION"
	later := agreed({"given_at": "2026-09-12T00:00:00.000Z", "given_on": "2026-09-12"})
	t.answer(array.concat(plan, [later, objection({})])).decision
	t.code(array.concat(plan, [t.value("/context/client_involved", "not_yet"), agreed({})])) == "CLIENT_NOT_INVOLVED"
	"involve_client" in {duty.id | some duty in t.answer(array.concat(plan, [agreed({}), t.gone("/context/client_involved")])).context.obligations}
}

test_a_statute_goes_on_but_says_why if {
	changes := [t.role("schuldhulpverlener"), t.purpose("WGS.HULP.PLAN"), t.domain("participatie.inkomen"), objection({"domain": "participatie"})]
	"record_justification" in {duty.id | some duty in t.answer(changes).context.obligations}
}

test_necessity if {
	t.code([t.domain("leerplicht")]) == "DATA_NOT_NECESSARY"
	t.code([t.names(["behandelplan"])]) == "DATA_NOT_NECESSARY"
	t.answer([t.names(["hulpvraag", "behandelplan"])]).context.fields == ["hulpvraag"]
	t.answer([t.names(["hulpvraag"]), t.level("dat")]).context.fields == ["actief"]
	t.answer([t.names(["actief", "voorziening_klasse"]), t.level("dat")]).context.fields == ["actief", "voorziening_klasse"]
}

question(id) := [
	t.value("/action/name", "ask_question"), t.value("/action/properties/question", id),
	t.role("jeugdconsulent"), t.purpose("JW.TOEGANG.BEPALEN"), t.domain("jeugd"),
]

test_a_targeted_question if {
	t.answer(question("specialist_nodig")).context.fields == ["answer"]
	t.code(question("wat_staat_er_in_het_plan")) == "DATA_NOT_NECESSARY"
	t.code(question("onherroepelijke_sanctie_fraude")) == "DATA_NOT_NECESSARY"
	not "answer" in t.answer(array.concat(question("x"), [t.value("/action/name", "read"), t.level("dat")])).context.fields
}

test_an_adult_relative_consents_to_a_question_by_its_answer if {
	changes := array.concat(question("specialist_nodig"), [person({"relation": "partner", "adult": true})])
	row := t.consent({"purpose": "JW.TOEGANG.BEPALEN", "from_domain": "jeugd", "to_domain": "jeugd"})
	t.code(array.concat(changes, [t.fact("consents", [row])])) == "ADULT_FAMILY_MEMBER"
	t.answer(array.concat(changes, [t.fact("consents", [object.union(row, {"items": ["answer"]})])])).decision
}

test_the_answer_is_no_field_of_a_file if {
	t.code([t.role("schuldhulpverlener"), t.purpose("WGS.WEIGERGROND.TOETS"), t.domain("participatie"), t.level("dat")]) == "DATA_NOT_NECESSARY"
}

test_no_basis if {
	t.code([t.purpose("AFSTEMMING.HULP"), t.domain("leerplicht"), t.level("dat")]) == "NO_LEGAL_BASIS"
	shown := t.fact("consents", [t.consent({"purpose": "AFSTEMMING.HULP", "from_domain": "leerplicht", "items": ["actief"]})])
	t.code([t.purpose("AFSTEMMING.HULP"), t.domain("leerplicht"), t.level("dat"), shown]) == "CONSENT_CANNOT_CREATE_BASIS"
}

test_an_order_of_the_court if {
	gi := [
		t.role("jeugdbeschermer"), t.pet("hulpverlener"), t.purpose("JW.BESCHERMING.UITVOEREN"), t.domain("leerplicht"),
		t.value("/subject/properties/organisation", {"type": "gecertificeerde_instelling"}),
	]
	t.code(gi) == "NO_LEGAL_BASIS"
	t.answer(array.concat(gi, [t.value("/context/order_ref", "beschikking-1")])).context.fields == ["school", "verzuim"]
}

test_only_what_the_college_obtained if {
	changes := [t.role("schuldhulpverlener"), t.purpose("WGS.HULP.PLAN"), t.domain("jeugd")]
	t.answer(changes).decision
	t.answer(array.concat(changes, [holder("gemeente_college")])).decision
	t.code(array.concat(changes, [holder("jeugdhulpaanbieder")])) == "NO_LEGAL_BASIS"
}

test_nobody_writes_in_the_file_of_another_domain if {
	t.answer([t.value("/action/name", "write")]).decision
	t.code([t.value("/action/name", "write"), t.domain("participatie"), t.fact("consents", [t.consent({})])]) == "CONSENT_CANNOT_CREATE_BASIS"
}

test_giving_goes_by_who_receives if {
	giver := [
		t.value("/action/name", "provide"), t.purpose("VT.ONDERZOEK"),
		t.value("/action/properties/recipient", {"type": "veilig_thuis", "domain": "veilig_thuis", "role": "vt_onderzoeker"}),
	]
	t.answer(giver).decision
	t.code(array.concat(giver, [t.value("/action/properties/recipient/role", "klantmanager")])) == "ROLE_PURPOSE_MISMATCH"
	t.code(array.concat(giver, [t.domain("jeugd")])) == "NO_LEGAL_BASIS"
}

test_a_local_decision_opens_dat_in_its_own_profile_only if {
	changes := [t.role("inkomensconsulent"), t.purpose("AFSTEMMING.HULP"), t.level("dat")]
	t.code(changes) == "CONSENT_MISSING"
	decided := t.answer(changes) with data.settings.profile as "PF-PRAKTIJK"
	decided.context.fields == ["actief", "contactpersoon_team", "voorziening_klasse"]
	wat := t.answer(array.concat(changes, [t.level("wat")])) with data.settings.profile as "PF-PRAKTIJK"
	wat.record.reason_code == "LEVEL_ABOVE_CAP"
	"ask_lower_level" in {way.type | some way in wat.context.alternatives}
}

# --- step 11: the bases of the cell, each in its period

with_basis(basis) := found if {
	found := t.code([]) with data.legal_bases as {"WMO.5.1.1.1": basis}
}

test_a_basis_carries_nothing_outside_its_period if {
	with_basis({}) == "OK"
	with_basis({"valid_from": "2026-09-15", "valid_until": "2026-09-15"}) == "OK"
	with_basis({"valid_until": "2026-09-14"}) == "NO_LEGAL_BASIS"
	with_basis({"valid_from": "2026-09-16"}) == "NO_LEGAL_BASIS"
	with_basis({"valid_until": "iets"}) == "NO_LEGAL_BASIS"
}

test_a_basis_that_is_not_registered_carries_nothing if {
	code := t.code([]) with data.legal_bases as {"WMO.5.1.1.4": {}}
	code == "NO_LEGAL_BASIS"
}
