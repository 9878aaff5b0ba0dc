# Step 2: what no fact can change
# Limits that nothing about the resident or the case can lift (R130).
package authz.step

import data.authz.question

# METADATA
# title: "Geen lijsten of grote bestanden"
# description: "No export, and no list of content or of people who are not named (R17, R93)."
# custom:
#   rule_id: R02.BULK_NOT_ALLOWED
#   reason_code: BULK_NOT_ALLOWED
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
bulk := denial(rego.metadata.rule()) if {
	bulk_asked
}

# METADATA
# title: "Gebruik cijfers"
# description: "A purpose that can do without personal data gets none (R16)."
# custom:
#   rule_id: R02.USE_AGGREGATE
#   reason_code: USE_AGGREGATE
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
aggregate := denial(rego.metadata.rule()) if {
	question.purpose.needs_individual_data == false
}

# METADATA
# title: "Andere gemeente of organisatie"
# description: "A college or burgemeester acts for its own municipality (R138), a caller for its own organisation."
# custom:
#   rule_id: R02.WRONG_MUNICIPALITY
#   reason_code: WRONG_MUNICIPALITY
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
wrong_municipality := denial(rego.metadata.rule()) if {
	not right_organisation
}

# METADATA
# title: "De houder beslist"
# description: "Conflict van plichten never opens a hard domain or a file that no college holds (R107, R130)."
# custom:
#   rule_id: R02.HOLDER_DECIDES
#   reason_code: HOLDER_DECIDES
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
holder_decides := denial(rego.metadata.rule()) if {
	question.purpose.break_glass
	holder_has_the_word
}

# METADATA
# title: "Doel past niet bij deze gegevens"
# description: "What was gathered for help is not used for enforcement (R66); production data are not for testing."
# custom:
#   rule_id: R02.INCOMPATIBLE_PURPOSE
#   reason_code: INCOMPATIBLE_PURPOSE
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
incompatible_purpose := denial(rego.metadata.rule()) if {
	incompatible
}

bulk_asked if {
	question.action == "export"
	not question.is_log
} else if {
	question.action == "list"
	not question.is_log
	not question.person
} else if {
	question.action == "list"
	not question.is_log
	question.level == "wat"
}

right_organisation if {
	in_own_municipality
	caller_speaks_for_subject
}

# Only a college and a burgemeester are bound to a municipality; others act by mandate or by a task of their own.
in_own_municipality if {
	not bound_to_municipality
} else if {
	question.municipality
	question.organisation.municipality == question.municipality
} else if {
	# A log that names no municipality is that of this PDP's own.
	question.is_log
	object.get(question.what, "municipality", null) == null
}

bound_to_municipality if {
	question.organisation_type.college
} else if {
	question.organisation_type.burgemeester
}

caller_speaks_for_subject if {
	not caller_organisation_said
} else if {
	input.caller.organisation == question.organisation.oin
} else if {
	# A resident has no organisation to speak for.
	question.subject_type == "betrokkene"
	not question.organisation.oin
}

holder_has_the_word if hard_data

holder_has_the_word if not held_by_college

default hard_data := false

# Hard by what is asked, whoever has the file. Any overlap closes (domain.md §7.15).
hard_data if {
	some part in question.parts
	hard(part)
} else if {
	some part in question.parts
	some id in question.categories
	data.domains[part].categories[id].hard
}

# The same for every file of the domain: whoever is known to have such files, it is not a college.
held_elsewhere if {
	not question.holder.type
	not held_by_college
}

hard(part) if data.domains[part].hard

hard(part) if data.domains[question.parent(part)].hard

held_by_college if {
	data.organisation_types[question.holder.type].college
} else if {
	not question.what.holder
	data.organisation_types[data.domains[question.domain].holder].college
}

incompatible if question.purpose.production_data == false

incompatible if {
	question.categories_given
	some part in question.parts
	some id, category in data.domains[part].categories
	asked_by_name(id, category)
	some attitude in category.not_for
	attitude in attitudes
}

asked_by_name(id, _) if id in question.categories

asked_by_name(_, category) if {
	some field in category.fields
	field in question.categories
}

# A purpose with two attitudes is bound by both.
attitudes := question.purpose.attitude if is_array(question.purpose.attitude)

attitudes := [question.purpose.attitude] if is_string(question.purpose.attitude)

caller_organisation_said if input.caller.organisation != null
