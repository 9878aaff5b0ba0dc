# METADATA
# title: Consent
# description: >
#   A condition inside an open cell (R39), for one purpose, giver, recipient and set of fields. Of several consents the one
#   that came furthest names the reason.
package authz.consent

import data.authz.facts
import data.authz.matrix
import data.authz.question

# Places in the order of domain.md §2.8 step 14.
missing := 0

revoked := 1

out_of_period := 2

wrong_person := 3

not_specific := 4

out_of_scope := 5

good := 6

# How far each consent comes for a part: by part and place in the list.
ranks[part] := [rank(row, part) | some row in facts.consents] if some part in question.parts

rank(row, part) := missing if {
	not counts(row, part)
} else := revoked if {
	withdrawn(row)
} else := out_of_period if {
	not in_force(row)
} else := wrong_person if {
	not by_right_person(row)
} else := not_specific if {
	not specific(row)
} else := out_of_scope if {
	not in_scope(row, part)
} else := good

furthest(part) := max(array.concat([missing], ranks[part]))

good_ones(part) := [facts.consents[i] | some i, place in ranks[part]; place == good]

# The fields that all good consents together leave of those that are open.
fields(part, level) := {field |
	some row in good_ones(part)
	some field, category in matrix.open_fields(part, level)
	includes(row, part, field, category)
}

# A targeted question is consented to by its answer.
to_an_answer(part) if {
	some row in good_ones(part)
	matrix.answer in row.items
}

# Their ids, for the record: who asks later finds on which consent it rested (R46).
ids := sort({row.id |
	some part, _ in matrix.cells
	matrix.asks_consent(part)
	some row in good_ones(part)
	is_string(row.id)
})

# Which kinds count is data; a declaration of no objection only where the law of this cell names it (R141).
counts(row, _) if data.consent_kinds[row.kind].counts == "always"

counts(row, part) if {
	data.consent_kinds[row.kind].counts == "where_law_names_it"
	some basis in matrix.bases(part)
	basis in data.consent_kinds[row.kind].laws
	not explicit_is_asked(part)
}

# A law that asks explicit consent of who uses the data is not content with less, whatever the law of who gives them allows.
explicit_is_asked(part) if {
	some basis in matrix.bases(part)
	data.legal_bases[basis].asks_explicit_consent
}

withdrawn(row) if object.get(row, "withdrawn_at", null) != null

in_force(row) if {
	question.text(row.given_at)
	row.given_at <= question.time
	question.text(row.valid_until)
	question.ends(row.valid_until, question.date)
}

by_right_person(row) if {
	facts.decides_for_self
	row.given_by == question.person
}

# A person with gezag, both then and now (domain.md §7.17).
by_right_person(row) if {
	facts.needs_representative
	facts.gezag(row.given_by, row.given_on)
	facts.gezag(row.given_by, question.date)
}

# To the municipality as a whole, or for everything: no consent at all (R39).
specific(row) if {
	question.text(row.purpose)
	names_recipient(row)
	count(question.list(row.items)) > 0
}

names_recipient(row) if question.text(row.to_role)

names_recipient(row) if question.text(row.to_domain)

in_scope(row, part) if {
	row.purpose == question.purpose_id
	question.covers(row.from_domain, part)
	to_receiver(row)
}

to_receiver(row) if row.to_role == question.receiver

to_receiver(row) if {
	some domain in data.roles[question.receiver].domains
	question.covers(row.to_domain, domain)
}

# A category stands for the fields that the purpose lists under it.
includes(row, _, field, _) if field in row.items

includes(row, _, _, category) if category in row.items

# Who agrees to content agrees that it shows that there is something: that field, no other dat field.
includes(row, part, field, "") if {
	matrix.tells_existence(part, field)
	some category, fields in question.purpose.fields[part].wat
	covers_content(row, category, fields)
}

covers_content(row, category, _) if category in row.items

covers_content(row, _, fields) if {
	some field in fields
	field in row.items
}

# A consent that is about this part at all, good or not: what is shown where no cell is.
shown(part) if {
	some row in facts.consents
	about(row, part)
}

about(row, part) if question.overlap(row.from_domain, part)

about(row, _) if not row.from_domain
