package authz

decision := {"decision": allowed}

default allowed := false

allowed if {
	input.subject.id == "alice"
	input.action.name == "read"
}
