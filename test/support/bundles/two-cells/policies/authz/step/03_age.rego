package authz.step

too_young if {
	input.resource.properties.data_subject.birth_date > "2010-01-01"
	input.action.name != "<b>\"&'</b>"
}

# No case comes here: each is asked to read.
too_young if {
	input.action.name == "<i>"
	input.resource.id == "x"
}
