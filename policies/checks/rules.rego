# What a rule that can determine an outcome must say of itself. `input.modules` holds the syntax tree of each file of rules.
package checks

demanded := ["title", "description"]

demanded_custom := ["rule_id", "reason_code", "legal_basis", "owner", "review_date"]

# Every rule under authz, with its place and what its METADATA says.
rules := [{"where": where, "name": name, "says": says, "determines": determines} |
	some module in input.modules
	module.syntax["package"].path[1].value == "authz"
	some rule in module.syntax.rules
	where := sprintf("%s:%d", [module.file, rule.location.row])
	name := concat(".", [part.value | some part in rule.head.ref])
	says := object.union_n([annotation | some annotation in rule.annotations])
	determines := determines_outcome(rule)
]

# A rule determines an outcome where it reads its own metadata or says which reason it gives.
determines_outcome(rule) if {
	walk(rule, [_, [{"type": "var", "value": "rego"}, {"type": "string", "value": "metadata"}, {"type": "string", "value": _}]])
} else if {
	some annotation in rule.annotations
	annotation.custom.rule_id
} else := false

determining := [rule | some rule in rules; rule.determines]

violations contains v if {
	some rule in determining
	some name in demanded
	not rule.says[name]
	v := at_line("rule-metadata", rule.where, sprintf("%s has no %s in its METADATA", [rule.name, name]), "add it to the METADATA block above the rule")
}

violations contains v if {
	some rule in determining
	some name in demanded_custom
	not name in object.keys(object.get(rule.says, "custom", {}))
	v := at_line("rule-metadata", rule.where, sprintf("%s has no custom.%s in its METADATA", [rule.name, name]), "add it to the METADATA block above the rule")
}

violations contains v if {
	some rule in determining
	code := rule.says.custom.reason_code
	not data.reasons[code]
	v := at_line("rule-reason", rule.where, sprintf("there is no reason %v", [code]), "mend the spelling, or add it to reasons/data.yaml")
}

violations contains v if {
	some rule in determining
	some basis in rule.says.custom.legal_basis
	some violation in basis_violations(basis, [], false)
	v := object.union(violation, {"where": rule.where})
}

violations contains v if {
	some rule in determining
	rule.says.custom.review_date < input.today
	v := object.union(at_line("review-date", rule.where, sprintf("%s was to be reviewed on %s", [rule.name, rule.says.custom.review_date]), "review the rule with its owner and set the next date"), {"severity": "warning"})
}

violations contains v if {
	some id, places in rules_by_id
	count(places) > 1
	some where in places
	v := at_line("rule-id", where, sprintf("%s is the id of %d rules", [id, count(places)]), "give each rule an id of its own")
}

rules_by_id[id] contains rule.where if {
	some rule in determining
	id := rule.says.custom.rule_id
}

violations contains v if {
	some code, reason in data.reasons
	not reason.outward
	not code in given_reasons
	v := error("rule-reason", ["reasons", code], "no rule gives this reason", "write the rule, or remove the reason")
}

given_reasons := {rule.says.custom.reason_code | some rule in determining}

# Without rules every check above is silent, and silence would look like health.
violations contains v if {
	count(determining) == 0
	v := at_line("rule-metadata", "policies/authz", "no rule that can determine an outcome was found", "see policies/README.md for how a rule says what it is")
}

at_line(check, where, message, fix) := {
	"severity": "error",
	"check": check,
	"where": where,
	"message": message,
	"fix": fix,
}
