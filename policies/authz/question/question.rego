# METADATA
# title: What is asked
# description: >
#   The members of the request, each only where it has the right type. What is missing or of another type is undefined,
#   so that every condition on it fails closed.
package authz.question

who := input.subject.properties if {
	is_object(input.subject.properties)
} else := {}

how := input.action.properties if {
	is_object(input.action.properties)
} else := {}

what := input.resource.properties if {
	is_object(input.resource.properties)
} else := {}

context := input.context if {
	is_object(input.context)
} else := {}

person_given := what.data_subject if {
	is_object(what.data_subject)
} else := {}

organisation := who.organisation if {
	is_object(who.organisation)
} else := {}

holder := what.holder if {
	is_object(what.holder)
} else := {}

# A holder that cannot be read is not taken for one that is not there.
holder_readable if {
	object.get(what, "holder", null) == null
} else if {
	is_object(what.holder)
}

casus := context.casus if {
	is_object(context.casus)
} else := {}

overleg := context.overleg if {
	is_object(context.overleg)
} else := {}

break_glass := context.break_glass if {
	is_object(context.break_glass)
} else := {}

recipient := how.recipient if {
	is_object(how.recipient)
} else := {}

plain_words := {"medewerker", "betrokkene", "dossier", "decision_log"}

# Plain words and URIs: the last part of a URI is the word.
subject_type := input.subject.type if {
	input.subject.type in {"medewerker", "betrokkene"}
} else := word(input.subject.type)

resource_type := input.resource.type if {
	input.resource.type in {"dossier", "decision_log"}
} else := word(input.resource.type)

professional := text(input.subject.id)

# What is no text is no key either, and so names nothing.
role := who.role if data.roles[who.role]

pet := who.active_pet if data.pets[who.active_pet]

action := input.action.name if input.action.name in data.settings.actions

# A question asks for its answer only, and a log has no lesser form.
level := "dat" if {
	action == "ask_question"
} else := "wat" if {
	is_log
} else := how.requested_level if {
	how.requested_level in {"dat", "wat"}
}

# Wasm keeps no memory of what is undefined, and works it out anew each time; so what is asked often has a default.
default is_log := false

is_log if resource_type == "decision_log"

domain := "decision_log" if {
	is_log
} else := what.domain if {
	data.domains[what.domain]
	what.domain != "decision_log"
}

# A request for a domain is judged by its parts (domain.md §7.15).
parts := object.get(data.domains[domain], "parts", [domain])

# The domain that a domain lies in; undefined for one that lies in none.
parent(id) := data.domains[id].parent

covers(wide, narrow) if wide == narrow

covers(wide, narrow) if startswith(narrow, concat("", [wide, "."]))

overlap(one, other) if covers(one, other)

overlap(one, other) if covers(other, one)

purpose_given if text(how.purpose)

purpose_id := text(how.purpose)

# A group such as PREVENTIE.* stands for every purpose whose id starts so.
purpose := found if {
	found := data.purposes[purpose_id]
} else := data.purposes[concat(".", [split(purpose_id, ".")[0], "*"])]

person := id if {
	id := text(person_given.id)
	not named_twice
}

# The door leaves a number beside the id only where the two are not the same person.
named_twice if object.get(person_given, "bsn", null) != null

# What the request says that this person is: known, or not said.
relation_readable if {
	object.get(person_given, "relation", null) == null
} else if {
	data.relations.person[person_given.relation]
}

municipality := text(what.municipality)

organisation_type := data.organisation_types[organisation.type]

# Who would receive: for `provide` the recipient's role, otherwise the one who asks.
receiver := role if not provides

receiver := role_id if {
	provides
	role_id := recipient.role
	data.roles[role_id]
}

default provides := false

provides if action == "provide"

default categories_given := false

categories_given if count(categories) > 0

categories := {id | some list in categories_sent; some id in list}

categories_sent := [object.get(how, "categories", []), object.get(what, "categories", [])]

# Anything but a list of texts could be read as naming nothing, which would ask for everything.
categories_readable if {
	every sent in categories_sent {
		is_array(sent)
		every id in sent {
			text(id)
		}
	}
}

date := input.now.date

time := input.now.time

default simulation := false

simulation if context.simulation == true

default explain := false

explain if context.explain == true

text(value) := value if {
	is_string(value)
	value != ""
}

list(value) := value if {
	is_array(value)
} else := []

object_or_empty(value) := value if {
	is_object(value)
} else := {}

word(value) := value if {
	value in plain_words
} else := lower(last) if {
	text(value)
	steps := split(replace(replace(value, "#", "/"), ":", "/"), "/")
	last := steps[count(steps) - 1]
}

# Texts of which something can be seen.
visible(value) if {
	is_string(value)
	trim(value, " \t\n\r\u000b\u000c\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff\u00ad\u180e") != ""
}

# True where a period by Dutch calendar dates, both ends inclusive, holds this day; a missing start or end is open.
within(row, start, end, day) if {
	starts(object.get(row, start, null), day)
	ends(object.get(row, end, null), day)
}

starts(null, _)

starts(from, day) if {
	is_string(from)
	from >= "0"
	from <= day
}

# A text that does not begin with a digit is no date, and closes.
ends(null, _)

ends(until, day) if {
	is_string(until)
	until >= day
	until < ":"
}
