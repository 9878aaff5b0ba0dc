# METADATA
# title: What is known
# description: >
#   The facts of the PDP. INVARIANT (domain.md §7.12): facts about the resident are read only through this package, and are
#   empty where there is no case relation, so that they cannot change a byte of the answer.
package authz.facts

import data.authz.question

facts := input.facts if {
	is_object(input.facts)
} else := {}

relation_row := question.object_or_empty(object.get(facts, "case_relation", {}))

relation_kind := data.relations.case[relation_row.kind]

# The relation that this request stands on, for a level (domain.md §7.14).
related(level) if {
	not question.purpose.own_data
	level in relation_kind.suffices_for
	in_period
	in_own_domain
	in_overleg
}

related(_) if {
	question.purpose.own_data
	speaks_for_self
}

related(_) if {
	question.purpose.own_data
	speaks_for_other
}

in_period if {
	question.within(relation_row, "since", "until", question.date)
	not open_ended
}

open_ended if {
	relation_kind.within_period
	not has_end
}

has_end if question.text(relation_row.until)

in_own_domain if {
	not relation_kind.own_domain_only
} else if {
	question.covers(relation_row.domain, question.domain)
}

in_overleg if {
	not relation_kind.within_overleg
} else if {
	question.text(relation_row.overleg_id)
	relation_row.overleg_id == question.overleg.id
}

# INVARIANT: without a relation there is nothing to know about a resident.
about_resident(kind) := [row | some row in question.list(object.get(facts, kind, [])); is_object(row)] if {
	has_relation
} else := []

general(kind) := [row | some row in question.list(object.get(facts, kind, [])); is_object(row)]

consents := about_resident("consents")

objections := about_resident("objections")

guardianship := about_resident("guardianship")

# What the person is in the casus: the row wins over what the request says (domain.md §7.14).
person_relation := relation_row.person_relation if {
	has_relation
	object.get(relation_row, "person_relation", null) != null
} else := question.text(question.person_given.relation)

default has_relation := false

# The relation counts where it suffices for what is asked.
has_relation if related(question.level)

# --- the person

# The door gives dates in one form and leaves out what is none.
birth_date := given if {
	given := question.text(question.person_given.birth_date)
	[year, month, day] := split(given, "-")
	count(year) == 4
	count(month) == 2
	count(day) == 2
	to_number(year) > 0
}

# Completed years by the Dutch calendar: a birthday on 29 February counts from 1 March in other years.
reached(years) if {
	parts := split(birth_date, "-")
	turns := format_int(to_number(parts[0]) + years, 10)
	question.date >= concat("-", [turns, parts[1], parts[2]])
}

default age_known := false

age_known if birth_date

default adult := false

adult if {
	age_known
	reached(18)
}

adult if {
	not age_known
	question.person_given.adult == true
}

adult if {
	not age_known
	object.get(question.person_given, "adult", null) != false
	data.relations.person[person_relation].presumed_adult
}

default incapable := false

incapable if {
	some row in guardianship
	under_protection(row)
}

# A word that closes: it counts unless its period is plainly another, so what cannot be read closes too.
under_protection(row) if {
	row.kind in {"curator", "mentor"}
	not plainly_another_time(row)
}

plainly_another_time(row) if {
	row.until >= "0"
	row.until < question.date
}

plainly_another_time(row) if {
	row.since > question.date
	row.since < ":"
}

default decides_for_self := false

# Twelve or older and capable: only the own consent counts (domain.md §7.17).
decides_for_self if {
	not incapable
	old_enough
}

default needs_representative := false

# Under twelve, or incapable. Of whom the age is not known, nobody else's consent counts either.
needs_representative if incapable

needs_representative if {
	age_known
	not reached(12)
}

default old_enough := false

old_enough if {
	age_known
	reached(12)
}

old_enough if {
	not age_known
	adult
}

# Of whose years nothing is said, the own consent counts (domain.md §4: A13, A14, A24 and A37 name no age), unless something
# tells of a child: then who sent no birth date would let a child of ten decide.
old_enough if {
	not age_said
	not sign_of_a_child
}

gezag(person, day) if {
	some row in guardianship
	row.person == person
	row.gezag == true
	question.within(row, "since", "until", day)
}

# --- the resident who asks about the own data (domain.md §7.23; Wmo 5.3.2)

speaks_for_self if {
	question.subject_type == "betrokkene"
	question.professional == question.person
	not spoken_for
}

# Under twelve, or under a curator or mentor, somebody else asks (Wmo 5.3.2).
spoken_for if {
	age_known
	not reached(12)
}

spoken_for if {
	not age_known
	question.person_given.adult == false
}

spoken_for if {
	some row in general("guardianship")
	under_protection(row)
}

speaks_for_other if {
	question.subject_type == "betrokkene"
	some row in general("guardianship")
	row.person == question.professional
	question.within(row, "since", "until", question.date)
	may_represent(row)
}

may_represent(row) if {
	row.gezag == true
	age_known
	not reached(16)
}

may_represent(row) if row.kind in {"curator", "mentor"}
