# Policies about policies: what one registry says of another must exist there.
package checks

violations contains v if {
	some code, reason in data.reasons
	some i, type in reason.alternatives
	not data.alternatives[type]
	v := unknown("alternative", type, ["reasons", code, "alternatives", sprintf("%d", [i])])
}

violations contains v if {
	some code, reason in data.reasons
	expected := code in {"OK", "GEEN_TOEGANG"}
	reason.outward != expected
	v := error("reason", ["reasons", code], "only OK and GEEN_TOEGANG are outward", "set outward to false")
}

# The unknown file looks the same for every reason that can tell something about the resident.
violations contains v if {
	some code, reason in data.reasons
	reason.depends_on == "person"
	contains(concat(" ", [data.reasons.GEEN_TOEGANG.user, data.reasons.GEEN_TOEGANG.client, data.reasons.GEEN_TOEGANG.yes_if]), "{")
	v := error("reason", ["reasons", "GEEN_TOEGANG"], "its sentences hold a placeholder, which could tell what was asked of an unknown file", "write it without placeholders")
}

violations contains v if {
	some id, question in data.questions
	some purpose, domains in question.purposes
	not data.purposes[purpose]
	v := unknown("purpose", purpose, ["questions", id, "purposes", purpose])
}

violations contains v if {
	some id, question in data.questions
	some purpose, domains in question.purposes
	some domain in domains
	not data.domains[domain]
	v := unknown("domain", domain, ["questions", id, "purposes", purpose])
}

violations contains v if {
	some id, question in data.questions
	some i, basis in question.legal_basis
	some v in basis_violations(basis, ["questions", id, "legal_basis", sprintf("%d", [i])], false)
}

violations contains v if {
	some kind, consent in data.consent_kinds
	some i, basis in consent.laws
	not data.legal_bases[basis]
	v := unknown("legal basis", basis, ["consent_kinds", kind, "laws", sprintf("%d", [i])])
}

violations contains v if {
	some kind, consent in data.consent_kinds
	names_laws := count(consent.laws) > 0
	should_name := consent.counts == "where_law_names_it"
	names_laws != should_name
	v := error("consent-kind", ["consent_kinds", kind], "laws are named exactly where counts is where_law_names_it", "name the laws, or say always or never")
}

violations contains v if {
	some id, basis in data.legal_bases
	basis.in_force
	basis.valid_until < input.today
	v := warning("basis-ended", ["legal_bases", id], sprintf("%s ended on %s", [id, basis.valid_until]), "find what replaces it and change the cells that cite it")
}

violations contains v if {
	not data.profiles[data.settings.profile]
	v := unknown("profile", object.get(data.settings, "profile", "none"), ["settings", "profile"])
}
