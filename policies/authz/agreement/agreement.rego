# METADATA
# title: Agreements between organisations
# description: A convenant or dataparagraaf between exactly these parties, for this domain, in the meeting that it names (R83-R90).
package authz.agreement

import data.authz.facts
import data.authz.matrix
import data.authz.question

needed(part) if {
	matrix.cells[part].conditions.agreement
	not college_without(part)
}

# Inside the college no agreement is needed, unless the cell says so.
college_without(part) if {
	question.organisation_type.college
	not for_college(part)
}

for_college(part) if matrix.cells[part].conditions.agreement.for_college

names_meeting(row) if question.text(row.overleg)

fitting[part] := [row |
	some row in facts.general("agreements")
	row.kind in matrix.cells[part].conditions.agreement.kinds
	data.agreement_kinds[row.kind].opens_data
	parties := question.list(row.parties)
	question.organisation.oin in parties
	holder_among(parties)
	some wide in question.list(row.domains)
	question.covers(wide, part)
] if {
	some part in question.parts
	needed(part)
}

holder_among(_) if not question.holder.oin

holder_among(parties) if question.holder.oin in parties

current[part] := [row |
	some row in rows
	question.text(row.valid_from)
	question.text(row.valid_until)
	question.within(row, "valid_from", "valid_until", question.date)
] if some part, rows in fitting

# R84: what hangs on a named meeting is worth nothing outside it.
met[part] := [row | some row in rows; in_meeting(row)] if some part, rows in current

in_meeting(row) if {
	not names_meeting(row)
	not bound_to_meeting(row)
}

in_meeting(row) if {
	question.text(row.overleg)
	row.overleg == question.overleg.name
	question.text(question.overleg.id)
}

bound_to_meeting(row) if data.agreement_kinds[row.kind].named_meeting

level(part) := max([data.authz.level.rank[row.max_level] | some row in met[part]])

# The ids of those that count, for the record.
ids := sort({row.id | some _, rows in met; some row in rows; is_string(row.id)})
