# METADATA
# title: The judgement
# description: The evaluation order of domain.md §2.8. A request for a domain with parts is judged for each part; a closed part takes its fields away.
package authz.judgement

import data.authz.facts
import data.authz.matrix
import data.authz.question
import data.authz.step

# The first step that fails for the request as a whole.
request_denial := step.underspecified if {
	step.underspecified
} else := step.purpose_missing if {
	step.purpose_missing
} else := step.bulk if {
	step.bulk
} else := step.aggregate if {
	step.aggregate
} else := step.wrong_municipality if {
	step.wrong_municipality
} else := step.holder_decides if {
	step.holder_decides
} else := step.incompatible_purpose if {
	step.incompatible_purpose
} else := step.stale if {
	step.stale
} else := step.no_mandate if {
	step.no_mandate
} else := step.pet_mismatch if {
	step.pet_mismatch
} else := step.role_mismatch if {
	step.role_mismatch
} else := step.notice_missing if {
	step.notice_missing
} else := purpose_denial if {
	purpose_denial
} else := step.no_case_relation if {
	step.no_case_relation
} else := conflict_denial if {
	question.purpose.break_glass
	conflict_denial
} else := closure_denial if {
	not question.purpose.break_glass
	closure_denial
}

purpose_denial := step.not_adopted if {
	step.not_adopted
} else := step.expired if {
	step.expired
} else := step.law_not_in_force if {
	step.law_not_in_force
} else := step.phase_mismatch if {
	step.phase_mismatch
}

conflict_denial := step.justification_incomplete if {
	step.justification_incomplete
} else := step.no_safety_ground if {
	step.no_safety_ground
} else := step.teamhoofd_missing if {
	step.teamhoofd_missing
} else := step.secrecy_missing if {
	step.secrecy_missing
}

closure_denial := step.received_under_other_pet if {
	step.received_under_other_pet
} else := step.secrecy if {
	step.secrecy
} else := step.secrecy_missing if {
	step.secrecy_missing
}

# Steps 8 to 15 for one part, at a level: a denial with its place in the order, or nothing.
part_denial(part, _) := [1, step.adult_family_member(part)] if {
	step.adult_family_member(part)
} else := [2, step.dat_gevoelig(part)] if {
	step.dat_gevoelig(part)
} else := [3, step.not_active(part)] if {
	step.not_active(part)
} else := [4, step.objection(part)] if {
	step.objection(part)
} else := [5, step.client_not_involved] if {
	step.client_not_involved
} else := [6, step.not_necessary(part)] if {
	step.not_necessary(part)
} else := [7, step.consent_cannot_create_basis(part)] if {
	step.consent_cannot_create_basis(part)
} else := [8, step.no_legal_basis(part)] if {
	step.no_legal_basis(part)
} else := [9, step.agreement_missing(part)] if {
	step.agreement_missing(part)
} else := [10, step.agreement_expired(part)] if {
	step.agreement_expired(part)
} else := [11, step.not_in_named_meeting(part)] if {
	step.not_in_named_meeting(part)
}

late_denial(part, asked) := [12, step.level_above_cap(part, asked)] if {
	step.level_above_cap(part, asked)
} else := [13, step.consent_missing(part)] if {
	step.consent_missing(part)
} else := [14, step.consent_withdrawn(part)] if {
	step.consent_withdrawn(part)
} else := [15, step.consent_expired(part)] if {
	step.consent_expired(part)
} else := [16, step.consent_wrong_person(part)] if {
	step.consent_wrong_person(part)
} else := [17, step.consent_not_specific(part)] if {
	step.consent_not_specific(part)
} else := [18, step.consent_scope(part)] if {
	step.consent_scope(part)
} else := [19, step.consent_took_the_last(part, asked)] if {
	step.consent_took_the_last(part, asked)
} else := [20, step.nothing_left(part, asked)] if {
	step.nothing_left(part, asked)
} else := [21, step.afweging_missing(part, asked)] if {
	step.afweging_missing(part, asked)
}

first_denial(part, asked) := part_denial(part, asked) if {
	part_denial(part, asked)
} else := late_denial(part, asked)

# What each part comes to.
denials := {part: found | some part in question.parts; found := first_denial(part, question.level)}

open_parts := [part | some part in question.parts; not denials[part]]

# Of several closed parts the one that came furthest names the reason.
parts_denial := furthest[0] if {
	count(open_parts) == 0
	most := max([place | some [place, _] in denials])
	furthest := [found | some part in question.parts; [place, found] := denials[part]; place == most]
}

denial := request_denial if {
	request_denial
} else := step.conflict_without_fields if {
	question.purpose.break_glass
	step.conflict_without_fields
} else := parts_denial if {
	not question.purpose.break_glass
	parts_denial
}

grant := {
	"level": question.level,
	"fields": fields,
	"rule_id": concat("+", sort(rule_ids)),
	"legal_basis": sort(bases),
	"obligations": cell_obligations,
} if {
	not denial
}

determining := sort(rule_ids) if {
	not denial
} else := [denial.rule_id]

fields := sort(step.conflict_fields) if {
	question.purpose.break_glass
} else := sort({field | some part in open_parts; some field in step.left(part, question.level)})

rule_ids := {"CONFLICT_VAN_PLICHTEN"} if {
	question.purpose.break_glass
} else := {matrix.cell(part).id | some part in open_parts}

bases := {basis | some basis in question.purpose.legal_basis} if {
	question.purpose.break_glass
} else := {basis | some part in open_parts; some basis in matrix.bases(part)}

cell_obligations := {id | some part in open_parts; some id in matrix.cell(part).obligations}

# What may be seen from outside. INVARIANT (domain.md §7.12): a reason that depends on facts about the resident is not told
# where there is no case relation; then a later reason of the request itself, or no access.
outward := denial if {
	shows(denial)
} else := purpose_denial if {
	denial.rule_id == step.notice_missing.rule_id
	purpose_denial
} else := step.geen_toegang

shows(_) if facts.has_relation

shows(found) if data.reasons[found.code].depends_on != "person"

# Whether the same request for dat would be granted.
lower_would_do if {
	question.level == "wat"
	not request_denial
	not question.purpose.break_glass
	some part in question.parts
	not first_denial(part, "dat")
}

lower_would_do if {
	question.level == "wat"
	request_denial.code == "SECRECY_MISSING"
	not question.purpose.break_glass
	some part in question.parts
	not first_denial(part, "dat")
}

# Whether the road of conflict van plichten lies open from here: never for hard cells and domains (R130).
may_weigh_duties if {
	facts.has_relation
	weighable
}

weighable if {
	not step.holder_has_the_word
	conflict := data.purposes.CONFLICT_VAN_PLICHTEN
	question.role in conflict.roles
	question.pet in conflict.pets
	every part in question.parts {
		not hard_cell(part)
	}
}

hard_cell(part) if matrix.cell(part).kind == "hard"
