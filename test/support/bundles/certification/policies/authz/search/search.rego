package authz.search

import data.authz.rules

subject := {"results": [{"type": "user", "id": id} |
	some id, _ in data.people
	input.subject.type == "user"
	sought := object.union(input.subject, {"id": id})
	rules.allowed(rules.person_of(sought), input.action, rules.record_of(input.resource))
]}

resource := {"results": [{"type": "record", "id": id} |
	some id, _ in data.records
	input.resource.type == "record"
	sought := object.union(input.resource, {"id": id})
	rules.allowed(rules.person_of(input.subject), input.action, rules.record_of(sought))
]}

action := {"results": [{"name": name} |
	some name in ["read", "write", "delete"]
	rules.allowed(rules.person_of(input.subject), {"name": name}, rules.record_of(input.resource))
]}
