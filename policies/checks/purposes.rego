# What a purpose must be able to show for itself.
package checks

violations contains v if {
	some id, purpose in data.purposes
	some i, role in purpose.roles
	not data.roles[role]
	v := unknown("role", role, ["purposes", id, "roles", sprintf("%d", [i])])
}

violations contains v if {
	some id, purpose in data.purposes
	some i, pet in purpose.pets
	not data.pets[pet]
	v := unknown("pet", pet, ["purposes", id, "pets", sprintf("%d", [i])])
}

violations contains v if {
	some id, purpose in data.purposes
	some i, role in purpose.givers.roles
	not data.roles[role]
	v := unknown("role", role, ["purposes", id, "givers", "roles", sprintf("%d", [i])])
}

violations contains v if {
	some id, purpose in data.purposes
	some i, pet in purpose.givers.pets
	not data.pets[pet]
	v := unknown("pet", pet, ["purposes", id, "givers", "pets", sprintf("%d", [i])])
}

# A role that can wear none of the pets can never use the purpose.
violations contains v if {
	some id, purpose in data.purposes
	some i, role in purpose.roles
	worn := data.roles[role].pets
	pets := {pet | some pet in worn}
	count(pets & {pet | some pet in purpose.pets}) == 0
	v := error("purpose-pet", ["purposes", id, "roles", sprintf("%d", [i])], sprintf("%s wears none of the pets of this purpose", [role]), "give the role the pet, or take it off the purpose")
}

violations contains v if {
	some id, purpose in data.purposes
	not data.notice_kinds[purpose.notice]
	v := unknown("kind of notice", purpose.notice, ["purposes", id, "notice"])
}

violations contains v if {
	some id, purpose in data.purposes
	some name in ["min_stage", "wams_phase"]
	stage := purpose[name]
	not stage in data.settings.stages
	v := unknown("stage", stage, ["purposes", id, name])
}

violations contains v if {
	some id, purpose in data.purposes
	some i, basis in purpose.legal_basis
	some v in basis_violations(basis, ["purposes", id, "legal_basis", sprintf("%d", [i])], waits_for_law(id))
}

violations contains v if {
	some id, purpose in data.purposes
	some i, obligation in purpose.obligations
	not data.obligations[obligation]
	v := unknown("obligation", obligation, ["purposes", id, "obligations", sprintf("%d", [i])])
}

violations contains v if {
	some id, purpose in data.purposes
	some i, domain in purpose.own_domains
	not data.domains[domain]
	v := unknown("domain", domain, ["purposes", id, "own_domains", sprintf("%d", [i])])
}

violations contains v if {
	some id, purpose in data.purposes
	some domain, _ in purpose.fields
	not data.domains[domain]
	v := unknown("domain", domain, ["purposes", id, "fields", domain])
}

violations contains v if {
	some id, purpose in data.purposes
	some domain, needed in purpose.fields
	data.domains[domain]
	some i, field in needed.dat
	not field in known_fields(domain)
	v := unknown("field", field, ["purposes", id, "fields", domain, "dat", sprintf("%d", [i])])
}

violations contains v if {
	some id, purpose in data.purposes
	some domain, needed in purpose.fields
	data.domains[domain]
	some category, fields in needed.wat
	not category in known_categories(domain)
	v := unknown("category", category, ["purposes", id, "fields", domain, "wat", category])
}

violations contains v if {
	some id, purpose in data.purposes
	some domain, needed in purpose.fields
	data.domains[domain]
	some category, fields in needed.wat
	some i, field in fields
	not field in known_fields(domain)
	v := unknown("field", field, ["purposes", id, "fields", domain, "wat", category, sprintf("%d", [i])])
}

violations contains v if {
	some id, purpose in data.purposes
	purpose.valid_until < purpose.valid_from
	v := error("purpose-period", ["purposes", id, "valid_until"], "ends before it begins", "mend the dates")
}

violations contains v if {
	some id, purpose in data.purposes
	purpose.status == "vastgesteld"
	purpose.valid_until < input.today
	v := warning("purpose-ended", ["purposes", id, "valid_until"], sprintf("ended on %s and opens nothing any more", [purpose.valid_until]), "give it a new end date, or set its status to ingetrokken")
}

violations contains v if {
	some id, purpose in data.purposes
	purpose.review_date < input.today
	v := warning("review-date", ["purposes", id, "review_date"], sprintf("was to be reviewed on %s", [purpose.review_date]), "review the purpose with its owner and set the next date")
}

known_categories(domain) := {category |
	some id, _ in data.domains
	covers(domain, id)
	some category, _ in data.domains[id].categories
}
