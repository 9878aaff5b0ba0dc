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
	v := warning("basis-ended", ["legal_bases", id], sprintf("%s ended on %s: what cites it opens nothing any more", [id, basis.valid_until]), "find what replaces it and change the cells that cite it")
}

violations contains v if {
	not data.profiles[data.settings.profile]
	v := unknown("profile", object.get(data.settings, "profile", "none"), ["settings", "profile"])
}

violations contains v if {
	some id, role in data.roles
	some i, domain in role.domains
	not data.domains[domain]
	v := unknown("domain", domain, ["roles", id, "domains", sprintf("%d", [i])])
}

violations contains v if {
	some id, role in data.roles
	some i, pet in role.pets
	not data.pets[pet]
	v := unknown("pet", pet, ["roles", id, "pets", sprintf("%d", [i])])
}

violations contains v if {
	some id, domain in data.domains
	not data.organisation_types[domain.holder]
	v := unknown("kind of organisation", domain.holder, ["domains", id, "holder"])
}

# `participatie` covers `participatie.inkomen` by its name, so the name and the parent must say the same.
violations contains v if {
	some id, domain in data.domains
	some part in domain.parts
	not covers(id, part)
	v := error("domain-part", ["domains", id, "parts"], sprintf("%s does not lie in %s", [part, id]), "a part is the domain itself, or one whose name starts with it and a dot")
}

violations contains v if {
	some id, domain in data.domains
	some name in array.concat(object.get(domain, "parts", []), [parent | parent := domain.parent])
	not data.domains[name]
	v := unknown("domain", name, ["domains", id])
}
