# Step 4: the mandate
# Who acts for a municipality by mandate shows it (R15, R60).
package authz.step

import data.authz.facts
import data.authz.question

# METADATA
# title: "Geen mandaat"
# description: "The organisation does not carry out this law for this municipality."
# custom:
#   rule_id: R04.NO_MANDATE
#   reason_code: NO_MANDATE
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
no_mandate := denial(rego.metadata.rule()) if {
	not mandated
}

# Bodies with a statutory task of their own, the college in its own municipality and residents need none.
mandated if {
	question.organisation_type.needs_mandate == false
} else if {
	data.roles[question.role].resident
} else if {
	question.organisation_type
	some row in facts.general("mandates")
	row.organisation == question.organisation.oin
	row.municipality == question.municipality
	some law in laws
	law in question.list(row.laws)
	question.text(row.valid_from)
	question.text(row.valid_until)
	question.within(row, "valid_from", "valid_until", question.date)
}

# The law of the purpose, or else those of the role's domains.
laws := {question.purpose.law} if is_string(question.purpose.law)

laws := {law | some domain in data.roles[question.role].domains; works_for(domain); law := data.domains[domain].law} if {
	not is_string(question.purpose.law)
}

works_for(_) if not question.who.team_domain

works_for(domain) if question.overlap(domain, question.who.team_domain)
