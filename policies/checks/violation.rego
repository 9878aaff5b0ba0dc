# How a violation looks: { severity, check, where, message, fix }. `where` is `#` and a JSON pointer into the data, or a file and line.
package checks

error(check, path, message, fix) := {
	"severity": "error",
	"check": check,
	"where": pointer(path),
	"message": message,
	"fix": fix,
}

warning(check, path, message, fix) := object.union(error(check, path, message, fix), {"severity": "warning"})

unknown(kind, id, path) := error(
	"unknown",
	path,
	sprintf("there is no %s %v", [kind, id]),
	"mend the spelling, or add it to its registry first",
)

pointer(path) := concat("/", array.concat(["#"], [escaped |
	some part in path
	escaped := replace(replace(part, "~", "~0"), "/", "~1")
]))

# What is wrong with citing this basis here. `draft`: the rule only lives when draft law comes into force.
basis_violations(basis, path, _) := {unknown("legal basis", basis, path)} if not data.legal_bases[basis]

basis_violations(basis, path, draft) := violations_of if {
	registered := data.legal_bases[basis]
	violations_of := {v |
		registered.not_a_basis
		v := error("no-basis", path, sprintf("%s carries nothing: %s", [basis, registered.not_a_basis]), "cite the provision that does")
	} | {v |
		not registered.in_force
		not draft
		v := error("not-in-force", path, sprintf("%s is not in force", [basis]), "cite law that is in force, or mark the purpose with wams: true")
	}
}
