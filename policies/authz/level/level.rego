# METADATA
# title: Levels
# description: none, dat and wat, and the lowest of what caps them.
package authz.level

import data.authz.agreement
import data.authz.matrix
import data.authz.question

rank := {"none": 0, "dat": 1, "wat": 2}

# The lowest of purpose, role, cell and agreement (domain.md §2.8 step 13).
reached_by(part, asked) if {
	needed := rank[asked]
	needed <= rank[question.purpose.level_cap]
	needed <= rank[matrix.cells[part].level]
	needed <= role_cap
	within_agreement(part, needed)
}

within_agreement(part, _) if not agreement.needed(part)

within_agreement(part, needed) if needed <= agreement.level(part)

# R59: a training that has run out leaves dat only.
role_cap := min([1, rank[data.roles[question.receiver].level_cap]]) if {
	data.roles[question.receiver].training
	not training_valid
} else := rank[data.roles[question.receiver].level_cap]

training_valid if question.ends(object.get(question.who, "training_valid_until", null), question.date)
