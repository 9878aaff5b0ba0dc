# Conflict van plichten: the fields
# No more than was asked for, and within the ids of that domain (domain.md §7.21).
package authz.step

import data.authz.matrix
import data.authz.question

# METADATA
# title: "Niet nodig voor dit doel"
# description: "Nothing of what was asked for exists in this domain at this level."
# custom:
#   rule_id: R07.DATA_NOT_NECESSARY
#   reason_code: DATA_NOT_NECESSARY
#   legal_basis: []
#   owner: privacy
#   review_date: "2027-06-01"
conflict_without_fields := denial(rego.metadata.rule()) if {
	count(conflict_fields) == 0
}

conflict_fields := named_dat_fields | existence if {
	question.level == "dat"
} else := named_content

named_dat_fields := {field |
	shows_or_gives
	some part in question.parts
	some field in data.domains[part].dat
	field in question.categories
	field != matrix.answer
}

# Who names content and asks only whether there is something gets the field that says so.
existence := {data.settings.existence_field} if {
	count(named_dat_fields) == 0
	count(named_content) > 0
	some part in question.parts
	data.settings.existence_field in data.domains[part].dat
} else := set()

# Danger asks to see or to give, not to write, and for no answer that nobody has prepared.
shows_or_gives if question.action in {"read", "list", "provide"}

named_content := {field |
	shows_or_gives
	some part in question.parts
	some id, category in data.domains[part].categories
	not category.hard
	some field in category.fields
	asked_for(field, id)
}

asked_for(field, _) if field in question.categories

asked_for(_, id) if id in question.categories
