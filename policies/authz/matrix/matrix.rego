# METADATA
# title: The authorisation matrix
# description: >
#   The one cell of a giving domain, a purpose and a receiving role. Looked up by key, so that its cost does not grow with
#   the matrix. A cell that is not there is closed.
package authz.matrix

import data.authz.question

# INVARIANT: functions are not memoised in Wasm, rules are: what every part needs stands in a rule, by part.
cells[part] := found if {
	some part in question.parts
	found := nearest(part)
}

# What opens a domain opens its parts; the nearest counts. A local decision of the profile comes before the matrix.
nearest(part) := found if {
	found := local_cell(part)
} else := found if {
	found := local_cell(question.parent(part))
} else := found if {
	found := data.authorisation_matrix[part][question.purpose_id][question.receiver]
} else := found if {
	found := data.authorisation_matrix[question.parent(part)][question.purpose_id][question.receiver]
}

local_cell(id) := found if {
	found := local_decisions[id][question.purpose_id][question.receiver]
	for_this_organisation(found)
}

local_decisions := data.local_decisions[data.settings.profile] if data.profiles[data.settings.profile].local_decisions

for_this_organisation(found) if not found.conditions.college_only

for_this_organisation(_) if question.organisation_type.college

# Anything but a plain no asks for it.
asks_consent(part) if not without_consent(part)

without_consent(part) if cells[part].conditions.consent == false

bases(part) := array.concat(cells[part].out_basis, cells[part].in_basis)

# --- what the purpose needs of a part

needs_something(part) if question.purpose.fields[part]

# The field of a targeted question: never part of a file that is read.
answer := "answer"

# The fields that purpose, question and cell leave open at a level, each with its category ("" where it has none).
open_fields(part, level) := needed(part, level) if {
	not narrowed(part)
} else := {field: category |
	some field, category in needed(part, level)
	asked_for(part, level, field, category)
	cell_opens(part, field)
}

needed(part, "wat") := {field: category |
	some category, fields in question.purpose.fields[part].wat
	some field in fields
}

needed(part, "dat") := {field: "" |
	some field in question.purpose.fields[part].dat
	field != answer
}

narrowed(_) if question.categories_given

narrowed(part) if cells[part].fields

asked_for(_, _, _, _) if not question.categories_given

asked_for(_, _, field, category) if named(field, category)

# Who names content and asks only whether there is something gets the field that says so, and no other dat field.
asked_for(part, "dat", field, _) if {
	question.categories_given
	tells_existence(part, field)
	content_named(part)
}

content_named(part) if {
	some field, category in needed(part, "wat")
	named(field, category)
}

named(field, _) if field in question.categories

named(_, category) if category in question.categories

# INVARIANT: wat that is permitted implies that dat is permitted; so content always has a field that says that it is there.
tells_existence(part, field) if {
	field == data.settings.existence_field
	part_has_existence_field(part)
}

tells_existence(part, _) if not part_has_existence_field(part)

part_has_existence_field(part) if data.settings.existence_field in question.purpose.fields[part].dat

cell_opens(part, _) if not cells[part].fields

cell_opens(part, field) if field in cells[part].fields

cell_opens(part, field) if {
	tells_existence(part, field)
	not opens_a_dat_field(part)
}

# A cell that lists content only still lets see that it is there.
opens_a_dat_field(part) if {
	some field in question.purpose.fields[part].dat
	field in cells[part].fields
}
