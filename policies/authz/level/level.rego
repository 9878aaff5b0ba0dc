# METADATA
# title: Levels
# description: none, dat and wat, and the lowest of what caps them.
package authz.level

import data.authz.agreement
import data.authz.matrix
import data.authz.question

rank := {"none": 0, "dat": 1, "wat": 2}

# The lowest of purpose, role, cell and agreement (domain.md §2.8 step 13).
cap(part) := min([rank[question.purpose.level_cap], role_cap, rank[matrix.cell(part).level], agreed(part)])

agreed(part) := agreement.level(part) if agreement.needed(part)

agreed(part) := 2 if not agreement.needed(part)

# R59: a training that has run out leaves dat only.
role_cap := min([1, rank[data.roles[question.receiver].level_cap]]) if {
	data.roles[question.receiver].training
	question.who.training_valid_until < question.date
} else := rank[data.roles[question.receiver].level_cap]
