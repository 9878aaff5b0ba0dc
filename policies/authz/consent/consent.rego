# METADATA
# title: Consent
# description: >
#   A condition inside an open cell (R39), for one purpose, giver, recipient and set of fields. Of several consents the one
#   that came furthest names the reason.
package authz.consent

import data.authz.facts
import data.authz.matrix
import data.authz.question

# The fields that all good consents together leave of those that are open.
fields(part, level) := {field |
	some row in facts.consents
	good(row, part)
	some field, category in matrix.open_fields(part, level)
	includes(row, field, category)
}

good(row, part) if rank(row, part) == 5

# Where a consent stops, in the order of domain.md §2.8 step 14.
rank(row, part) := 0 if {
	not counts(row, part)
} else := 1 if {
	withdrawn(row)
} else := 2 if {
	not in_force(row)
} else := 3 if {
	not by_right_person(row)
} else := 4 if {
	blanket(row)
} else := 5 if {
	in_scope(row, part)
} else := 4.5

furthest(part) := max(array.concat([0], [rank(row, part) | some row in facts.consents]))

counts(row, _) if data.consent_kinds[row.kind].counts == "always"

counts(row, part) if {
	data.consent_kinds[row.kind].counts == "where_law_names_it"
	some basis in matrix.bases(part)
	basis in data.consent_kinds[row.kind].laws
}

withdrawn(row) if object.get(row, "withdrawn_at", null) != null

in_force(row) if {
	question.text(row.given_at)
	row.given_at <= question.time
	question.text(row.valid_until)
	row.valid_until >= question.date
}

by_right_person(row) if {
	facts.decides_for_self
	row.given_by == question.person
}

# A person with gezag, both then and now (domain.md §7.17).
by_right_person(row) if {
	not facts.decides_for_self
	facts.gezag(row.given_by, row.given_on)
	facts.gezag(row.given_by, question.date)
}

# To the municipality as a whole, or for everything: no consent at all (R39).
blanket(row) if not says(row, "purpose")

blanket(row) if {
	not says(row, "to_role")
	not says(row, "to_domain")
}

blanket(row) if count(question.list(object.get(row, "items", []))) == 0

says(row, key) if question.text(object.get(row, key, ""))

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
includes(row, field, _) if field in row.items

includes(row, _, category) if category in row.items

# A consent that is about this part at all, good or not: what is shown where no cell is.
shown(part) if {
	some row in facts.consents
	about(row, part)
}

shown(_) if count(question.list(object.get(question.context, "consent_refs", []))) > 0

about(row, part) if question.overlap(row.from_domain, part)

about(row, _) if not row.from_domain
