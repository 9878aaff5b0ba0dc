# METADATA
# title: The judgement
# description: >
#   The evaluation order of domain.md §2.8. The first step that fails names the reason; of several parts of a domain the one
#   that came furthest.
package authz.judgement

import data.authz.agreement
import data.authz.facts
import data.authz.matrix
import data.authz.question
import data.authz.step

# --- steps 1 to 7, for the request as a whole: a denial, or null

default request_denial := null

request_denial := found if {
	found := shape_denial
	found != null
} else := found if {
	found := step.holder_decides
} else := found if {
	found := organisation_denial
	found != null
} else := found if {
	found := step.notice_missing
} else := found if {
	found := purpose_denial
	found != null
} else := found if {
	found := step.no_case_relation
} else := found if {
	question.purpose.break_glass
	found := conflict_denial
} else := found if {
	on_the_common_road
	found := closure_denial
}

default shape_denial := null

shape_denial := found if {
	found := step.underspecified
} else := found if {
	found := step.purpose_missing
} else := found if {
	found := step.bulk
} else := found if {
	found := step.aggregate
} else := found if {
	found := step.wrong_municipality
}

default organisation_denial := null

organisation_denial := found if {
	found := step.incompatible_purpose
} else := found if {
	found := step.stale
} else := found if {
	found := step.no_mandate
} else := found if {
	found := step.pet_mismatch
} else := found if {
	found := step.role_mismatch
}

default purpose_denial := null

purpose_denial := found if {
	found := step.not_adopted
} else := found if {
	found := step.expired
} else := found if {
	found := step.law_not_in_force
} else := found if {
	found := step.phase_mismatch
}

conflict_denial := found if {
	found := step.justification_incomplete
} else := found if {
	found := step.no_safety_ground
} else := found if {
	found := step.teamhoofd_missing
} else := found if {
	found := step.secrecy_missing
}

closure_denial := found if {
	found := step.received_under_other_pet
} else := found if {
	found := step.secrecy
} else := found if {
	found := step.secrecy_missing
}

on_the_common_road if not on_the_other_road

on_the_other_road if question.purpose.break_glass

# --- steps 8 to 15, for one part at a level: a denial with its place in the order, or nothing

part_denial(part, level) := [1, found] if {
	found := step.adult_family_member(part)
} else := [2, found] if {
	found := step.dat_gevoelig(part)
} else := [3, found] if {
	found := step.not_active(part)
} else := [4, found] if {
	found := step.objection(part)
} else := [5, found] if {
	found := step.client_not_involved
} else := [6, found] if {
	found := step.not_necessary(part)
} else := [7, found] if {
	not step.based(part)
	found := basis_denial(part)
} else := found if {
	agreement.needed(part)
	found := agreement_denial(part)
} else := [11, found] if {
	found := step.level_above_cap(part, level)
} else := found if {
	matrix.asks_consent(part)
	found := consent_denial(part)
} else := [20, found] if {
	found := step.consent_took_the_last(part, level)
} else := [21, found] if {
	found := step.nothing_left(part, level)
} else := [22, found] if {
	found := step.afweging_missing(part, level)
}

basis_denial(part) := found if {
	found := step.consent_cannot_create_basis(part)
} else := step.no_legal_basis(part)

agreement_denial(part) := [8, found] if {
	found := step.agreement_missing(part)
} else := [9, found] if {
	found := step.agreement_expired(part)
} else := [10, found] if {
	found := step.not_in_named_meeting(part)
}

consent_denial(part) := [12, found] if {
	found := step.consent_missing(part)
} else := [13, found] if {
	found := step.consent_withdrawn(part)
} else := [14, found] if {
	found := step.consent_expired(part)
} else := [15, found] if {
	found := step.consent_wrong_person(part)
} else := [16, found] if {
	found := step.consent_not_specific(part)
} else := [17, found] if {
	found := step.consent_scope(part)
}

denials[part] := found if {
	some part in question.parts
	found := part_denial(part, question.level)
}

open_parts := [part | some part in question.parts; not denials[part]]

# Of several closed parts the one that came furthest names the reason.
parts_denial := furthest[0] if {
	count(open_parts) == 0
	most := max([place | some [place, _] in denials])
	furthest := [found | some part in question.parts; [place, found] := denials[part]; place == most]
}

default denial := null

denial := found if {
	found := request_denial
	found != null
} else := found if {
	question.purpose.break_glass
	found := step.conflict_without_fields
} else := found if {
	on_the_common_road
	found := parts_denial
}

granted if denial == null

grant := {
	"level": question.level,
	"fields": fields,
	"rule_id": concat("+", determining),
	"legal_basis": sort(bases),
	"obligations": cell_obligations,
} if {
	granted
}

determining := sort(rule_ids) if {
	granted
} else := [denial.rule_id]

# A question is about one domain, also where that is judged by its parts.
fields := sort(step.conflict_fields) if {
	question.purpose.break_glass
} else := sort({field | some part in open_parts; some field in step.remaining[part]})

rule_ids := {"CONFLICT_VAN_PLICHTEN"} if {
	question.purpose.break_glass
} else := {matrix.cells[part].id | some part in open_parts}

bases := {basis | some basis in question.purpose.legal_basis} if {
	question.purpose.break_glass
} else := {basis | some part in open_parts; some basis in matrix.bases(part)}

cell_obligations := {id | some part in open_parts; some id in matrix.cells[part].obligations}

# --- what may be seen from outside

# INVARIANT (domain.md §7.12): without a case relation no fact about the resident changes a byte. What the request or an
# organisation brings about by itself may show; behind what a person or a file brings about, the next such reason, or none.
outward := denial if {
	facts.has_relation
} else := found if {
	found := shape_denial
	found != null
} else := found if {
	tells_nothing_of_the_file
	found := step.holder_decides
} else := found if {
	found := organisation_denial
	found != null
} else := found if {
	found := purpose_denial
	found != null
} else := step.geen_toegang if {
	step.no_case_relation
} else := found if {
	question.purpose.break_glass
	found := conflict_denial
} else := denial if {
	not behind_the_file
	data.reasons[denial.code].depends_on != "person"
} else := step.geen_toegang

tells_nothing_of_the_file if step.hard_data

tells_nothing_of_the_file if step.held_elsewhere

# What the file or the resident brings about before the tie to the case is looked at.
behind_the_file if step.notice_missing

behind_the_file if step.holder_decides

# --- what would be possible instead

# Whether the same request for dat would be granted.
lower_would_do if {
	question.level == "wat"
	on_the_common_road
	only_secrecy_stands_in_the_way
	some part in question.parts
	not closed_for_dat(part)
}

only_secrecy_stands_in_the_way if request_denial == null

only_secrecy_stands_in_the_way if request_denial.code == "SECRECY_MISSING"

closed_for_dat(part) if part_denial(part, "dat")

# Whether the road of conflict van plichten lies open from here: never for hard cells and domains (R130).
may_weigh_duties if {
	facts.has_relation
	not step.holder_has_the_word
	wears_the_hat
	not behind_a_hard_cell
}

# Without a case relation only where the escape is open, and by nothing that the file says (domain.md §7.21).
may_escape if {
	not step.hard_data
	data.organisation_types[data.domains[question.domain].holder].college
	data.roles[question.role].escape
	wears_the_hat
}

wears_the_hat if {
	some id in data.settings.conflict_purposes
	question.role in data.purposes[id].roles
	question.pet in data.purposes[id].pets
}

behind_a_hard_cell if {
	some part in question.parts
	matrix.cells[part].kind == "hard"
}
