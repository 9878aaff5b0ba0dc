# Step 15: the fields that are left
# What is left after purpose, question, cell and consent; and what † and ‡ ask besides.
package authz.step

import data.authz.consent
import data.authz.matrix
import data.authz.question

# METADATA
# title: "Toestemming dekt dit niet"
# description: "The consent covers none of the fields that are open (R42)."
# custom:
#   rule_id: R15.CONSENT_SCOPE
#   reason_code: CONSENT_SCOPE
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
consent_took_the_last(part, level) := denial(rego.metadata.rule()) if {
	matrix.asks_consent(part)
	count(left(part, level)) == 0
	had_something(part, level)
}

# METADATA
# title: "Niet nodig voor dit doel"
# description: "Of what was asked nothing is necessary at this level."
# custom:
#   rule_id: R15.DATA_NOT_NECESSARY
#   reason_code: DATA_NOT_NECESSARY
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
nothing_left(part, level) := denial(rego.metadata.rule()) if {
	count(left(part, level)) == 0
}

# METADATA
# title: "Afweging ontbreekt"
# description: "Special and criminal data need the decision that is at hand (R6)."
# custom:
#   rule_id: R15.AFWEGING_MISSING
#   reason_code: AFWEGING_MISSING
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
afweging_missing(part, level) := denial(rego.metadata.rule()) if {
	weighty(part, level)
	not decision_named
}

left(part, level) := remaining[part] if {
	level == question.level
} else := left_at(part, level)

# At the level that was asked; a rule, so that it is worked out once.
remaining[part] := left_at(part, question.level) if some part in question.parts

left_at(part, level) := answered(part) if {
	question.action == "ask_question"
} else := consent.fields(part, level) if {
	matrix.asks_consent(part)
} else := object.keys(matrix.open_fields(part, level))

answered(part) := {matrix.answer} if {
	not matrix.asks_consent(part)
} else := {matrix.answer} if {
	consent.to_an_answer(part)
} else := set()

had_something(_, _) if question.action == "ask_question"

had_something(part, level) if count(matrix.open_fields(part, level)) > 0

weighty(part, "wat") if {
	some field in left(part, "wat")
	marked(part, field)
}

# INVARIANT: a field that is special or criminal has a category of its own name (authz_test.rego).
marked(part, field) if data.domains[part].categories[field].special

marked(part, field) if data.domains[part].categories[field].criminal

decision_named if question.visible(question.context.decision_at_hand)
