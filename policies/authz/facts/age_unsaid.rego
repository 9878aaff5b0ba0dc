# What it takes to say that nobody said anything of the age, and what tells of a child all the same.
package authz.facts

import data.authz.question

default age_said := false

# INVARIANT: what is said of the years and cannot be read is not unsaid, and opens nothing.
age_said if {
	some key, _ in question.person_given
	key in {"adult", "birth_date"}
}

default sign_of_a_child := false

sign_of_a_child if data.relations.person[person_relation].presumed_minor

# The file, or the case of who asks, is in a domain that is about minors.
sign_of_a_child if data.domains[question.domain].about_minors

sign_of_a_child if data.domains[relation_row.domain].about_minors

# Gezag is over minors only.
sign_of_a_child if {
	some row in guardianship
	row.gezag == true
	not plainly_another_time(row)
}
