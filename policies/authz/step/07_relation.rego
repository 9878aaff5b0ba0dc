# Step 7: the tie to the case
# Curiosity is never a ground (R73): no case relation, no answer, and no sign that a file exists.
package authz.step

import data.authz.facts
import data.authz.question

# METADATA
# title: "Geen band met de inwoner"
# description: "The professional has no case relation that suffices for this level."
# custom:
#   rule_id: R07.NO_CASE_RELATION
#   reason_code: NO_CASE_RELATION
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
no_case_relation := denial(rego.metadata.rule()) if {
	not relation_suffices
}

default relation_suffices := false

relation_suffices if {
	facts.has_relation
} else if {
	question.purpose.case_relation_required == false
	not asked_by_receiver
	not question.purpose.own_data
	not question.purpose.break_glass
} else if {
	# Without a relation only some roles get to conflict van plichten, and never without a teamhoofd (domain.md §7.21).
	question.purpose.break_glass
	data.roles[question.role].escape
}

# At the giver's side no relation is asked; who receives has the case (domain.md §2.8, purpose flags).
asked_by_receiver if {
	question.purpose.only_givers_without_relation
	not question.provides
}
