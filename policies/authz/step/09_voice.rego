# Step 9: the voice of the resident
# An objection, and talking with the resident instead of about (R29, R112).
package authz.step

import data.authz.consent
import data.authz.facts
import data.authz.matrix
import data.authz.question

# METADATA
# title: "Inwoner wil dit niet"
# description: "The resident objected, and this purpose gives way."
# custom:
#   rule_id: R09.OBJECTION
#   reason_code: OBJECTION
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
objection(part) := denial(rego.metadata.rule()) if {
	question.purpose.objection_blocks
	objected(part)
}

# METADATA
# title: "Inwoner nog niet betrokken"
# description: "Professionals coordinate with the resident, not about the resident (R29)."
# custom:
#   rule_id: R09.CLIENT_NOT_INVOLVED
#   reason_code: CLIENT_NOT_INVOLVED
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
client_not_involved := denial(rego.metadata.rule()) if {
	question.purpose.needs_client
	involvement := question.context.client_involved
	not involvement in {"present", "informed", "cannot"}
}

# Any overlap counts; an objection stands until a later consent for exactly this purpose and domain (domain.md §7.17).
objected(part) if {
	some row in facts.objections
	about_domain(row, part)
	about_purpose(row)
	not overtaken(row, part)
}

about_domain(row, _) if not names_domain(row)

about_domain(row, part) if question.overlap(row.domain, part)

about_purpose(row) if not names_purpose(row)

about_purpose(row) if row.purpose == question.purpose_id

overtaken(row, part) if {
	some given in consent.good_ones(part)
	exactly_there(given, row, part)
	question.text(row.made_at)
	given.given_at > row.made_at
	some field, category in matrix.open_fields(part, question.level)
	consent.includes(given, part, field, category)
}

# Negation stands before a rule, never before a call with a reference in it: where that is undefined, so is the whole body.
names_domain(row) if question.text(row.domain)

names_purpose(row) if question.text(row.purpose)

exactly_there(given, _, part) if given.from_domain == part

exactly_there(given, _, _) if given.from_domain == question.domain

exactly_there(given, row, _) if given.from_domain == row.domain
