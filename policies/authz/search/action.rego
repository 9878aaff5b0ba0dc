# METADATA
# title: What may I do here
# description: >
#   AuthZEN action search (R58): the actions of which at least one purpose that fits role and pet would be granted, for this
#   subject, this resource and this context. Decided by the same rules, so it tells nothing that a decision would not.
package authz.search

import data.authz.question

default action := {"results": []}

action := {"results": [{"name": name} | some name in ["read", "list", "ask_question", "write"]; name in allowed]}

# Purposes of the role that fit the pet.
candidates := {id |
	some id, purpose in data.purposes
	question.role in purpose.roles
	question.pet in purpose.pets
	not purpose.break_glass
}

allowed contains name if {
	some name in ["read", "list", "write"]
	some id in candidates
	some level in ["dat", "wat"]
	decided := data.authz.decision with input.action as {"name": name, "properties": {"purpose": id, "requested_level": level}}
	decided.decision
}

allowed contains "ask_question" if {
	some asked, about in data.questions
	some id, _ in about.purposes
	id in candidates
	decided := data.authz.decision with input.action as {"name": "ask_question", "properties": {"purpose": id, "question": asked}}
	decided.decision
}
