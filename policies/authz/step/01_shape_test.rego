package authz.step_test

import data.authz_test as t

underspecified(changes) if t.code(changes) == "REQUEST_UNDERSPECIFIED"

test_what_must_be_there if {
	every path in [
		"/subject/id", "/subject/type", "/subject/properties/role", "/subject/properties/active_pet",
		"/action/name", "/action/properties/requested_level",
		"/resource/type", "/resource/properties/domain", "/resource/properties/data_subject", "/resource/properties/data_subject/id",
	] {
		underspecified([t.value(path, null)])
		underspecified([t.value(path, ["wmo"])])
		underspecified([t.value(path, 7)])
	}
}

test_unknown_words if {
	underspecified([t.role("wethouder")])
	underspecified([t.pet("helm")])
	underspecified([t.domain("sport")])
	underspecified([t.domain("decision_log")])
	underspecified([t.level("alles")])
	underspecified([t.value("/action/name", "peek")])
	underspecified([t.value("/resource/properties/data_subject/relation", "buurman")])
}

test_a_person_named_twice if underspecified([t.value("/resource/properties/data_subject/bsn", "psn:1:x")])

test_names_that_cannot_be_read_do_not_ask_for_everything if {
	underspecified([t.names("hulpvraag")])
	underspecified([t.names([1])])
	underspecified([t.names(null)])
	underspecified([t.value("/resource/properties/categories", {"a": "hulpvraag"})])
	underspecified([t.value("/resource/properties/holder", "politie")])
}

test_types_may_be_uris if {
	t.answer([t.value("/resource/type", "https://gemeente.example/types#dossier"), t.value("/subject/type", "urn:x:Medewerker")]).decision
}

test_without_a_purpose_nothing_can_be_weighed if {
	t.code([t.gone("/action/properties/purpose")]) == "PURPOSE_MISSING"
	t.code([t.purpose(["WMO.ONDERZOEK.BEHOEFTE"])]) == "PURPOSE_MISSING"
	t.code([t.purpose("")]) == "PURPOSE_MISSING"
}

test_a_purpose_that_nobody_adopted if t.code([t.purpose("MOGELIJK.TOEKOMSTIG")]) == "PURPOSE_NOT_ADOPTED"
