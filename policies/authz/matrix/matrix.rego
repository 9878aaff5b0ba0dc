# METADATA
# title: The authorisation matrix
# description: >
#   The one cell of a giving domain, a purpose and a receiving role. Looked up by key, so that its cost does not grow with
#   the matrix. A cell that is not there is closed.
package authz.matrix

import data.authz.question

cell(part) := cells[part]

# What opens a domain opens its parts; the nearest counts. A local decision of the profile comes before the matrix.
cells[part] := found[0] if {
	some part in question.parts
	found := array.concat(local_cells(part), law_cells(part))
	count(found) > 0
}

law_cells(part) := [found |
	some id in question.ancestors(part)
	found := data.authorisation_matrix[id][question.purpose_id][question.receiver]
]

local_cells(part) := [found |
	profile := data.settings.profile
	data.profiles[profile].local_decisions
	some id in question.ancestors(part)
	found := data.local_decisions[profile][id][question.purpose_id][question.receiver]
	for_this_organisation(found)
]

for_this_organisation(found) if not found.conditions.college_only

for_this_organisation(_) if question.organisation_type.college

conditions(part) := object.get(cell(part), "conditions", {})

bases(part) := array.concat(cell(part).out_basis, cell(part).in_basis)

# --- the fields that the purpose needs of a part, by field with its category

needed(part, "dat") := {field: "" | some field in question.purpose.fields[part].dat}

needed(part, "wat") := {field: category |
	some category, fields in question.purpose.fields[part].wat
	some field in fields
}

needs_something(part) if question.purpose.fields[part]

# Of those, what was asked for by name; without names, all.
asked(part, level) := needed(part, level) if not question.categories_given

asked(part, level) := {field: category |
	some field, category in needed(part, level)
	named(field, category)
} if {
	question.categories_given
}

named(field, _) if field in question.categories

named(_, category) if category in question.categories

# And of those, what the cell opens.
open_fields(part, level) := asked(part, level) if not cell(part).fields

open_fields(part, level) := {field: category |
	some field, category in asked(part, level)
	field in cell(part).fields
} if {
	cell(part).fields
}
