package authz.search

action := {"results": [{"name": "read"}, {"name": "list"}]} if input.subject.id == "alice"

action := {"results": "read"} if input.subject.id == "text for results"

action := {"results": ["read"]} if input.subject.id == "texts for results"

action := ["read"] if input.subject.id == "a list"
