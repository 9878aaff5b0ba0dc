# Step 10: necessity
# The purpose needs nothing of this domain, or nothing of what was named (R2, R4, R12).
package authz.step

import data.authz.matrix
import data.authz.question

# METADATA
# title: "Niet nodig voor dit doel"
# description: "The data are not necessary for the purpose."
# custom:
#   rule_id: R10.DATA_NOT_NECESSARY
#   reason_code: DATA_NOT_NECESSARY
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
not_necessary(part) := denial(rego.metadata.rule()) if {
	not necessary(part)
}

necessary(part) if {
	question.action != "ask_question"
	matrix.needs_something(part)
	something_named(part)
}

# A targeted question exists for this purpose and domain, or it does not (R5).
necessary(part) if {
	question.action == "ask_question"
	matrix.needs_something(part)
	some domain in data.questions[question.how.question].purposes[question.purpose_id]
	question.overlap(domain, part)
}

something_named(_) if not question.categories_given

something_named(part) if {
	some field in question.purpose.fields[part].dat
	field in question.categories
}

something_named(part) if matrix.content_named(part)
