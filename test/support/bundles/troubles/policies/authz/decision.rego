# Answers in every way that a policy can go right or wrong, one for each name of an action.
package authz

decision := {"decision": true} if input.action.name == "permit"

decision := {"decision": false, "context": {"reason": "no"}, "record": {"step": 2}} if input.action.name == "deny"

decision := {"decision": false, "context": {"data": data.settings}} if input.action.name == "settings"

decision := {"decision": true, "context": input.context} if input.action.name == "echo"

decision := {"decision": true} if input.action.name in {"conflict", "yes"}

decision := {"decision": false} if input.action.name in {"conflict", "no"}

decision := {"decision": "true"} if input.action.name == "text for a decision"

decision := {"context": {}} if input.action.name == "no decision"

decision := true if input.action.name == "bare boolean"

decision := [{"decision": true}] if input.action.name == "a list"

decision := {"decision": true, "context": ["a"]} if input.action.name == "list for a context"

decision := {"decision": true, "record": "text"} if input.action.name == "text for a record"

decision := {"decision": true, "context": {"id": 12345678901234567890}} if input.action.name == "number that no double holds"

decision := {"decision": true, "context": {"found": [{1: "a", "1": "b", "2:": "\\\":"}]}} if input.action.name == "two keys of one text"
