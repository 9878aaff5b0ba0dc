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

about_domain(row, _) if not row.domain

about_domain(row, part) if question.overlap(row.domain, part)

about_purpose(row) if not row.purpose

about_purpose(row) if row.purpose == question.purpose_id

overtaken(row, part) if {
	some given in facts.consents
	consent.good(given, part)
	question.text(row.made_at)
	given.given_at > row.made_at
	some field, category in matrix.open_fields(part, question.level)
	consent.includes(given, field, category)
}
