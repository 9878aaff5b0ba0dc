package authz

import data.authz.rules

decision := {"decision": allowed}

default allowed := false

allowed if rules.allowed(rules.person_of(input.subject), input.action, rules.record_of(input.resource))
