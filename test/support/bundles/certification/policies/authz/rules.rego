# The fixture of the AuthZEN certification scenario, as rules of one question. What is stored counts where nothing is sent.
package authz.rules

allowed(person, action, record) if {
	action.name == "read"
	person.id in ["alice", "bob"]
	record.type == "record"
}

allowed(person, action, record) if {
	action.name == "write"
	person.id == "alice"
	record.type == "record"
	record.status != "archived"
}

allowed(person, action, record) if {
	action.name == "write"
	person.role == "admin"
	record.type == "record"
	record.status == "archived"
}

allowed(person, action, record) if {
	action.name == "delete"
	person.id == "alice"
	record.type == "record"
	object.get(action, ["properties", "soft"], false) == true
}

person_of(subject) := {
	"id": subject.id,
	"role": object.get(subject, ["properties", "role"], object.get(data.people, [subject.id, "role"], "")),
}

record_of(resource) := {
	"type": resource.type,
	"status": object.get(resource, ["properties", "status"], object.get(data.records, [resource.id, "status"], "")),
}
