package checks_test

purpose_found(key, value) := found({"purpose": with_change(purpose, key, value)})

test_a_purpose_cites_a_basis_that_is_not_registered if {
	purpose_found("legal_basis", ["WMO.9.9"]) == {"unknown #/purposes/P/legal_basis/0"}
}

test_a_purpose_asks_an_obligation_that_does_not_exist if {
	purpose_found("obligations", ["mask_bns"]) == {"unknown #/purposes/P/obligations/0"}
}

test_a_purpose_is_at_home_in_a_domain_that_does_not_exist if {
	purpose_found("own_domains", ["participatei"]) == {"unknown #/purposes/P/own_domains/0"}
}

test_a_purpose_needs_a_domain_that_does_not_exist if {
	"unknown #/purposes/P/fields/wom" in purpose_found("fields", {"wom": {}})
}

test_a_purpose_needs_fields_and_categories_that_do_not_exist if {
	wrong := {"participatie.inkomen": {"dat": ["actif"], "wat": {"uitkring": ["norm"], "uitkering": ["nrom"]}}}
	purpose_found("fields", wrong) == {
		"unknown #/purposes/P/fields/participatie.inkomen/dat/0",
		"unknown #/purposes/P/fields/participatie.inkomen/wat/uitkring",
		"unknown #/purposes/P/fields/participatie.inkomen/wat/uitkering/0",
	}
}

test_a_purpose_ends_before_it_begins if {
	"purpose-period #/purposes/P/valid_until" in purpose_found("valid_until", "2025-12-31")
}

test_a_purpose_that_ended_only_warns if {
	ended := {"purpose": with_change(purpose, "valid_until", "2026-09-14")}
	found(ended) == {"purpose-ended #/purposes/P/valid_until"}
	severities(ended) == {"warning"}
}

test_a_purpose_past_its_review_date_only_warns if {
	overdue := {"purpose": with_change(purpose, "review_date", "2026-09-14")}
	found(overdue) == {"review-date #/purposes/P/review_date"}
	severities(overdue) == {"warning"}
}

test_a_purpose_names_pets_that_do_not_exist if {
	purpose_found("pets", ["consulent", "consultant"]) == {"unknown #/purposes/P/pets/1"}
}

test_a_role_that_wears_none_of_the_pets if {
	purpose_found("pets", ["regisseur"]) == {"purpose-pet #/purposes/P/roles/0"}
}

test_a_purpose_names_givers_that_do_not_exist if {
	purpose_found("givers", {"roles": ["wmo_consultant"], "pets": ["consultant"]}) == {
		"unknown #/purposes/P/givers/roles/0",
		"unknown #/purposes/P/givers/pets/0",
	}
}

test_a_purpose_asks_a_notice_that_does_not_exist if {
	purpose_found("notice", "pet_notcie") == {"unknown #/purposes/P/notice"}
}

test_a_purpose_waits_for_a_stage_that_does_not_exist if {
	purpose_found("min_stage", "onderzoekje") == {"unknown #/purposes/P/min_stage"}
	purpose_found("wams_phase", "planning") == {"unknown #/purposes/P/wams_phase"}
}
