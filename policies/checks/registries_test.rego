package checks_test

reason_found(code, key, value) := found({"reasons": with_change(reasons, code, with_change(reasons[code], key, value))})

test_a_reason_offers_an_alternative_that_does_not_exist if {
	reason_found("CONSENT_MISSING", "alternatives", ["ask_consnet"]) == {"unknown #/reasons/CONSENT_MISSING/alternatives/0"}
}

test_only_two_reasons_are_outward if reason_found("CONSENT_MISSING", "outward", true) == {"reason #/reasons/CONSENT_MISSING"}

test_the_unknown_file_has_one_sentence if {
	reason_found("GEEN_TOEGANG", "user", "Geen {domain}.") == {"reason #/reasons/GEEN_TOEGANG"}
}

test_a_question_names_what_does_not_exist if {
	found({"questions": {"q": {"purposes": {"Q": ["wom"]}, "legal_basis": ["WMO.9.9"]}}}) == {
		"unknown #/questions/q/purposes/Q",
		"unknown #/questions/q/legal_basis/0",
	}
}

test_a_kind_of_consent_names_its_laws if {
	found({"consent_kinds": {"k": {"counts": "where_law_names_it", "laws": []}}}) == {"consent-kind #/consent_kinds/k"}
	found({"consent_kinds": {"k": {"counts": "always", "laws": ["PW.65"]}}}) == {"consent-kind #/consent_kinds/k"}
	found({"consent_kinds": {"k": {"counts": "where_law_names_it", "laws": ["PW.56"]}}}) == {"unknown #/consent_kinds/k/laws/0"}
}

test_a_basis_that_ended_only_warns if {
	ended := {"legal_bases": with_change(bases, "PW.65", {"in_force": true, "valid_until": "2026-09-14"})}
	found(ended) == {"basis-ended #/legal_bases/PW.65"}
	severities(ended) == {"warning"}
}

test_a_profile_that_is_active_but_does_not_exist if found({"profile": "PF-RUIM"}) == {"unknown #/settings/profile"}

test_a_role_works_in_a_domain_with_a_pet_that_do_not_exist if {
	found({"roles": {"wmo_consulent": object.union(role, {"domains": ["wom"], "pets": ["consulent", "consultant"]})}}) == {
		"unknown #/roles/wmo_consulent/domains/0",
		"unknown #/roles/wmo_consulent/pets/1",
	}
}

domain_found(id, key, value) := found({"domains": with_change(domains, id, with_change(domains[id], key, value))})

test_a_domain_is_held_by_what_does_not_exist if {
	domain_found("participatie", "holder", "gemeente") == {"unknown #/domains/participatie/holder"}
}

test_a_domain_has_parts_that_do_not_exist_or_lie_elsewhere if {
	domain_found("participatie", "parts", ["participatie.wonen"]) == {"unknown #/domains/participatie"}
	domain_found("participatie.inkomen", "parts", ["participatie"]) == {"domain-part #/domains/participatie.inkomen/parts"}
	domain_found("participatie.inkomen", "parent", "werk") == {"unknown #/domains/participatie.inkomen"}
}
