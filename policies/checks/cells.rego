# What a cell of the authorisation matrix must be able to show for itself.
package checks

# Every cell with where it stands: once, for all the checks below.
cells := [{"path": ["authorisation_matrix", domain, purpose, role], "domain": domain, "purpose": purpose, "role": role, "cell": cell} |
	some domain, purposes in data.authorisation_matrix
	some purpose, roles in purposes
	some role, cell in roles
]

violations contains v if {
	some c in cells
	not data.domains[c.domain]
	v := unknown("domain", c.domain, c.path)
}

violations contains v if {
	some c in cells
	not data.purposes[c.purpose]
	v := unknown("purpose", c.purpose, c.path)
}

violations contains v if {
	some c in cells
	not data.roles[c.role]
	v := unknown("role", c.role, c.path)
}

violations contains v if {
	some c in cells
	some side in ["out_basis", "in_basis"]
	some i, basis in c.cell[side]
	some v in basis_violations(basis, array.concat(c.path, [side, sprintf("%d", [i])]), waits_for_law(c.purpose))
}

# R37: an express possibility in the giving and in the receiving law.
violations contains v if {
	some c in cells
	count(object.get(c.cell, "in_basis", [])) == 0
	v := error("cell-basis", c.path, "no legal basis on the receiving side (in_basis)", "name the provision, or remove the cell: a cell that is not there is closed")
}

violations contains v if {
	some c in cells
	count(object.get(c.cell, "out_basis", [])) == 0
	not rests_on_local_decision(c.cell)
	v := error("cell-basis", c.path, "no legal basis on the giving side (out_basis)", "name the provision; in a profile with local decisions, a local_decision with dpia and fg_advice may stand for it")
}

violations contains v if {
	some c in cells
	c.cell.local_decision
	not local_profiles_only(c.cell)
	v := error("cell-local-decision", c.path, "a local decision opens this cell in a profile that has none", "name in `profiles` only profiles with local_decisions: true")
}

violations contains v if {
	some c in cells
	some i, profile in c.cell.profiles
	not data.profiles[profile]
	v := unknown("profile", profile, array.concat(c.path, ["profiles", sprintf("%d", [i])]))
}

# R40: without a data set there is nothing to weigh.
violations contains v if {
	some c in cells
	count(data_set(c)) == 0
	v := error("cell-data-set", c.path, sprintf("opens no data: the purpose names no fields of %s for level %s", [c.domain, c.cell.level]), "give the purpose fields for this domain, or give the cell fields")
}

violations contains v if {
	some c in cells
	some i, field in c.cell.fields
	not field in known_fields(c.domain)
	v := unknown("field", field, array.concat(c.path, ["fields", sprintf("%d", [i])]))
}

violations contains v if {
	some c in cells
	rank[c.cell.level] > rank[data.purposes[c.purpose].level_cap]
	v := error("cell-level", array.concat(c.path, ["level"]), sprintf("%s is above the cap of the purpose (%s)", [c.cell.level, data.purposes[c.purpose].level_cap]), "lower the level, or raise the cap of the purpose on purpose")
}

violations contains v if {
	some c in cells
	not c.role in data.purposes[c.purpose].roles
	data.roles[c.role]
	v := error("cell-role", c.path, sprintf("%s may not have this purpose, so the cell can never open", [c.role]), "add the role to the purpose, or remove the cell")
}

violations contains v if {
	some c in cells
	c.cell.review_date < input.today
	v := warning("review-date", c.path, sprintf("was to be reviewed on %s", [c.cell.review_date]), "review the cell with its owner and set the next date")
}

violations contains v if {
	some id, places in cells_by_id
	count(places) > 1
	some path in places
	v := error("cell-id", array.concat(path, ["id"]), sprintf("%s is the id of %d cells", [id, count(places)]), "give each cell an id of its own")
}

cells_by_id[id] contains c.path if {
	some c in cells
	id := c.cell.id
}

rank := {"none": 0, "dat": 1, "wat": 2}

waits_for_law(purpose) if data.purposes[purpose].wams

waits_for_law(purpose) := false if not data.purposes[purpose].wams

rests_on_local_decision(cell) if {
	cell.local_decision.dpia
	cell.local_decision.fg_advice
	local_profiles_only(cell)
}

local_profiles_only(cell) if {
	count(cell.profiles) > 0
	every profile in cell.profiles {
		data.profiles[profile].local_decisions
	}
}

# The fields that a cell opens: its own list, or what its purpose needs of the domain and its sub-domains.
data_set(c) := {field | some field in c.cell.fields} if c.cell.fields

data_set(c) := {field |
	some domain, needed in data.purposes[c.purpose].fields
	covers(c.domain, domain)
	some field in needed_fields(needed, c.cell.level)
} if {
	not c.cell.fields
}

needed_fields(needed, "dat") := {field | some field in needed.dat}

needed_fields(needed, "wat") := {field | some _, fields in needed.wat; some field in fields}

known_fields(domain) := {field |
	some id, _ in data.domains
	covers(domain, id)
	some field in domain_fields(id)
}

domain_fields(id) := {field | some field in data.domains[id].dat} | {field |
	some _, category in data.domains[id].categories
	some field in category.fields
}

# A domain covers itself and its sub-domains.
covers(domain, domain)

covers(domain, sub) if startswith(sub, concat("", [domain, "."]))
