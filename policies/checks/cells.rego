# What a cell of the authorisation matrix must be able to show for itself.
package checks

# Every cell with where it stands, those of the local decisions too: once, for all the checks below.
cells := array.concat(matrix_cells, local_cells)

matrix_cells := [{
	"path": ["authorisation_matrix", domain, purpose, role],
	"domain": domain,
	"purpose": purpose,
	"role": role,
	"cell": cell,
	"profile": "",
} |
	some domain, purposes in data.authorisation_matrix
	some purpose, roles in purposes
	some role, cell in roles
]

local_cells := [{
	"path": ["local_decisions", profile, domain, purpose, role],
	"domain": domain,
	"purpose": purpose,
	"role": role,
	"cell": cell,
	"profile": profile,
} |
	some profile, domains in data.local_decisions
	some domain, purposes in domains
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
	not rests_on_local_decision(c)
	v := error("cell-basis", c.path, "no legal basis on the giving side (out_basis)", "name the provision; in a profile with local decisions, a local_decision with dpia and fg_advice may stand for it")
}

violations contains v if {
	some profile, _ in data.local_decisions
	not data.profiles[profile]
	v := unknown("profile", profile, ["local_decisions", profile])
}

violations contains v if {
	some profile, _ in data.local_decisions
	data.profiles[profile].local_decisions == false
	v := error("cell-local-decision", ["local_decisions", profile], "this profile has no local decisions", "move the cells to a profile that has them")
}

# Production refuses a profile by its own mark, so no invented reference may hide below one without it.
violations contains v if {
	some c in local_cells
	c.cell.local_decision.example
	not data.profiles[c.profile].example
	v := error("cell-local-decision", c.path, "rests on invented references, and its profile does not say so", "give the real DPIA and advice, or set example: true on the profile")
}

violations contains v if {
	some c in cells
	some i, kind in c.cell.conditions.agreement.kinds
	not data.agreement_kinds[kind].opens_data
	v := unknown("kind of agreement that opens data named", kind, array.concat(c.path, ["conditions", "agreement", "kinds", sprintf("%d", [i])]))
}

violations contains v if {
	some c in cells
	some i, obligation in c.cell.obligations
	not data.obligations[obligation]
	v := unknown("obligation", obligation, array.concat(c.path, ["obligations", sprintf("%d", [i])]))
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
	rank[c.cell.level] > rank[data.roles[c.role].level_cap]
	v := error("cell-level", array.concat(c.path, ["level"]), sprintf("%s is above the cap of the role (%s)", [c.cell.level, data.roles[c.role].level_cap]), "lower the level, or raise the cap of the role on purpose")
}

violations contains v if {
	some c in cells
	not may_have(c.role, data.purposes[c.purpose])
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

# Its own roles, and those that may give for it.
may_have(role, purpose) if role in purpose.roles

may_have(role, purpose) if role in purpose.givers.roles

rank := {"none": 0, "dat": 1, "wat": 2}

waits_for_law(purpose) if data.purposes[purpose].wams

waits_for_law(purpose) := false if not data.purposes[purpose].wams

rests_on_local_decision(c) if {
	c.cell.local_decision.dpia
	c.cell.local_decision.fg_advice
	data.profiles[c.profile].local_decisions
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
