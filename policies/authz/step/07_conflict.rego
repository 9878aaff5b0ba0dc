# Step 7, the other road: conflict van plichten
# Five answers, a colleague, a danger, and a teamhoofd where needed (R32-R36, R47).
package authz.step

import data.authz.facts
import data.authz.question

# METADATA
# title: "Afweging niet volledig"
# description: "All five questions, another colleague, a kind of worry and the fields that are needed."
# custom:
#   rule_id: R07.JUSTIFICATION_INCOMPLETE
#   reason_code: JUSTIFICATION_INCOMPLETE
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
justification_incomplete := denial(rego.metadata.rule()) if {
	not justified
}

# METADATA
# title: "Geen gevaar genoemd"
# description: "Only danger weighs more than secrecy (R32)."
# custom:
#   rule_id: R07.NO_SAFETY_GROUND
#   reason_code: NO_SAFETY_GROUND
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
no_safety_ground := denial(rego.metadata.rule()) if {
	not danger_named
}

# METADATA
# title: "Akkoord van een teamhoofd ontbreekt"
# description: "Some worries, and every request without a case relation, need a teamhoofd (R47)."
# custom:
#   rule_id: R07.TEAMHOOFD_ACK_MISSING
#   reason_code: TEAMHOOFD_ACK_MISSING
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
teamhoofd_missing := denial(rego.metadata.rule()) if {
	teamhoofd_needed
	not acknowledged
}

justified if {
	every id, _ in data.five_questions.questions {
		question.visible(question.break_glass[id])
	}
	another_colleague
	category
	question.categories_given
}

another_colleague if {
	question.visible(question.break_glass.consulted_colleague)
	question.break_glass.consulted_colleague != question.professional
}

category := data.five_questions.categories[question.break_glass.category]

teamhoofd_needed if category.teamhoofd_ack

teamhoofd_needed if not facts.has_relation

# Somebody who is known to be something else is no teamhoofd.
acknowledged if {
	id := question.break_glass.teamhoofd_ack
	question.visible(id)
	id != question.professional
	not known_otherwise(id)
}

known_otherwise(id) if {
	known(id)
	not known_as(id, "teamhoofd")
}

known(id) if {
	some row in facts.general("staff")
	row.id == id
}

known_as(id, role) if {
	some row in facts.general("staff")
	row.id == id
	row.role == role
}

# Who is known to nobody confirms it in person (domain.md §7.21).
to_be_confirmed if {
	some key in ["consulted_colleague", "teamhoofd_ack"]
	id := question.text(question.break_glass[key])
	not known(id)
}

danger_named if question.visible(question.break_glass.safety_risk)
