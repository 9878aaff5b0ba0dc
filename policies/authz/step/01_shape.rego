# Step 1: the shape of the question
# A question that cannot be weighed is not weighed (R14).
package authz.step

import data.authz.question

# METADATA
# title: "Vraag niet volledig"
# description: "Role, pet, domain, level or person is missing, unknown or double."
# custom:
#   rule_id: R01.REQUEST_UNDERSPECIFIED
#   reason_code: REQUEST_UNDERSPECIFIED
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
underspecified := denial(rego.metadata.rule()) if {
	not complete
}

# METADATA
# title: "Doel ontbreekt"
# description: "Without a purpose nothing ties the data to a task (R1)."
# custom:
#   rule_id: R01.PURPOSE_MISSING
#   reason_code: PURPOSE_MISSING
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
purpose_missing := denial(rego.metadata.rule()) if {
	not question.purpose_given
}

complete if {
	question.subject_type in {"medewerker", "betrokkene"}
	question.resource_type in {"dossier", "decision_log"}
	question.professional
	question.role
	question.pet
	question.action
	question.domain
	question.level
	question.categories_readable
	question.relation_readable
	question.holder_readable
	person_named_where_needed
}

person_named_where_needed if {
	question.is_log
	not question.named_twice
} else if {
	question.person
} else if {
	question.action in {"list", "export"}
	not question.named_twice
}
