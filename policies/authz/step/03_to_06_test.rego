package authz.step_test

import data.authz_test as t

test_a_feed_that_is_too_old if {
	t.code([t.value("/facts/feeds/case_relation/stale", true)]) == "STALE_ATTRIBUTES"
	t.code([t.gone("/facts/feeds/case_relation")]) == "STALE_ATTRIBUTES"
	t.code([t.value("/facts/feeds/case_relation/stale", "nee")]) == "STALE_ATTRIBUTES"
	t.answer([t.value("/facts/feeds/staff/stale", true)]).decision
}

gr := t.value("/subject/properties/organisation", {"oin": "00000004123456789000", "type": "gr"})

mandate(changes) := t.fact("mandates", [object.union(
	{"organisation": "00000004123456789000", "municipality": "0363", "laws": ["BWBR0035362"], "valid_from": "2026-01-01", "valid_until": "2026-09-15"},
	changes,
)])

test_a_mandate if {
	t.answer([gr, mandate({})]).decision
	t.code([gr]) == "NO_MANDATE"
	t.code([gr, mandate({"laws": ["BWBR0015703"]})]) == "NO_MANDATE"
	t.code([gr, mandate({"municipality": "0518"})]) == "NO_MANDATE"
	t.code([gr, mandate({"valid_until": "2026-09-14"})]) == "NO_MANDATE"
	t.code([gr, mandate({"valid_until": null})]) == "NO_MANDATE"
	t.code([gr, mandate({"valid_from": "2026-09-16"})]) == "NO_MANDATE"
	t.code([t.value("/subject/properties/organisation", {"type": "onbekend"})]) == "NO_MANDATE"
	t.code([t.gone("/subject/properties/organisation/type")]) == "NO_MANDATE"
	t.code([t.value("/subject/properties/organisation", {"oin": "00000004123456789000"}), mandate({})]) == "NO_MANDATE"
	t.code([t.gone("/subject/properties/organisation")]) == "NO_MANDATE"
}

test_a_purpose_without_a_law_takes_that_of_the_role if {
	changes := [gr, t.purpose("AFSTEMMING.HULP"), t.domain("jeugd"), t.level("dat")]
	t.code(array.concat(changes, [mandate({})])) == "AGREEMENT_MISSING"
	t.code(array.concat(changes, [mandate({"laws": ["BWBR0015703"]})])) == "NO_MANDATE"
	t.code(array.concat(changes, [mandate({}), t.role("wijkteammedewerker"), t.pet("hulpverlener"), t.value("/subject/properties/team_domain", "jeugd")])) == "NO_MANDATE"
}

test_hats_and_roles if {
	t.code([t.pet("toeleider")]) == "PET_PURPOSE_MISMATCH"
	t.code([t.role("klantmanager")]) == "ROLE_PURPOSE_MISMATCH"
	t.code([t.role("wijkteammedewerker"), t.value("/subject/properties/team_domain", "jeugd")]) == "ROLE_PURPOSE_MISMATCH"
}

triage := [
	t.role("toeleider"), t.pet("toeleider"), t.purpose("TOELEIDING.TRIAGE"), t.level("dat"), t.domain("schuldhulp"),
]

at_notice := t.value("/context/pet_notice_at", "2026-09-15T08:00:00.000Z")

test_a_notice_must_have_been_given if {
	t.code(triage) == "NOTICE_MISSING"
	t.code(array.concat(triage, [at_notice])) == "LAW_NOT_IN_FORCE"
	t.code(array.concat(triage, [t.value("/context/pet_notice_at", "2026-09-15T10:00:00.000Z")])) == "NOTICE_MISSING"
	t.code(array.concat(triage, [t.fact("notices", [{"kind": "pet_notice", "at": "2026-09-15T08:00:00.000Z"}])])) == "LAW_NOT_IN_FORCE"
	receipt := {part: "gezegd" | some part in ["wie", "wat", "welke", "waar", "met_wie", "waarom"]}
	t.code(array.concat(triage, [t.value("/context/notice_receipt", receipt)])) == "LAW_NOT_IN_FORCE"
	t.code(array.concat(triage, [t.value("/context/notice_receipt", object.remove(receipt, ["waarom"]))])) == "NOTICE_MISSING"
}

test_a_notice_tells_nothing_without_a_relation if {
	told := t.fact("notices", [{"kind": "pet_notice", "at": "2026-09-15T08:00:00.000Z"}])
	changes := array.concat(triage, [t.no_relation])
	untold := t.answer(changes) with data.settings.wams_in_force as true
	known := t.answer(array.concat(changes, [told])) with data.settings.wams_in_force as true
	untold.record.reason_code == "NOTICE_MISSING"
	known.record.reason_code == "NO_CASE_RELATION"
	untold.context == known.context
}

test_only_what_was_adopted_binds if {
	status := data.purposes["WMO.ONDERZOEK.BEHOEFTE"]
	t.code([]) == "PURPOSE_NOT_ADOPTED" with data.purposes["WMO.ONDERZOEK.BEHOEFTE"] as object.union(status, {"status": "concept"})
	t.code([]) == "PURPOSE_EXPIRED" with data.purposes["WMO.ONDERZOEK.BEHOEFTE"] as object.union(status, {"valid_until": "2026-09-14"})
	t.code([]) == "OK" with data.purposes["WMO.ONDERZOEK.BEHOEFTE"] as object.union(status, {"valid_until": "2026-09-15"})
}

wams := [
	t.role("casusregisseur"), t.pet("regisseur"), t.purpose("WAMS.ONDERZOEK"), t.level("dat"), t.domain("schuldhulp"),
	t.value("/context/casus/meervoudig_vastgesteld_at", "2026-08-01T00:00:00.000Z"),
]

in_force(changes) := found if {
	found := t.code(array.concat(wams, changes)) with data.settings.wams_in_force as true
}

test_the_phase_of_the_casus if {
	in_force([]) == "OK"
	in_force([t.value("/context/wams_phase", "onderzoek")]) == "OK"
	in_force([t.value("/context/wams_phase", "melding")]) == "PHASE_MISMATCH"
	in_force([t.value("/context/wams_phase", null)]) == "PHASE_MISMATCH"
	in_force([t.value("/context/casus/type", "enkelvoudig")]) == "PHASE_MISMATCH"
	in_force([t.gone("/context/casus/meervoudig_vastgesteld_at")]) == "PHASE_MISMATCH"
	in_force([t.value("/context/casus/meervoudig_vastgesteld_at", "2026-10-01T00:00:00.000Z")]) == "PHASE_MISMATCH"
	t.code(wams) == "LAW_NOT_IN_FORCE"
}

test_the_stage_that_a_purpose_asks_for if {
	late := object.union(data.purposes["WMO.ONDERZOEK.BEHOEFTE"], {"min_stage": "werkplan"})
	t.code([]) == "PHASE_MISMATCH" with data.purposes["WMO.ONDERZOEK.BEHOEFTE"] as late
	t.code([t.value("/context/casus/stage", "uitvoering")]) == "OK" with data.purposes["WMO.ONDERZOEK.BEHOEFTE"] as late
}
